using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Web.Features.Audiences;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>Whom the templates are for, as rules that can be looked at and changed like any other.</summary>
internal static class TemplateAudiences
{
    public static AudienceIdea Joined { get; } = new("joined", _ => AudienceIdea.Rule(Last(RuleFigures.FirstSeen, 7)));

    public static AudienceIdea Browsed { get; } = new("browsed", c => c.Rules.Events.Contains("item_viewed")
        ? AudienceIdea.Rule(Happened("item_viewed", 7, NumberTest.AtLeast(1)), Happened("order_placed", 7, NumberTest.Never)) : null);

    public static AudienceIdea Due { get; } = new("due", _ => AudienceIdea.Rule(new AttributeCondition(RuleFigures.Orders, NumberTest.AtLeast(2)), Before(RuleFigures.LastOrder, 30), Last(RuleFigures.LastOrder, 90)));

    public static AudienceIdea BirthdayToday { get; } = new("today", c => AudienceIdea.Birthday(c, days: 0));

    public static AudienceIdea Arrived { get; } = new("arrived", _ => AudienceIdea.Rule(Before(RuleFigures.LastOrder, 6), Last(RuleFigures.LastOrder, 21)));

    public static AudienceIdea Ordered { get; } = new("ordered", _ => AudienceIdea.Rule(Last(RuleFigures.LastOrder, 3)));

    private static AttributeCondition Last(string figure, int days) => new(figure, new DateTest(DateOperator.InLast) { Days = days });

    private static AttributeCondition Before(string figure, int days) => new(figure, new DateTest(DateOperator.NotInLast) { Days = days });

    private static EventCondition Happened(string name, int days, NumberTest times) => new(EventQuery.Of(name, EventWindow.Last(days)), times);
}
