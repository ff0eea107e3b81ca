using CampaignPortal.Marketing.Delivery.Mime;

namespace CampaignPortal.Marketing.Delivery.Transports;

/// <summary>Hands a mail to the outside.</summary>
public interface IMessageTransport
{
    /// <summary>Name in the settings: <c>pickup</c>, <c>smtp</c>.</summary>
    string Name { get; }

    /// <summary>Whether the same message handed over twice has one effect: then an unknown outcome is repeated instead of held.</summary>
    bool IsRepeatable { get; }

    /// <summary>Messages under way at once, and so the most that one crash leaves in doubt.</summary>
    int Parallelism { get; }

    /// <summary>Hands the mail over. Failures of the other side are outcomes, not exceptions.</summary>
    /// <param name="mail">What to send.</param>
    /// <param name="mark">Called once, just before the step that cannot be taken back; when it answers <see langword="false"/> nothing may leave.</param>
    /// <param name="ct">Cancels before the mark. After it the step is finished.</param>
    /// <exception cref="OperationCanceledException">The token fired before the mark.</exception>
    Task<SendResult> SendAsync(OutgoingMail mail, Func<CancellationToken, Task<bool>> mark, CancellationToken ct);
}
