using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>What a number of a feature means, for display.</summary>
public enum FeatureUnit
{
    Count, Days, Money, Share, Ratio, Hour, Flag, Nats, PerMonth,
}

/// <summary>What features explain together in a reason: correlated columns of one theme are shown as one line.</summary>
public enum FeatureTheme
{
    Recency, Frequency, Value, Rhythm, Repeat, Variety, Returns, Discounts, Browsing, Messages, Habits, Profile,
}

/// <summary>What must be in the log before a feature exists; a feature whose events a shop does not have is absent, not zero.</summary>
public sealed record FeatureNeeds
{
    /// <summary>At least one event of each of these kinds.</summary>
    public IReadOnlyList<EventKind> Kinds { get; init; } = [];

    /// <summary>At least one customer with this trait.</summary>
    public string? Trait { get; init; }

    /// <summary>At least one line with a discount.</summary>
    public bool Discounts { get; init; }
}

/// <summary>One input column: the same object serves training, scoring and display.</summary>
/// <param name="Name">Stable name; also the key of its words in the resource files.</param>
/// <param name="Description">English words, in the form "days since the last order".</param>
/// <param name="Value">Its value as of the snapshot's day; NaN where it is not defined for the customer.</param>
public sealed record Feature(
    string Name, FeatureUnit Unit, FeatureTheme Theme, string Description, FeatureNeeds Needs, Func<CustomerSnapshot, double> Value)
{
    /// <summary>Group, country, channel … that the words need; null for most features.</summary>
    public string? Argument { get; init; }

    /// <summary>Gender and the like: never a column unless an admin allows it for a stated purpose.</summary>
    public bool IsSensitive { get; init; }
}
