using System.Collections.Frozen;

namespace CampaignPortal.Marketing.Events;

/// <summary>Event names of the Segment e-commerce and e-mail specifications, as the portal calls them.</summary>
public static class SegmentNames
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Product Viewed"] = KnownEvents.ItemViewed,
        ["Product Clicked"] = KnownEvents.ItemViewed,
        ["Products Searched"] = KnownEvents.Searched,
        ["Product Added"] = KnownEvents.CartAdded,
        ["Product Removed"] = KnownEvents.CartRemoved,
        ["Order Completed"] = KnownEvents.OrderPlaced,
        ["Order Refunded"] = KnownEvents.OrderReturned,
        ["Product Reviewed"] = KnownEvents.ReviewWritten,
        ["Email Sent"] = KnownEvents.MessageSent,
        ["Email Delivered"] = KnownEvents.MessageDelivered,
        ["Email Opened"] = KnownEvents.MessageOpened,
        ["Email Link Clicked"] = KnownEvents.MessageClicked,
        ["Email Bounced"] = KnownEvents.MessageBounced,
        ["Email Marked as Spam"] = KnownEvents.MessageComplained,
        ["Unsubscribed"] = KnownEvents.Unsubscribed,
        ["Experiment Viewed"] = KnownEvents.ExperimentExposed,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The portal's name: its own names as they are, Segment's mapped, anything else <see cref="KnownEvents.Custom"/>.</summary>
    public static string TypeOf(string eventName) => KnownEvents.Contains(eventName) ? eventName : Types.GetValueOrDefault(eventName, KnownEvents.Custom);
}
