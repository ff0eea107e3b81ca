using CampaignPortal.Marketing.Content;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>Makes the signed links of mails.</summary>
public sealed class TrackedLinks(DeliveryKeys keys, LinkTargets targets, DeliverySettingsStore settings)
{
    /// <summary>The links of one message.</summary>
    public MessageLinks For(long messageId) => new(messageId, settings.Read().PublicUrl, keys, targets);
}

/// <summary>The links of one message: clicks, the open pixel, the way out, the mail in a browser.</summary>
public sealed class MessageLinks : IMessageLinks
{
    private readonly long _messageId;
    private readonly string _publicUrl;
    private readonly DeliveryKeys _keys;
    private readonly LinkTargets _targets;

    internal MessageLinks(long messageId, string publicUrl, DeliveryKeys keys, LinkTargets targets) =>
        (_messageId, _publicUrl, _keys, _targets) = (messageId, publicUrl.TrimEnd('/'), keys, targets);

    /// <summary>The tracked form of a link; what is not http or https stays as it is.</summary>
    /// <param name="url">The target with its query and fragment, kept whole.</param>
    /// <param name="index">Which link of the mail, from 0.</param>
    public string Click(string url, int index)
    {
        var isWeb = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return isWeb && index <= ushort.MaxValue ? $"{_publicUrl}/t/c/{new LinkToken(LinkKind.Click, _messageId, _targets.Add(url), index).Write(_keys)}" : url;
    }

    /// <summary>A picture of one transparent dot.</summary>
    public string Open() => $"{_publicUrl}/t/o/{new LinkToken(LinkKind.Open, _messageId).Write(_keys)}.gif";

    public string Unsubscribe() => $"{_publicUrl}/u/{new LinkToken(LinkKind.Unsubscribe, _messageId).Write(_keys)}";

    public string ViewInBrowser() => $"{_publicUrl}/v/{new LinkToken(LinkKind.View, _messageId).Write(_keys)}";

    /// <summary>Hidden from people: whoever follows it tests every link of the mail.</summary>
    public string Trap() => $"{_publicUrl}/t/x/{new LinkToken(LinkKind.Trap, _messageId).Write(_keys)}";
}
