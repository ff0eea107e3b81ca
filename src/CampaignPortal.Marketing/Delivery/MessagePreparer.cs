using System.Threading.Channels;
using CampaignPortal.Marketing.Delivery.Mime;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Statistics.Random;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Turns claimed messages into mails. Nothing irrevocable happens here.</summary>
internal sealed class MessagePreparer(
    MessageTable table, GroupCommit commits, IMessageSource source, TrackedLinks links, BodyStore bodies, DeliverySettingsStore settings, TimeProvider clock, ILogger logger)
{
    /// <summary>Has the batch rendered, puts aside what cannot be, and feeds the rest to the lanes.</summary>
    public async Task PrepareAsync(IReadOnlyList<ClaimedMessage> claimed, ChannelWriter<PreparedMessage> ready, CancellationToken ct)
    {
        IReadOnlyList<MessageDraft> drafts;
        try
        {
            drafts = await source.PrepareAsync([.. claimed.Select(m => m.Ticket)], ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await GiveBackAsync(claimed);
            throw;
        }
#pragma warning disable CA1031 // One campaign's fault must not end the worker: the rows wait and are tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.RenderingFailed(claimed.Count, e);
            await commits.WriteAsync(transaction => claimed.Count(m => table.PutOff(transaction, m, clock.GetUtcNow() + Retries.PauseOfDestination(new Rng(m.Id)), MessageReasons.Render)));
            return;
        }
        var byId = drafts.ToDictionary(d => d.MessageId);
        var current = settings.Read();
        foreach (var m in claimed)
        {
            if (ct.IsCancellationRequested) await GiveBackAsync([m]);
            else if (Build(m, byId.GetValueOrDefault(m.Id), current, out var problem) is { } prepared) await ready.WriteAsync(prepared, CancellationToken.None);
            else await PutAsideAsync(m, problem!, ct); // without a mail there is a problem
        }
    }

    private PreparedMessage? Build(ClaimedMessage m, MessageDraft? draft, DeliverySettings current, out MessageDraft? problem)
    {
        problem = draft ?? MessageDraft.Error(m.Id, "nobody rendered it");
        if (draft is not { Kind: DraftKind.Ready, Mail: { } mail }) return null;
        try
        {
            var envelope = new MailEnvelope(
                current.SenderName, current.SenderAddress, current.ReplyTo, m.MessageIdHeader, m.Date, m.IsTransactional ? null : links.For(m.Id).Unsubscribe());
            var outgoing = MailBuilder.Build(mail, envelope);
            var sent = new SentMail(current.SenderAddress, mail.SenderName ?? current.SenderName, mail, m.Date, m.MessageIdHeader);
            return new PreparedMessage(m, outgoing, bodies.Seal(m.Ticket.CustomerId, sent));
        }
        catch (FormatException)
        {
            problem = MessageDraft.Skip(m.Id, MessageReasons.NoAddress);
            return null;
        }
    }

    private async Task PutAsideAsync(ClaimedMessage m, MessageDraft problem, CancellationToken ct)
    {
        var result = new SendResult(SendOutcome.Refused, SendPhase.Connect, Text: Short(problem.Why));
        // Given back to a campaign that cannot be paused, the message would be claimed again at once, for ever.
        var waits = problem.Kind is DraftKind.Stop && await source.PauseAsync(m.Ticket.CampaignId, DeliveryTrouble.Content, problem.Why ?? "", ct);
        await commits.WriteAsync(transaction =>
        {
            if (waits) table.Release(transaction, m);
            else if (problem.Kind is DraftKind.Skip)
                table.End(transaction, m, MessageState.Suppressed, problem.Why is MessageReasons.NoAddress ? MessageReasons.NoAddress : MessageReasons.Content, clock.GetUtcNow(), result);
            else table.End(transaction, m, MessageState.DeadLetter, MessageReasons.Render, clock.GetUtcNow(), result);
            return true;
        });
    }

    private Task<bool> GiveBackAsync(IReadOnlyList<ClaimedMessage> messages) => commits.WriteAsync(transaction =>
    {
        foreach (var m in messages) table.Release(transaction, m);
        return true;
    });

    private static string? Short(string? text) => text is { Length: > 200 } ? text[..200] : text;
}
