using System.Globalization;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>What the rows of a condition's statement are.</summary>
internal enum ConditionShape
{
    /// <summary>A customer who matches.</summary>
    Members,
    /// <summary>A customer with a value, or a value to be divided by a second one; the test of the condition is asked.</summary>
    Values,
    /// <summary>A customer, how often, and the earliest moment; who is absent did it 0 times.</summary>
    Counts,
    /// <summary>A customer with the texts of a latitude and a longitude.</summary>
    Places,
    /// <summary>A customer with a category that they chose, how often, and the earliest moment.</summary>
    Tastes,
    /// <summary>An event with its columns and properties, customer by customer in the order of time.</summary>
    Events,
}

/// <summary>One statement of the common part of SQLite and PostgreSQL. Whatever a person typed is a parameter, never text.</summary>
/// <param name="IsComplement">Everybody matches whom the rows do not name.</param>
internal sealed record ConditionSql(string Text, IReadOnlyList<object?> Values, ConditionShape Shape, bool IsComplement = false)
{
    private const string PlacesText =
        """
        select a."CustomerId", a."Value", o."Value" from "CustomerTraits" a join "CustomerTraits" o on o."CustomerId" = a."CustomerId" and o."Name" = @1 where a."Name" = @0
        """;

    /// <summary>A figure of events, customer by customer.</summary>
    public static ConditionSql Of(Measure measure, RuleMoment moment) => Event(measure.Event, moment, needsRows: !EventFit.Of(measure).IsPlainCount);

    /// <exception cref="ArgumentException">A group is no condition, and a ratio has two figures.</exception>
    public static ConditionSql Of(Rule condition, RuleMoment moment) => condition switch
    {
        AttributeCondition c => Attribute(c),
        ConsentCondition c => Consent(c),
        ReachCondition c => Reach(c),
        SegmentCondition c => Segment(c, moment),
        PredictionCondition c => Prediction(c, moment),
        TasteCondition c => Taste(c, moment),
        RecommendableCondition c => new(
            """select "CustomerId" from "RecommendationLists" where "List" = @0 and "ItemCount" >= @1 and "AsOf" >= @2""", [c.List, c.Least, StaleBefore(moment)], ConditionShape.Members),
        EventCondition c => Event(c.Event, moment, needsRows: c.Event.Where.Count > 0),
        AggregateCondition c => Event(c.Event, moment, needsRows: true),
        MessageCondition c => Message(c, moment),
        PlaceCondition => new(PlacesText, [PlaceCondition.LatitudeTrait, PlaceCondition.LongitudeTrait], ConditionShape.Places),
        MembershipCondition c => new("""select "CustomerId" from "AudienceMembers" where "AudienceId" = @0""", [c.AudienceId], ConditionShape.Members, !c.IsIn),
        ListCondition c => Listed(c),
        _ => throw new ArgumentException($"{condition.GetType().Name} is no condition.", nameof(condition)),
    };

    private static ConditionSql Attribute(AttributeCondition c)
    {
        const string Totals = "\"CustomerTotals\"", Profiles = "\"CustomerProfiles\"";
        return c.Attribute switch
        {
            RuleFigures.Orders => Figure("\"OrderCount\" * 10000", "null", Totals),
            RuleFigures.Spent => Figure("\"Revenue\" - \"ReturnedAmount\"", "null", Totals),
            RuleFigures.Returned => Figure("\"ReturnedAmount\"", "null", Totals),
            RuleFigures.AverageOrder => Figure("\"Revenue\"", "\"OrderCount\"", Totals + " where \"OrderCount\" > 0"),
            RuleFigures.FirstOrder => Figure("\"FirstOrderAt\"", "null", Totals),
            RuleFigures.LastOrder => Figure("\"LastOrderAt\"", "null", Totals),
            RuleFigures.FirstSeen => Figure("\"FirstSeenAt\"", "null", Profiles),
            RuleFigures.LastSeen => Figure("\"LastSeenAt\"", "null", Profiles),
            _ => new("""select "CustomerId", "Value", null from "CustomerTraits" where "Name" = @0 and "Value" <> ''""", [c.Attribute], ConditionShape.Values),
        };
    }

    private static ConditionSql Figure(string value, string divisor, string table) => new($"select \"CustomerId\", {value}, {divisor} from {table}", [], ConditionShape.Values);

    private static ConditionSql Consent(ConsentCondition c) => c.State is ConsentState.NeverAsked
        ? new("""select "CustomerId" from "Consents" where "Channel" = @0 and "Purpose" = @1""", [c.Channel, c.Purpose], ConditionShape.Members, IsComplement: true)
        : new("""select "CustomerId" from "Consents" where "Channel" = @0 and "Purpose" = @1 and "IsGranted" = @2""", [c.Channel, c.Purpose, c.State is ConsentState.Granted], ConditionShape.Members);

    private static ConditionSql Reach(ReachCondition c)
    {
        var address = c.Channel switch
        {
            "email" => """ and exists (select 1 from "Contacts" a where a."CustomerId" = k."CustomerId" and a."EmailHash" is not null)""",
            "sms" => """ and exists (select 1 from "Contacts" a where a."CustomerId" = k."CustomerId" and a."PhoneHash" is not null)""",
            _ => "",
        };
        return new(
            $"""
            select k."CustomerId" from "Consents" k where k."Channel" = @0 and k."Purpose" = '{ConsentProjection.Marketing}' and k."IsGranted"
              and not exists (select 1 from "Suppressions" x where x."CustomerId" = k."CustomerId" and x."Channel" = k."Channel"){address}
            """,
            [c.Channel], ConditionShape.Members, !c.IsReachable);
    }

