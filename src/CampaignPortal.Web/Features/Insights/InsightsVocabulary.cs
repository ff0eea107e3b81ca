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
        EventKind.CartRemoved => InsightsWords.StepCartRemoved,
        EventKind.OrderPlaced => InsightsWords.StepOrdered,
        EventKind.OrderReturned => InsightsWords.StepReturned,
        EventKind.ReviewWritten => InsightsWords.StepReviewed,
        EventKind.Unsubscribed => InsightsWords.StepUnsubscribed,
        _ => KnownEvents.NameOf(kind),
    };

    public static string Order(FunnelOrder order) => order switch
    {
        FunnelOrder.Strict => InsightsWords.OrderStrict,
        FunnelOrder.Any => InsightsWords.OrderAny,
        _ => InsightsWords.OrderOrdered,
    };

    public static string OrderNote(FunnelOrder order) => order switch
    {
        FunnelOrder.Strict => InsightsWords.OrderStrictNote,
        FunnelOrder.Any => InsightsWords.OrderAnyNote,
        _ => InsightsWords.OrderOrderedNote,
    };

    public static string Split(FunnelSplit split) => split switch
    {
        FunnelSplit.Returning => InsightsWords.ByReturning,
        FunnelSplit.Segment => InsightsWords.BySegment,
        FunnelSplit.Device => InsightsWords.ByDevice,
        FunnelSplit.Channel => InsightsWords.ByChannel,
        _ => InsightsWords.Everybody,
    };

    /// <summary>What the people of a group have in common; other devices and channels have the names that the data give them.</summary>
    public static string Group(FunnelGroup group, IReadOnlyDictionary<int, string> segments) => group switch
    {
        { Number: FunnelGroup.Others } => InsightsWords.AllOthers,
        { Number: FunnelGroup.Unknown, Split: FunnelSplit.Segment } => InsightsWords.WithoutSegment,
        { Number: FunnelGroup.Unknown } => InsightsWords.NotKnown,
        { Split: FunnelSplit.Segment } => segments.GetValueOrDefault(group.Number) ?? Figures.Count(group.Number),
        { Split: FunnelSplit.Device, Name: "mobile" } => InsightsWords.DeviceMobile,
        { Split: FunnelSplit.Device, Name: "desktop" } => InsightsWords.DeviceDesktop,
        { Split: FunnelSplit.Device, Name: "tablet" } => InsightsWords.DeviceTablet,
        _ => group.Name ?? InsightsWords.NotKnown,
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
