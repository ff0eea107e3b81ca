using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>The secrets of the outbox, derived from the master key of the keys folder: links stay good as long as that key does.</summary>
public sealed class DeliveryKeys(MasterKey master)
{
    internal byte[] MessageIds { get; } = master.Derive("delivery/message-id");

    internal byte[] Links { get; } = master.Derive("delivery/links");
}
