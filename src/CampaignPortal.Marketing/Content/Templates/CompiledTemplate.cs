namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>What one rendering gave.</summary>
/// <param name="Text">Null when a limit was reached.</param>
/// <param name="MissingField">The first value that was missing and had no default; the text has nothing in its place.</param>
/// <param name="Limit">Which limit was reached.</param>
public readonly record struct TemplateOutcome(string? Text, string? MissingField, string? Limit)
{
    internal string? BadAddress { get; init; }
}

/// <summary>A template ready to be filled: immutable, safe for many threads.</summary>
/// <remarks>The cost of a rendering is the length of what is written; nothing is parsed again, and data are never compiled.</remarks>
public sealed class CompiledTemplate
{
    private const int MaxKeptCapacity = 1 << 20;

    [ThreadStatic]
    private static TemplateFrame? _spare;

    private readonly Node[] _nodes;
    private readonly TemplateOutput _output;

    internal CompiledTemplate(Node[] nodes, TemplateOutput output, IReadOnlyList<FieldUse> fields, IReadOnlySet<ListNeed> lists) =>
        (_nodes, _output, Fields, Lists) = (nodes, output, fields, lists);

    /// <summary>Every field that is mentioned, in order.</summary>
    public IReadOnlyList<FieldUse> Fields { get; }

    /// <summary>Lists of products that are asked for.</summary>
    public IReadOnlySet<ListNeed> Lists { get; }

    internal IReadOnlyList<Node> Nodes => _nodes;

    public TemplateOutcome Render(TemplateMap values, TemplateCulture culture) => Render(values, culture, null);

    internal TemplateOutcome Render(TemplateMap values, TemplateCulture culture, ILinkWriter? links, RenderTrace? trace = null)
    {
        var frame = _spare ?? new TemplateFrame();
        _spare = null; // a rendering inside a rendering would get a frame of its own
        try
        {
            frame.Begin(values, culture, _output, links, trace);
            foreach (var node in _nodes) node.Render(frame);
            var text = frame.Output.ToString();
            return new TemplateOutcome(text, frame.MissingField, null) { BadAddress = frame.BadAddress };
        }
        catch (TemplateLimitException e)
        {
            return new TemplateOutcome(null, frame.MissingField, e.Message);
        }
        finally
        {
            if (frame.Output.Capacity <= MaxKeptCapacity) _spare = frame;
        }
    }
}
