using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content;

/// <summary>Why something stands in a message, or does not.</summary>
public abstract record TracedPart
{
    public ContentPlace Place { get; init; }
}

/// <summary>What a condition did.</summary>
public enum TracedBranch
{
    Shown, LeftOut, Else,
    /// <summary>An <c>else if</c> follows, and decides.</summary>
    NextCondition,
}

/// <summary>A value that a condition looked at.</summary>
/// <param name="Field">As the template writes it.</param>
public sealed record TracedValue(string Field, TemplateValue Value);

/// <summary>An <c>if</c>, <c>unless</c> or <c>else if</c>; a <c>with</c> or <c>each</c>, which need something to work on.</summary>
/// <param name="Values">Each field once, in the order of the condition.</param>
public sealed record TracedCondition(IReadOnlyList<TracedValue> Values, TracedBranch Branch) : TracedPart;

/// <summary>A default that stepped in for a missing value.</summary>
/// <param name="Text">As it stands in the message.</param>
public sealed record TracedDefault(string Field, string Text) : TracedPart;

/// <param name="Offer">Why it is offered; null when nobody said.</param>
public sealed record TracedProduct(string Name, OfferedItem? Offer);

/// <summary>A list of recommended products, which may have turned out empty.</summary>
public sealed record TracedList(string Strategy, IReadOnlyList<TracedProduct> Products) : TracedPart;

/// <summary>Written down while a message is rendered for somebody who wants to know why each part appeared (CM-06). What is sent is rendered without one.</summary>
public sealed class RenderTrace
{
    public const int MaxParts = 200;

    private readonly List<TracedPart> _parts = [];

    /// <summary>In the order of the message, its subject first; of a loop, each round.</summary>
    public IReadOnlyList<TracedPart> Parts => _parts;

    /// <summary>There was more than <see cref="MaxParts"/>.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The part of the message that is being rendered.</summary>
    internal ContentPlace Place { get; set; }

    internal void Add(TracedPart part)
    {
        if (_parts.Count < MaxParts) _parts.Add(part with { Place = Place });
        else IsCut = true;
    }

    internal void Add(ListNeed need, IReadOnlyList<TemplateValue> products) =>
        Add(new TracedList(need.Strategy, [.. products.Take(need.Count).Select(p => new TracedProduct(p.Map?["name"].Text ?? "", p.Map?.Offer))]));
}
