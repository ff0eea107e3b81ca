namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>The mail in a browser, by signed link.</summary>
public sealed class ViewMailHandler(DeliveryKeys keys, BodyStore bodies)
{
    /// <summary>Null when we did not make the link, or nothing of the mail is kept.</summary>
    public MailContent? Find(string token) => LinkToken.Read(keys, LinkKind.View, token) is { } link ? bodies.Read(link.MessageId)?.Content : null;
}