    private static ConditionSql Segment(SegmentCondition c, RuleMoment moment)
    {
        var values = new List<object?> { EventFacts.Segments, StaleBefore(moment) };
        var list = Parameters(values, c.Segments.Select(s => (object?)(double)s));
        return new($"""select "CustomerId" from "CustomerScores" where "Model" = @0 and "AsOf" >= @1 and "Value" {(c.IsIn ? "in" : "not in")} ({list})""", values, ConditionShape.Members);
    }

    private static ConditionSql Prediction(PredictionCondition c, RuleMoment moment)
    {
        var (test, limits) = c.Operator switch
        {
            PredictionOperator.AtLeast => ("\"Value\" >= @2", new object?[] { c.From }),
            PredictionOperator.AtMost => ("\"Value\" <= @2", [c.From]),
            PredictionOperator.Between => ("\"Value\" >= @2 and \"Value\" <= @3", [c.From, c.To]),
            PredictionOperator.Top => ("\"Percentile\" >= @2", [1 - c.From / 100]),
            _ => ("\"Percentile\" <= @2", [c.From / 100]),
        };
        return new($"select \"CustomerId\" from \"CustomerScores\" where \"Model\" = @0 and \"AsOf\" >= @1 and {test}", [c.Model, StaleBefore(moment), .. limits], ConditionShape.Members);
    }

    /// <summary>Scores and lists from before this moment count as missing: by days of the shop, so that they grow old at midnight, when audiences that ask for them are counted anew.</summary>
    internal static long StaleBefore(RuleMoment moment) => Stored.Ticks(moment.StartOf(moment.Today.AddDays(-RuleLimits.StaleScoreDays)));

    private static ConditionSql Message(MessageCondition c, RuleMoment moment) => Event(EventQuery.Of(EventFacts.TypeOf(c.Action), c.Window), moment, NeedsAgent(c), c.Campaigns);

    /// <summary>Whether opens and clicks must be asked who made them.</summary>
    internal static bool NeedsAgent(MessageCondition c) => !c.WithMachines && c.Action is (MessageAction.Opened or MessageAction.Clicked);

    private static ConditionSql Event(EventQuery query, RuleMoment moment, bool needsRows, IReadOnlyList<string>? campaigns = null)
    {
        var isCustom = EventFacts.IsCustom(query.Name);
        var values = new List<object?> { isCustom ? KnownEvents.Custom : query.Name };
        var where = "\"Type\" = @0" + Within(query.Window, moment, values);
        if (query.Items is { } items)
            where += $" and \"ItemId\" in (select \"Id\" from \"Items\" where \"{(items.By is ItemFilterKind.Item ? "ExternalId" : "Category")}\" in ({Parameters(values, items.Values)}))";
        if (campaigns is { Count: > 0 }) where += $" and \"CampaignId\" in ({Parameters(values, campaigns)})";
        if (isCustom || needsRows)
        {
            const string Columns = "\"OccurredAt\", \"OrderId\", \"ItemId\", \"Amount\", \"Quantity\", \"Properties\"";
            return new(
                $"""
                select "CustomerId", "Sequence", {Columns} from "Events" where "CustomerId" is not null and {where}
                union all select j."CustomerId", {JoinedHistory.Place}, {Columns} from {JoinedHistory.From} and {where}
                order by "CustomerId", "OccurredAt", "Sequence"
                """,
                values, ConditionShape.Events);
        }
        // An order counts once; a line without a number is an order of its own.
        var count = query.Name is KnownEvents.OrderPlaced or KnownEvents.OrderReturned ? "count(distinct \"OrderId\") + count(*) - count(\"OrderId\")" : "count(*)";
        return new(
            $"""
            select "CustomerId", {count}, min("OccurredAt") from (
              select "CustomerId", "OrderId", "OccurredAt" from "Events" where "CustomerId" is not null and {where}
              union all select j."CustomerId", e."OrderId", e."OccurredAt" from {JoinedHistory.From} and {where}) as known group by "CustomerId"
            """,
            values, ConditionShape.Counts);
    }

    private static ConditionSql Taste(TasteCondition c, RuleMoment moment)
    {
        var values = new List<object?> { c.Event };
        var where = "e.\"Type\" = @0" + Within(c.Window, moment, values);
        return new(
            $"""
            select known."CustomerId", i."Category", count(*), min(known."OccurredAt") from (
              select e."CustomerId", e."ItemId", e."OccurredAt" from "Events" e where e."CustomerId" is not null and {where}
              union all select j."CustomerId", e."ItemId", e."OccurredAt" from {JoinedHistory.From} and {where}) as known
            join "Items" i on i."Id" = known."ItemId" where i."Category" <> '' group by known."CustomerId", i."Category" order by known."CustomerId"
            """,
            values, ConditionShape.Tastes);
    }

    private static string Within(EventWindow window, RuleMoment moment, List<object?> values)
    {
        var (from, until) = window.Range(moment);
        return (from == long.MinValue ? "" : $" and \"OccurredAt\" >= {Parameters(values, [from])}") + (until == long.MaxValue ? "" : $" and \"OccurredAt\" < {Parameters(values, [until])}");
    }

    private static ConditionSql Listed(ListCondition c)
    {
        var values = new List<object?>();
        // The engine takes tens of thousands of parameters; a list has at most RuleLimits.ListedCustomers.
        return new($"select \"Id\" from \"Customers\" where \"Id\" in ({Parameters(values, c.Customers.Cast<object?>())})", values, ConditionShape.Members);
    }

    private static string Parameters(List<object?> values, IEnumerable<object?> more)
    {
        var names = new List<string>();
        foreach (var value in more)
        {
            names.Add(string.Create(CultureInfo.InvariantCulture, $"@{values.Count}"));
            values.Add(value);
        }
        return string.Join(", ", names);
    }
}
