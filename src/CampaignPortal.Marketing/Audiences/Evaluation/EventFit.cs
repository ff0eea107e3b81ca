using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>What a condition asks of events, whichever kind of condition it is.</summary>
/// <param name="Name">As the rule names the event.</param>
/// <param name="Campaigns">Empty is any.</param>
internal sealed record EventFit(
    string Name, EventWindow Window, ItemFilter? Items, IReadOnlyList<PropertyFilter> Where, IReadOnlyList<string> Campaigns, bool WithoutMachines, NumberTest Test, AggregateCondition? Aggregate)
{
    /// <summary>As the log names the event.</summary>
    public string Type { get; } = EventFacts.IsCustom(Name) ? KnownEvents.Custom : Name;

    /// <exception cref="ArgumentException">The condition asks no events.</exception>
    public static EventFit Of(Rule condition) => condition switch
    {
        EventCondition c => new(c.Event.Name, c.Event.Window, c.Event.Items, c.Event.Where, [], false, c.Times, null),
        AggregateCondition c => new(c.Event.Name, c.Event.Window, c.Event.Items, c.Event.Where, [], false, c.Test, c),
        MessageCondition c => new(EventFacts.TypeOf(c.Action), c.Window, null, [], c.Campaigns, ConditionSql.NeedsAgent(c), c.Times, null),
        _ => throw new ArgumentException($"{condition.GetType().Name} asks no events.", nameof(condition)),
    };

    /// <summary>Lines of one order are one.</summary>
    public bool CountsOrders => Name is KnownEvents.OrderPlaced or KnownEvents.OrderReturned;

    public EventTally NewTally() => new(CountsOrders, Aggregate);

    public bool Matches(EventTally tally) => Aggregate is null ? Test.Matches(tally.Count) : tally.Figure() is { } figure && Test.Matches(figure);

    /// <summary>What only the properties of an event tell.</summary>
    public bool PropertiesFit(in EventRow e, RuleMoment moment)
    {
        if (Type is KnownEvents.Custom && (EventFacts.Property(e.Properties, "name")?.Text ?? KnownEvents.Custom) != Name) return false;
        if (WithoutMachines && EventFacts.IsByMachine(e.Properties)) return false;
        foreach (var filter in Where)
        {
            if (!filter.Test.Matches(EventFacts.Value(filter.Property, e.Amount, e.Quantity, e.Properties), moment)) return false;
        }
        return true;
    }
}
