using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Insights.Messages;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Insights;

/// <summary>The reader's words for what insights are made of.</summary>
internal static class InsightsVocabulary
{
    public static string Region(RfmRegion region) => region switch
    {
        RfmRegion.Champions => InsightsWords.RegionChampions,
        RfmRegion.Loyal => InsightsWords.RegionLoyal,
        RfmRegion.CannotLose => InsightsWords.RegionCannotLose,
        RfmRegion.Promising => InsightsWords.RegionPromising,
        RfmRegion.NeedsCare => InsightsWords.RegionNeedsCare,
        RfmRegion.AtRisk => InsightsWords.RegionAtRisk,
        RfmRegion.New => InsightsWords.RegionNew,
        RfmRegion.Fading => InsightsWords.RegionFading,
        RfmRegion.Hibernating => InsightsWords.RegionHibernating,
        _ => InsightsWords.RegionLost,
    };

    /// <summary>Whether more people in the region is good news.</summary>
    public static bool IsGood(RfmRegion region) => region is RfmRegion.Champions or RfmRegion.Loyal or RfmRegion.Promising or RfmRegion.New;

    public static string Step(EventKind kind) => kind switch
    {
        EventKind.MessageSent => InsightsWords.StepMessage,
        EventKind.MessageOpened => InsightsWords.StepOpened,
        EventKind.MessageClicked => InsightsWords.StepClicked,
        EventKind.PageViewed => InsightsWords.StepPage,
        EventKind.Searched => InsightsWords.StepSearched,
        EventKind.ItemViewed => InsightsWords.StepViewed,
        EventKind.RecommendationShown => InsightsWords.StepRecommended,
        EventKind.RecommendationClicked => InsightsWords.StepRecommendationClicked,
        EventKind.CartAdded => InsightsWords.StepCart,
        EventKind.OrderPlaced => InsightsWords.StepOrdered,
        EventKind.ReviewWritten => InsightsWords.StepReviewed,
        _ => KnownEvents.NameOf(kind),
    };

    public static string Split(MessageSplit split) => split switch
    {
        MessageSplit.Campaign => InsightsWords.SplitCampaign,
        MessageSplit.Segment => InsightsWords.SplitSegment,
        _ => InsightsWords.SplitPeriod,
    };

    /// <summary>The whole report in one sentence.</summary>
    public static string Summary(MessageLine all) => Say.With(
        InsightsWords.MessagesSummary, ("delivered", Figures.Count(all.Sums.Delivered)), ("clicked", Figures.Count(all.Sums.Clicked)), ("ctr", all.ClickRate is { } clicks ? Figures.Rate(clicks.Point) : "–"),
        ("ordered", Figures.Count(all.Sums.OrderedAfterClick)), ("cvr", all.ConversionRate is { } orders ? Figures.Rate(orders.Point) : "–"));
}
