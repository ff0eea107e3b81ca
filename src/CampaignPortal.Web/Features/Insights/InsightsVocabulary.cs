using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
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
}
