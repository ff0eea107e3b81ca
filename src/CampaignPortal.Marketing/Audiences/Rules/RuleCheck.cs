using System.Globalization;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Whether a rule says something that can be asked, within the limits.</summary>
internal static class RuleCheck
{
    private static readonly HashSet<string> Channels = new(["email", "sms", "push"], StringComparer.Ordinal);

    /// <summary>The first thing that is wrong, with the path of its node; null when all is well.</summary>
    public static Problem? Find(AudienceRule rule)
    {
        var count = 0;
        if (Find(rule.Who, "who", 1, ref count) is { } problem) return problem;
        for (var i = 0; i < rule.LeaveOut.Count; i++)
        {
            if (Find(rule.LeaveOut[i], Path("leaveOut", i), 1, ref count) is { } left) return left;
        }
        return ByHand("added", rule.Added) ?? ByHand("removed", rule.Removed);
    }

    private static Problem? ByHand(string path, IReadOnlyList<long> customers) => TooMany(customers.Count, RuleLimits.ListedCustomers) is { } message ? Problem.At(path, message) : null;

    private static Problem? Find(Rule rule, string path, int depth, ref int count)
    {
        if (++count > RuleLimits.Nodes) return Problem.At(path, $"A rule has at most {RuleLimits.Nodes} parts.");
        if (rule is not RuleGroup group) return Condition(rule) is { } message ? Problem.At(path, message) : null;
        if (depth > RuleLimits.Depth) return Problem.At(path, $"Groups stand at most {RuleLimits.Depth} deep.");
        for (var i = 0; i < group.Rules.Count; i++)
        {
            if (Find(group.Rules[i], Path(path, i), depth + 1, ref count) is { } problem) return problem;
        }
        return null;
    }

    private static string Path(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}.{index}");

    private static string? Condition(Rule rule) => rule switch
    {
        AttributeCondition c => Name(c.Attribute, "an attribute") ?? AttributeProblem(c) ?? Test(c.Test),
        ConsentCondition c => Channel(c.Channel) ?? Name(c.Purpose, "a purpose"),
        ReachCondition c => Channel(c.Channel),
        SegmentCondition c => c.Segments.Count is 0 ? "Choose a segment." : TooMany(c.Segments.Count, RuleLimits.Values),
        PredictionCondition c => Name(c.Model, "a prediction") ?? Prediction(c),
        TasteCondition c => Taste(c),
        RecommendableCondition c => Recommendable(c),
        EventCondition c => Event(c.Event) ?? Test(c.Times) ?? (c.Times.Value < 0 ? "A number of times is 0 or more." : null),
        AggregateCondition c => Measure(new Measure(c.Event, c.Aggregate, c.Of)) ?? Test(c.Test),
        RatioCondition c => Measure(c.Part) ?? Measure(c.Whole) ?? Test(c.Test),
        PlaceCondition c => Place(c),
        LocalHourCondition c => Hours(c.FromHour, c.ToHour),
        MessageCondition c => Window(c.Window) ?? Test(c.Times) ?? Values(c.Campaigns, mayBeEmpty: true),
        MembershipCondition c => c.AudienceId <= 0 ? "Choose an audience." : null,
        ListCondition c => TooMany(c.Customers.Count, RuleLimits.ListedCustomers),
        _ => "This kind of condition is not known.",
    };

    private static string? Measure(Measure m) => Event(m.Event) ?? Name(m.Of, "a property") ?? (m.Of is "item" && m.Aggregate is not AggregateKind.Distinct ? "Items can only be counted as different ones." : null);

    private static string? Place(PlaceCondition c)
    {
        if (!(Math.Abs(c.Latitude) <= 90) || !(Math.Abs(c.Longitude) <= 180)) return "A place has a latitude of -90 to 90 and a longitude of -180 to 180 degrees.";
        return c.Kilometres is > 0 and <= RuleLimits.Kilometres ? null : $"A distance is more than 0 and at most {RuleLimits.Kilometres} km.";
    }

    private static string? Taste(TasteCondition c)
    {
        if (!TasteCondition.Events.Contains(c.Event)) return $"A taste is told by one of: {string.Join(", ", TasteCondition.Events)}.";
        if ((Window(c.Window) ?? Name(c.Category, "a category")) is { } problem) return problem;
        return c.Operator switch
        {
            TasteOperator.Top when c.Value is < 1 or > RuleLimits.FavouriteCategories || c.Value != decimal.Truncate(c.Value) => $"Favourite categories are 1 to {RuleLimits.FavouriteCategories}.",
            TasteOperator.Share when c.Value is <= 0 or > 1 => "A share is more than 0% and at most 100%.",
            _ => null,
        };
    }

