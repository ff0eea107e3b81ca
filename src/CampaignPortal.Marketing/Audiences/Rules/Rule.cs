using System.Globalization;
using System.Text.Json.Serialization;

namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>A node of a rule tree: a group of rules, or a condition on one customer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RuleGroup), "group")]
[JsonDerivedType(typeof(AttributeCondition), "attribute")]
[JsonDerivedType(typeof(ConsentCondition), "consent")]
[JsonDerivedType(typeof(ReachCondition), "reach")]
[JsonDerivedType(typeof(SegmentCondition), "segment")]
[JsonDerivedType(typeof(PredictionCondition), "prediction")]
[JsonDerivedType(typeof(TasteCondition), "taste")]
[JsonDerivedType(typeof(RecommendableCondition), "recommendable")]
[JsonDerivedType(typeof(EventCondition), "event")]
[JsonDerivedType(typeof(AggregateCondition), "aggregate")]
[JsonDerivedType(typeof(RatioCondition), "ratio")]
[JsonDerivedType(typeof(PlaceCondition), "place")]
[JsonDerivedType(typeof(LocalHourCondition), "localHour")]
[JsonDerivedType(typeof(MessageCondition), "message")]
[JsonDerivedType(typeof(MembershipCondition), "membership")]
[JsonDerivedType(typeof(ListCondition), "list")]
public abstract record Rule
{
    /// <summary>Switched off: kept in the tree, and as if it were not there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOff { get; init; }
}

/// <summary>How a group joins its rules. A group without a rule that is switched on asks nothing.</summary>
public enum GroupKind { All, Any, None }

/// <summary>Rules joined by all, any or none.</summary>
public sealed record RuleGroup(GroupKind Join, IReadOnlyList<Rule> Rules) : Rule
{
    public static RuleGroup Everyone { get; } = new(GroupKind.All, []);

    // Two trees are the same when they say the same.
    public bool Equals(RuleGroup? other) => other is not null && Join == other.Join && IsOff == other.IsOff && Rules.SequenceEqual(other.Rules);

    public override int GetHashCode() => Rules.Aggregate(HashCode.Combine(Join, IsOff), HashCode.Combine);
}

/// <summary>A trait, or a figure of <see cref="RuleFigures"/>.</summary>
public sealed record AttributeCondition(string Attribute, ValueTest Test) : Rule;

public enum ConsentState { Granted, Withdrawn, NeverAsked }

/// <summary>What somebody said to a channel and a purpose.</summary>
public sealed record ConsentCondition(string Channel, string Purpose, ConsentState State) : Rule;

/// <summary>Whether one may write on a channel now: consent for marketing, an address, and nothing that forbids it.</summary>
public sealed record ReachCondition(string Channel, bool IsReachable) : Rule;

/// <summary>In one of these segments, or in another one; without a segment never matches.</summary>
public sealed record SegmentCondition(IReadOnlyList<int> Segments, bool IsIn) : Rule
{
    public bool Equals(SegmentCondition? other) => other is not null && IsIn == other.IsIn && IsOff == other.IsOff && Segments.SequenceEqual(other.Segments);

    public override int GetHashCode() => Segments.Aggregate(HashCode.Combine(IsIn, IsOff), HashCode.Combine);
}

public enum PredictionOperator
{
    /// <summary>The score itself.</summary>
    AtLeast, AtMost, Between,
    /// <summary>Among the highest so many percent of all who are scored.</summary>
    Top,
    /// <summary>Among the lowest so many percent.</summary>
    Bottom,
}

/// <summary>What a model says. A score older than <see cref="RuleLimits.StaleScoreDays"/> counts as missing, and a missing one never matches.</summary>
/// <param name="From">The score, or percent (0 to 100) for <see cref="PredictionOperator.Top"/> and <see cref="PredictionOperator.Bottom"/>.</param>
/// <param name="To">The upper end of <see cref="PredictionOperator.Between"/>, included.</param>
public sealed record PredictionCondition(string Model, PredictionOperator Operator, double From, double? To = null) : Rule;

/// <summary>Did something so many times; "never" is exactly 0.</summary>
/// <remarks>An order counts once, whatever its number of lines; each line is asked by itself whether it fits.</remarks>
public sealed record EventCondition(EventQuery Event, NumberTest Times) : Rule;

public enum AggregateKind
{
    Sum, Average, Smallest, Largest, Last, Distinct,
    /// <summary>How many events; lines of one order are one.</summary>
    Count,
}

