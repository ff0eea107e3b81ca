using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>What came of a person's decision about messages.</summary>
/// <param name="Moved">Those for which it holds now.</param>
/// <param name="OfStopped">Left as they were: their campaign was stopped for good, or is gone.</param>
/// <param name="OfPaused">Left as they were: their campaign is paused, or waits for a decision.</param>
/// <param name="Known">Left as they were: somebody or something settled them before.</param>
public sealed record SettledMessages(int Moved, int OfStopped, int OfPaused, int Known)
{
    public int Left => OfStopped + OfPaused + Known;
}

/// <summary>What a person decides about messages that ended without knowledge or without success.</summary>
public sealed class SettleMessagesHandler(PortalDatabase database, EventLog log, IMessageSource source, DeliveryQueue queue, DeliveryOptions options, TimeProvider clock)
{
    private const int MaxAtOnce = 10_000;

    /// <summary>Puts dead letters back into the queue, also those of a campaign that has ended; one that somebody else put back already stays as it is.</summary>
    public Task<SettledMessages> RequeueAsync(IReadOnlyList<long> messages, string actor, CancellationToken ct) => PutBackAsync(messages, MessageState.DeadLetter, "requeue", actor, ct);

    /// <summary>Sends messages in doubt again: their customers may get a second copy.</summary>
    public Task<SettledMessages> ResendAsync(IReadOnlyList<long> messages, string actor, CancellationToken ct) => PutBackAsync(messages, MessageState.InDoubt, "resend", actor, ct);

    /// <summary>Takes messages in doubt as sent, in the log too: the figures of their campaign count them.</summary>
    public async Task<SettledMessages> CountAsSentAsync(IReadOnlyList<long> messages, string actor, CancellationToken ct)
    {
        Check(messages, MessageState.InDoubt, MessageState.Accepted);
        var settled = new SettledMessages(0, 0, 0, messages.Count);
        var doubted = messages.Select(id => SentMessages.Find(database, id)).OfType<SentMessage>().Where(m => m.State is MessageState.InDoubt).ToArray();
        if (doubted.Length is 0) return settled;
        var now = clock.GetUtcNow();
        await log.AppendAsync(
            new EventBatch(MessageEvents.Source, [.. doubted.Where(m => !m.IsErased).Select(m => MessageEvents.Of(m.Ticket, KnownEvents.MessageSent, m.MarkedAt ?? now))])
            {
                Alongside = (transaction, _) =>
                {
                    var moved = doubted.Count(m => SentMessages.Settle(transaction, m.Ticket.MessageId, now));
                    settled = new SettledMessages(moved, 0, 0, messages.Count - moved);
                    Note(transaction, messages, settled, "count as sent", actor);
                },
            },
            ct);
        return settled;
    }

    private async Task<SettledMessages> PutBackAsync(IReadOnlyList<long> messages, MessageState from, string what, string actor, CancellationToken ct)
    {
        Check(messages, from, MessageState.Planned);
        var settled = await database.WriteAsync(
            transaction =>
            {
                var answers = messages.Select(id => PutBack(transaction, id, from)).ToArray();
                int Of(GateAnswer? answer) => answers.Count(a => a == answer);
                var all = new SettledMessages(Of(GateAnswer.Send), Of(GateAnswer.Drop), Of(GateAnswer.Wait), Of(null));
                Note(transaction, messages, all, what, actor);
                return all;
            },
            ct);
        if (settled.Moved > 0) queue.Wake();
        return settled;
    }

    /// <summary>Moves one message when its campaign lets it leave; otherwise answers why not, and null when it is not in that state any more.</summary>
    private GateAnswer? PutBack(DbTransaction transaction, long id, MessageState from)
    {
        if (SentMessages.Find(transaction, id) is not { } message || message.State != from) return null;
        var answer = source.Gate(transaction, message.Ticket).Answer;
        if (answer is not GateAnswer.Send) return answer;
        var now = clock.GetUtcNow();
        // The time until which it was useful has often passed by now: whoever puts it back says that it still is.
        transaction.Execute(
            "update \"Messages\" set \"State\" = @1, \"Tries\" = 0, \"Reason\" = null, \"DueAt\" = @2, \"EndedAt\" = null, \"SendBefore\" = case when \"SendBefore\" < @3 then @3 else \"SendBefore\" end where \"Id\" = @0",
            id, (int)MessageState.Planned, Stored.Ticks(now), Stored.Ticks(now + options.PutBackWithin));
        return answer;
    }

    private static void Check(IReadOnlyList<long> messages, MessageState from, MessageState to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messages.Count, MaxAtOnce);
        if (!MessageStates.MayMove(from, to)) throw new InvalidOperationException($"A message cannot move from {from} to {to}.");
    }

    private void Note(DbTransaction transaction, IReadOnlyList<long> messages, SettledMessages settled, string what, string actor)
    {
        if (settled.Moved is 0) return;
        transaction.Write(new AuditEntry
        {
            At = clock.GetUtcNow(),
            Actor = actor,
            Action = "deadletter.requeue " + what,
            Target = messages is [var only] ? string.Create(CultureInfo.InvariantCulture, $"message {only}") : null,
            Detail = string.Create(CultureInfo.InvariantCulture, $"{settled.Moved} of {messages.Count} messages"),
        });
    }
}
