namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Which events count.</summary>
/// <param name="Name">A known event such as <c>item_viewed</c>, or the shop's own name of a custom one.</param>
/// <param name="Window">When.</param>
/// <param name="Where">What their properties must say; every part narrows.</param>
/// <param name="Items">Of which items; null is any, also none.</param>
public sealed record EventQuery(string Name, EventWindow Window, IReadOnlyList<PropertyFilter> Where, ItemFilter? Items = null)
{
    public static EventQuery Of(string name, EventWindow window) => new(name, window, []);

    public bool Equals(EventQuery? other) => other is not null && Name == other.Name && Window == other.Window && Equals(Items, other.Items) && Where.SequenceEqual(other.Where);

    public override int GetHashCode() => Where.Aggregate(HashCode.Combine(Name, Window, Items), HashCode.Combine);
}

/// <summary>When an event counts: in the last days (days of 24 hours back from now), between two days of the shop (both included), since the first message of a campaign went out, or ever.</summary>
/// <param name="SinceCampaign">Number of a campaign as it stands in the log; before its first message nothing counts.</param>
public sealed record EventWindow(int? LastDays = null, DateOnly? From = null, DateOnly? To = null, string? SinceCampaign = null)
{
    public static EventWindow Ever { get; } = new();

    public static EventWindow Last(int days) => new(LastDays: days);

    /// <summary>First moment that counts and first one that does not, in UTC ticks.</summary>
    internal (long From, long Until) Range(RuleMoment moment)
    {
        if (LastDays is { } days) return ((moment.Now - TimeSpan.FromDays(days)).UtcTicks, long.MaxValue);
        if (SinceCampaign is { } campaign) return (moment.StartOfCampaign(campaign), long.MaxValue);
        return (From is { } from ? moment.StartOf(from).UtcTicks : long.MinValue, To is { } to ? moment.StartOf(to.AddDays(1)).UtcTicks : long.MaxValue);
    }

    /// <summary>The first moment at which a window that moves no longer holds an event; null for the others.</summary>
    internal long? Leaves(long occurredAt) => LastDays is { } days && occurredAt != long.MaxValue ? occurredAt + days * TimeSpan.TicksPerDay + 1 : null;
}

public enum ItemFilterKind { Item, Category }

/// <summary>Items by the shop's own number, or all of a category; both exactly as the catalogue writes them.</summary>
public sealed record ItemFilter(ItemFilterKind By, IReadOnlyList<string> Values)
{
    public bool Equals(ItemFilter? other) => other is not null && By == other.By && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    public override int GetHashCode() => Values.Aggregate(HashCode.Combine(By), HashCode.Combine);
}

/// <summary>What one property of an event must say: <c>amount</c>, <c>quantity</c>, <see cref="RuleFigures.EventTime"/> (when it happened, for days of the week and hours), or a name in its properties.</summary>
public sealed record PropertyFilter(string Property, ValueTest Test);
