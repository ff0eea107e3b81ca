using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>What a condition, or one figure of it, asks of events.</summary>
/// <param name="Name">As the rule names the event.</param>
/// <param name="Campaigns">Empty is any.</param>
/// <param name="Test">Of the figure; null for a part of a ratio.</param>
/// <param name="Figure">Null counts.</param>
internal sealed record EventFit(
    string Name, EventWindow Window, ItemFilter? Items, IReadOnlyList<PropertyFilter> Where, IReadOnlyList<string> Campaigns, bool WithoutMachines, NumberTest? Test, Measure? Figure)
{
    /// <summary>As the log names the event.</summary>
    public string Type { get; } = EventFacts.IsCustom(Name) ? KnownEvents.Custom : Name;

    /// <summary>All that a condition asks of events: one figure, two of a ratio, none of the other kinds.</summary>
    public static IReadOnlyList<EventFit> AllOf(Rule condition) => condition switch
    {
        EventCondition c => [Of(c.Event, c.Times, null)],
        AggregateCondition c => [Of(c.Event, c.Test, new Measure(c.Event, c.Aggregate, c.Of))],
        MessageCondition c => [new(EventFacts.TypeOf(c.Action), c.Window, null, [], c.Campaigns, ConditionSql.NeedsAgent(c), c.Times, null)],
        RatioCondition c => [Of(c.Part), Of(c.Whole)],
        TasteCondition c => [Of(EventQuery.Of(c.Event, c.Window), null, null)],
        _ => [],
    };

    public static EventFit Of(Measure measure) => Of(measure.Event, null, measure);

    /// <summary>Lines of one order are one.</summary>
    public bool CountsOrders => Name is KnownEvents.OrderPlaced or KnownEvents.OrderReturned;

    /// <summary>Whether it is a number of events that no property narrows.</summary>
    public bool IsPlainCount => Where.Count is 0 && (Figure is null || Figure.Aggregate is AggregateKind.Count);

    public EventTally NewTally() => new(CountsOrders, Figure);

    public bool Matches(decimal? figure) => figure is { } number && Test is { } test && test.Matches(number);

    /// <summary>What only the properties of an event tell.</summary>
    public bool PropertiesFit(in EventRow e, RuleMoment moment)
    {
        if (Type is KnownEvents.Custom && (EventFacts.Property(e.Properties, "name")?.Text ?? KnownEvents.Custom) != Name) return false;
        if (WithoutMachines && EventFacts.IsByMachine(e.Properties)) return false;
        foreach (var filter in Where)
        {
            if (!filter.Test.Matches(EventFacts.Value(filter.Property, e), moment)) return false;
        }
        return true;
    }

    private static EventFit Of(EventQuery query, NumberTest? test, Measure? figure) => new(query.Name, query.Window, query.Items, query.Where, [], false, test, figure);
}
