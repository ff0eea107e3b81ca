using CampaignPortal.Marketing.Delivery.Mime;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>A claimed message that only needs to be handed over.</summary>
/// <param name="Body">The mail as it will be kept.</param>
internal sealed record PreparedMessage(ClaimedMessage Message, OutgoingMail Mail, byte[] Body);