    private static string? Recommendable(RecommendableCondition c)
    {
        if (!RecommendableCondition.Lists.Contains(c.List)) return $"A list is one of: {string.Join(", ", RecommendableCondition.Lists)}.";
        return c.Least is >= 1 and <= RuleLimits.Recommendations ? null : $"A list has 1 to {RuleLimits.Recommendations} products.";
    }

    private static string? AttributeProblem(AttributeCondition condition) => RuleFigures.Find(condition.Attribute) switch
    {
        null when condition.Attribute.StartsWith(RuleFigures.Prefix, StringComparison.Ordinal) => $"There is no figure '{condition.Attribute}'.",
        { Kind: FigureKind.Date } when condition.Test is not (DateTest or KnownTest) => "A date is asked by a date.",
        { Kind: not FigureKind.Date } when condition.Test is not (NumberTest or RankTest or KnownTest) => "A number is asked by a number.",
        _ => null,
    };

    private static string? Prediction(PredictionCondition c) => c.Operator switch
    {
        PredictionOperator.Top or PredictionOperator.Bottom when c.From is not (> 0 and <= 100) => "A share is more than 0% and at most 100%.",
        PredictionOperator.Between when c.To is not { } to || to < c.From => "The upper end lies below the lower one.",
        _ => double.IsFinite(c.From) && double.IsFinite(c.To ?? 0) ? null : "A score is a number.",
    };

    private static string? Event(EventQuery query)
    {
        if (Name(query.Name, "an event") is { } problem) return problem;
        if (query.Items is { } items && Values(items.Values, mayBeEmpty: false) is { } wrong) return wrong;
        if (query.Where.Count > 20) return "At most 20 properties narrow an event.";
        return Window(query.Window) ?? query.Where.Select(f => Name(f.Property, "a property") ?? (f.Test is RankTest ? "Customers have a rank, events have none." : Test(f.Test))).FirstOrDefault(p => p is not null);
    }

    private static string? Window(EventWindow window) => window switch
    {
        { LastDays: < 1 or > RuleLimits.WindowDays } => $"A window has 1 to {RuleLimits.WindowDays} days.",
        { LastDays: not null, From: not null } or { LastDays: not null, To: not null } => "A window is relative or between two days, not both.",
        { SinceCampaign: not null } and ({ LastDays: not null } or { From: not null } or { To: not null }) => "A window since a campaign has no other end.",
        { SinceCampaign: { } campaign } => Name(campaign, "a campaign"),
        { From: { } from, To: { } to } when to < from => "The last day lies before the first one.",
        _ => null,
    };

    private static string? Test(ValueTest test) => test switch
    {
        TextTest t => Values(t.Values, mayBeEmpty: false) ?? (t.Operator is TextOperator.Pattern ? t.Values.Select(Pattern).FirstOrDefault(p => p is not null) : null),
        ListTest t => Values(t.Values, mayBeEmpty: false),
        NumberTest { Operator: NumberOperator.Between } t when t.To is null || t.To < t.Value => "The upper end lies below the lower one.",
        DateTest t => Date(t),
        RankTest { Percent: not (> 0 and <= 100) } => "A share is more than 0% and at most 100%.",
        _ => null,
    };

    private static string? Date(DateTest t) => t.Operator switch
    {
        DateOperator.Before or DateOperator.After or DateOperator.On => t.From is null ? "Choose a day." : null,
        DateOperator.Between => t.From is null || t.To is null ? "Choose two days." : t.To < t.From ? "The last day lies before the first one." : null,
        DateOperator.Hours => Hours(t.FromHour, t.ToHour),
        DateOperator.Weekday => t.Weekdays.Count is 0 ? "Choose a day of the week." : null,
        _ => t.Days is >= 0 and <= RuleLimits.WindowDays ? null : $"Enter 0 to {RuleLimits.WindowDays} days.",
    };

    private static string? Hours(int? from, int? to) => from is >= 0 and <= 23 && to is >= 1 and <= 24 && from != to ? null : "Hours are 0 to 24, and the two differ.";

    private static string? Pattern(string pattern)
    {
        try
        {
            TextTest.PatternOf(pattern);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private static string? Channel(string channel) => Channels.Contains(channel) ? null : "A channel is email, sms or push.";

    private static string? Name(string name, string what) => name.Length is 0 ? $"Choose {what}." : name.Length > RuleLimits.ValueLength ? "A name is too long." : null;

    private static string? Values(IReadOnlyList<string> values, bool mayBeEmpty)
    {
        if (values.Count is 0 && !mayBeEmpty) return "Enter a value.";
        return values.Any(v => v.Length > RuleLimits.ValueLength) ? $"A value has at most {RuleLimits.ValueLength} characters." : TooMany(values.Count, RuleLimits.Values);
    }

    private static string? TooMany(int count, int limit) => count > limit ? $"At most {limit} can be listed; there are {count}." : null;
}
