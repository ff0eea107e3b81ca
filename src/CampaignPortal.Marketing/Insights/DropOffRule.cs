using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>The rule of an audience for who left a funnel at one step.</summary>
/// <remarks>A rule knows no order of steps: it asks for every step before, and for the absence of the one that was not taken, in the days in which the funnel counts them.</remarks>
public static class DropOffRule
{
    /// <summary>Whether a rule can ask for them at all: none knows what came directly after something, or what happened in between.</summary>
    public static bool CanSay(FunnelOverview funnel) => funnel.Order is not FunnelOrder.Strict && funnel.Without.Count == 0;

    /// <param name="dropped">Index of the step that was not taken.</param>
    /// <param name="windowDays">Days from the entry within which steps count.</param>
    public static AudienceRule Of(FunnelOverview funnel, int dropped, int windowDays)
    {
        var entered = new EventWindow(From: funnel.From, To: funnel.To);
        // In any order, a later step may have come before the first one.
        var later = new EventWindow(From: funnel.Order is FunnelOrder.Any ? funnel.From.AddDays(-windowDays) : funnel.From, To: funnel.To.AddDays(windowDays));
        var conditions = new List<Rule> { Took(funnel.Steps[0], entered, true) };
        for (var i = 1; i < dropped; i++) conditions.Add(Took(funnel.Steps[i], later, true));
        conditions.Add(Took(funnel.Steps[dropped], later, false));
        return new AudienceRule(new RuleGroup(GroupKind.All, conditions), []);
    }

    private static Rule Took(EventKind kind, EventWindow window, bool isTaken)
    {
        var times = isTaken ? new NumberTest(NumberOperator.AtLeast, 1) : new NumberTest(NumberOperator.Equal, 0);
        return ActionOf(kind) is { } action ? new MessageCondition(action, [], times, window) : new EventCondition(EventQuery.Of(KnownEvents.NameOf(kind), window), times);
    }

    // Asked as messages, openings and clicks of machines stay out here as they do in the funnel.
    private static MessageAction? ActionOf(EventKind kind) => kind switch
    {
        EventKind.MessageSent => MessageAction.Sent,
        EventKind.MessageOpened => MessageAction.Opened,
        EventKind.MessageClicked => MessageAction.Clicked,
        _ => null,
    };
}
