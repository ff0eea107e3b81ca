using System.Security.Cryptography;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Delivery.Mime;
using CampaignPortal.Marketing.Delivery.Transports;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Sends one mail at once, beside the outbox, while somebody waits for the answer: a test. Its subject should say so.</summary>
public sealed class SendTestMailHandler(IEnumerable<IMessageTransport> transports, DeliverySettingsStore settings, AuditTrail audit, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What came of it; the server's own words are in it.</summary>
    public async Task<Result<SendResult>> HandleAsync(MailContent mail, Actor actor, CancellationToken ct)
    {
        var current = settings.Read();
        OutgoingMail outgoing;
        try
        {
            outgoing = MailBuilder.Build(mail, new MailEnvelope(current.SenderName, current.SenderAddress, current.ReplyTo, "test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), clock.GetUtcNow(), UnsubscribeUrl: null));
        }
        catch (FormatException)
        {
            return Problem.At(nameof(mail.To), "Enter an address such as name@example.com.");
        }
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        SendResult result;
        try
        {
            result = await transports.First(t => t.Name == current.Transport).SendAsync(outgoing, _ => Task.FromResult(true), either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            result = new SendResult(SendOutcome.DestinationDown, SendPhase.Connect, Text: "No answer within 30 seconds.", Reason: MessageReasons.Destination);
        }
        await audit.WriteAsync(actor, new AuditFact("connections.manage test mail", current.Transport, Detail: result.Outcome.ToString()), ct);
        return result;
    }
}
