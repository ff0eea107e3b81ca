using System.Globalization;
using System.Text;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>How texts and numbers of a message are written.</summary>
public sealed record TemplateCulture(CultureInfo Culture, string Currency, TimeZoneInfo Zone, DateTimeOffset Now)
{
    public static TemplateCulture Invariant { get; } = new(CultureInfo.InvariantCulture, "EUR", TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);
}

/// <summary>What a value is made harmless for.</summary>
public enum TemplateOutput
{
    Html,
    /// <summary>A header of a mail: one line, no control characters.</summary>
    Header,
    PlainText,
}

/// <summary>Bounds of one rendering (RELIABILITY.md S-28). Counted steps instead of a clock: the same message fails on every machine, or on none.</summary>
public static class TemplateLimits
{
    public const int MaxIterations = 10_000, MaxDepth = 8, MaxOutputLength = 512 * 1024, MaxSteps = 100_000, MaxSourceLength = 256 * 1024, MaxProblems = 20;
}

/// <summary>A limit was reached; it never leaves the engine.</summary>
internal sealed class TemplateLimitException(string message) : Exception(message);

/// <summary>The state of one rendering. Reused by the thread that renders.</summary>
internal sealed class TemplateFrame
{
    private readonly TemplateValue[] _scopes = new TemplateValue[TemplateLimits.MaxDepth + 2];
    private readonly (int Index, int Count)[] _loops = new (int, int)[TemplateLimits.MaxDepth + 2];
    private int _scopeCount, _loopCount, _stepCount, _iterationCount, _written;

    public StringBuilder Output { get; private set; } = new();

    public TemplateCulture Culture { get; private set; } = TemplateCulture.Invariant;

    public TemplateMap Root { get; private set; } = new();

    public TemplateOutput Mode { get; private set; }

    /// <summary>Where values are part of an address: no longer text, not yet an attribute.</summary>
    public bool IsInAddress { get; private set; }

    /// <summary>The first value that was missing and had no default.</summary>
    public string? MissingField { get; private set; }

    /// <summary>The link whose address turned out to be none.</summary>
    public string? BadAddress { get; set; }

    public ILinkWriter? Links { get; private set; }

    /// <summary>Null unless somebody wants to know why each part appeared.</summary>
    public RenderTrace? Trace { get; private set; }

    public TemplateValue Current => _scopeCount > 0 ? _scopes[_scopeCount - 1] : TemplateValue.Of(Root);

    public int LoopIndex => _loopCount > 0 ? _loops[_loopCount - 1].Index : 0;

    public int LoopCount => _loopCount > 0 ? _loops[_loopCount - 1].Count : 0;

    public void Begin(TemplateMap root, TemplateCulture culture, TemplateOutput mode, ILinkWriter? links, RenderTrace? trace)
    {
        (Root, Culture, Mode, Links, Trace) = (root, culture, mode, links, trace);
        (_scopeCount, _loopCount, _stepCount, _iterationCount, _written) = (0, 0, 0, 0, 0);
        (MissingField, BadAddress, IsInAddress) = (null, null, false);
        Output.Clear();
    }

    /// <summary>The value of the first name of a path.</summary>
    public TemplateValue Find(string name)
    {
        for (var i = _scopeCount - 1; i >= 0; i--)
        {
            if (_scopes[i].Map is { } map && map.Values.TryGetValue(name, out var found)) return found;
        }
        return Root[name];
    }

    public void Push(TemplateValue scope) => _scopes[_scopeCount++] = scope;

    public void Pop() => _scopeCount--;

    public void BeginLoop(int count) => _loops[_loopCount++] = (0, count);

    public void LoopAt(int index)
    {
        if (++_iterationCount > TemplateLimits.MaxIterations) throw new TemplateLimitException("More than 10,000 rounds of loops.");
        _loops[_loopCount - 1].Index = index;
    }

    public void EndLoop() => _loopCount--;

    public void Step()
    {
        if (++_stepCount > TemplateLimits.MaxSteps) throw new TemplateLimitException("More than 100,000 steps.");
    }

    public void Write(string text)
    {
        Grow(text.Length);
        Output.Append(text);
    }

    /// <summary>Writes a value, made harmless for the place where it stands.</summary>
    /// <param name="name">What is noted as missing when there is nothing to write; empty notes nothing.</param>
    public void WriteValue(TemplateValue value, string name)
    {
        var text = value.ToText(Culture.Culture);
        if (text.Length == 0)
        {
            if (name.Length > 0) MissingField ??= name;
            return;
        }
        Grow(text.Length);
        if (IsInAddress) TemplateEscapes.Address(text, Output);
        else if (Mode is TemplateOutput.Html) TemplateEscapes.Html(text, Output);
        else if (Mode is TemplateOutput.Header) TemplateEscapes.Header(text, Output);
        else TemplateEscapes.PlainText(text, Output);
    }

    /// <summary>What the nodes write, with an output of its own, as an address.</summary>
    public string Address(IReadOnlyList<Node> nodes)
    {
        var (outer, wasInAddress) = (Output, IsInAddress);
        (Output, IsInAddress) = (new StringBuilder(), true);
        try
        {
            foreach (var node in nodes) node.Render(this);
            return Output.ToString();
        }
        finally
        {
            (Output, IsInAddress) = (outer, wasInAddress);
        }
    }

    // Escaping makes a text longer at most sixfold; what counts is that it is bounded.
    private void Grow(int length)
    {
        if ((_written += length) > TemplateLimits.MaxOutputLength) throw new TemplateLimitException("The message would be longer than 512 KiB.");
    }
}

/// <summary>Turns the address that an author wrote into the one that is sent.</summary>
internal interface ILinkWriter
{
    /// <summary>Null when the address is none that a message may have.</summary>
    string? Rewrite(string address, LinkRole role, int index);
}

/// <summary>What an address is for.</summary>
internal enum LinkRole
{
    Link,
    /// <summary>A link whose clicks the author does not want counted.</summary>
    PlainLink,
    Picture,
    /// <summary>The message's own addresses: what an author writes there does not count.</summary>
    Unsubscribe, View, Open,
    /// <summary>Seen by nobody: only a machine that tests every link follows it.</summary>
    Trap,
}
