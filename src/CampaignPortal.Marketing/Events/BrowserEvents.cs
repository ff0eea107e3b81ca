using System.Collections.Frozen;

namespace CampaignPortal.Marketing.Events;

/// <summary>What a browser may report with the public key of its site. The rest is the shop's own to say: a visitor must not withdraw the consent of another.</summary>
internal static class BrowserEvents
{
    private static readonly FrozenSet<string> Refused = FrozenSet.ToFrozenSet(
        [
            KnownEvents.ConsentChanged, KnownEvents.Unsubscribed, KnownEvents.OrderReturned, KnownEvents.MessageSent, KnownEvents.MessageDelivered, KnownEvents.MessageOpened, KnownEvents.MessageClicked,
            KnownEvents.MessageBounced, KnownEvents.MessageComplained, KnownEvents.ExperimentAssigned, KnownEvents.ExperimentExposed,
        ],
        StringComparer.Ordinal);

    /// <summary>Why an event of this name may not come from a browser; null when it may.</summary>
    public static string? RefusalOf(string name) => Refused.Contains(name) ? $"'{name}' cannot be reported with the public key of a site; send it from the shop's server." : null;
}
