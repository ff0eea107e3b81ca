using System.Data.Common;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>What a person decides about messages that ended without knowledge or without success.</summary>
public sealed class SettleMessagesHandler(AuditTrail audit, DeliveryQueue queue, TimeProvider clock)
{
    private const int MaxAtOnce = 10_000;

    /// <summary>Puts dead letters back into the queue; one that somebody else put back already stays as it is. Answers how many moved.</summary>
    public Task<int> RequeueAsync(IReadOnlyList<long> messages, string actor, CancellationToken ct) => MoveAsync(messages, MessageState.DeadLetter, MessageState.Planned, "requeue", actor, ct);

    /// <summary>Sends messages in doubt again: their customers may get a second copy.</summary>
    public Task<int> ResendAsync(IReadOnlyList<long> messages, string actor, CancellationToken ct) => MoveAsync(messages, MessageState.InDoubt, MessageState.Planned, "resend", actor, ct);

    /// <summary>Takes messages in doubt as sent.</summary>
    public Task<int> CountAsSentAsync(IReadOnlyList<long> messages, string actor, CancellationToken ct) => MoveAsync(messages, MessageState.InDoubt, MessageState.Accepted, "count as sent", actor, ct);

    private async Task<int> MoveAsync(IReadOnlyList<long> messages, MessageState from, MessageState to, string what, string actor, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messages.Count, MaxAtOnce);
        if (!MessageStates.MayMove(from, to)) throw new InvalidOperationException($"A message cannot move from {from} to {to}.");
        var moved = 0;
        await audit.WriteAsync(
            new Actor(actor, Origin: null),
            [new AuditFact("deadletter.requeue " + what, Target: null, Detail: FormattableString.Invariant($"{messages.Count} messages"))],
            transaction =>
            {
                moved = Move(transaction, messages, from, to);
                return moved > 0;
            },
            ct);
        queue.Wake();
        return moved;
    }

    private int Move(DbTransaction transaction, IReadOnlyList<long> messages, MessageState from, MessageState to)
    {
        using var move = transaction.Prepare(
            "update \"Messages\" set \"State\" = @2, \"Tries\" = 0, \"Reason\" = null, \"DueAt\" = @3, \"EndedAt\" = @4 where \"Id\" = @0 and \"State\" = @1", 5);
        var now = Stored.Ticks(clock.GetUtcNow());
        return messages.Sum(id => move.Run(id, (int)from, (int)to, now, to is MessageState.Planned ? null : now));
    }
}