/// <summary>A figure made of a property of events: a sum, the last one, how many different ones. Without an event that has the property it is missing, and never matches; how many there are, or are different, is then 0.</summary>
/// <param name="Of"><c>amount</c>, <c>quantity</c>, <c>item</c> (for <see cref="AggregateKind.Distinct"/>), or a property.</param>
public sealed record AggregateCondition(EventQuery Event, AggregateKind Aggregate, string Of, NumberTest Test) : Rule;

/// <summary>One of the two figures of a ratio; of <see cref="AggregateKind.Count"/>, <see cref="Of"/> says nothing.</summary>
public sealed record Measure(EventQuery Event, AggregateKind Aggregate, string Of)
{
    /// <summary>How often; an order counts once.</summary>
    public static Measure Count(EventQuery query) => new(query, AggregateKind.Count, "event");
}

/// <summary>One figure of events divided by another: the share of orders from a category, amount for each order. Without the second figure, or where it is 0, the ratio is missing and never matches.</summary>
/// <remarks>Without an event the first figure is 0 where it is a sum or a number, because nothing of a whole is a share of 0; other figures are missing then.</remarks>
public sealed record RatioCondition(Measure Part, Measure Whole, NumberTest Test) : Rule
{
    /// <summary>Both figures are of one kind, so that the ratio is a share: 0.25 is 25%.</summary>
    [JsonIgnore]
    public bool IsShare => Part.Aggregate == Whole.Aggregate && Part.Of == Whole.Of;

    /// <summary>The ratio of two figures; null where it is missing.</summary>
    internal decimal? Of(decimal? part, decimal? whole)
    {
        if (whole is not { } divisor || divisor is 0) return null;
        return (part ?? (Part.Aggregate is AggregateKind.Sum ? 0 : null)) / divisor;
    }
}

/// <summary>Within so many kilometres of a place, in a straight line, by the traits <see cref="LatitudeTrait"/> and <see cref="LongitudeTrait"/> in degrees. Whoever has none of them never matches.</summary>
public sealed record PlaceCondition(double Latitude, double Longitude, double Kilometres) : Rule
{
    public const string LatitudeTrait = "latitude", LongitudeTrait = "longitude";

    private const double EarthRadius = 6_371;

    /// <summary>Along the great circle.</summary>
    internal bool Matches(string? latitude, string? longitude)
    {
        if (Degrees(latitude, 90) is not { } lat || Degrees(longitude, 180) is not { } lon) return false;
        var (dy, dx) = (Math.Sin(Radians(lat - Latitude) / 2), Math.Sin(Radians(lon - Longitude) / 2));
        var half = dy * dy + Math.Cos(Radians(Latitude)) * Math.Cos(Radians(lat)) * dx * dx;
        return 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(half))) <= Kilometres;
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    private static double? Degrees(string? text, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= most ? degrees : null;
}

public enum MessageAction { Sent, Delivered, Opened, Clicked, Bounced, Complained, Unsubscribed }

/// <summary>What happened to messages. Opens and clicks of machines do not count unless wished.</summary>
/// <param name="Campaigns">Numbers of campaigns as they stand in the log; empty is any.</param>
public sealed record MessageCondition(MessageAction Action, IReadOnlyList<string> Campaigns, NumberTest Times, EventWindow Window, bool WithMachines = false) : Rule
{
    public bool Equals(MessageCondition? other) => other is not null && Action == other.Action && Times == other.Times && Window == other.Window
        && WithMachines == other.WithMachines && IsOff == other.IsOff && Campaigns.SequenceEqual(other.Campaigns, StringComparer.Ordinal);

    public override int GetHashCode() => Campaigns.Aggregate(HashCode.Combine(Action, Times, Window, WithMachines, IsOff), HashCode.Combine);
}

/// <summary>In another audience, by its stored members.</summary>
public sealed record MembershipCondition(long AudienceId, bool IsIn) : Rule
{
    /// <summary>Written by an order of audiences, not by a person: the other audience comes first, and keeps whom both mean.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsByPriority { get; init; }
}

/// <summary>One of these customers, by the portal's numbers.</summary>
public sealed record ListCondition(IReadOnlyList<long> Customers) : Rule
{
    public bool Equals(ListCondition? other) => other is not null && IsOff == other.IsOff && Customers.SequenceEqual(other.Customers);

    public override int GetHashCode() => Customers.Aggregate(HashCode.Combine(IsOff), HashCode.Combine);
}
