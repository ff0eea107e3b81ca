using System.Data.Common;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Statistics.Random;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Takes one prepared message through mark, hand-over and record (RELIABILITY.md §4.1).</summary>
internal sealed class MessageSender(
    MessageTable table, LastChecks checks, GroupCommit commits, LinkTargets links, SuppressionList suppressed, EventLog log, RefusalWatch watch, Breaker breaker, DeliverySettingsStore settings,
    DeliveryOptions options, TimeProvider clock, Rng rng, ILogger logger)
{
    private const int RecordTries = 5;
    private static readonly TimeSpan BetweenRecords = TimeSpan.FromSeconds(1);

    public async Task SendAsync(PreparedMessage prepared, IMessageTransport transport, CancellationToken ct)
    {
        var isMarked = false;
        SendResult result;
        try
        {
            result = await transport.SendAsync(
                prepared.Mail,
                async _ =>
                {
                    var (marked, written) = await commits.WriteAsync(transaction => Mark(transaction, prepared, transport.IsRepeatable));
                    links.Forget(written);
                    return isMarked = marked;
                },
                ct);
        }
        catch (OperationCanceledException) when (!isMarked)
        {
            await commits.WriteAsync(transaction => Done(() => table.Release(transaction, prepared.Message)));
            return;
        }
#pragma warning disable CA1031 // Whatever a transport throws, the row must say what is known.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.TransportFailed(prepared.Message.Id, transport.Name, e);
            result = new SendResult(isMarked ? SendOutcome.Unknown : SendOutcome.TryLater, isMarked ? SendPhase.Reply : SendPhase.Body, Text: e.GetType().Name, Reason: MessageReasons.Temporary);
        }
        FaultPoints.Hit("send.after-reply-before-record");
        if (result.Outcome is SendOutcome.NotMarked) return; // the mark has said where it goes
        if (isMarked) await RecordAsync(prepared.Message, prepared.Mail.To, result, transport.IsRepeatable);
        else await GiveBackAsync(prepared.Message, prepared.Mail.To, result);
        FaultPoints.Hit("send.after-record");
        await HeedAsync(prepared.Message, result, ct);
    }

    /// <summary>T2.</summary>
    private (bool IsMarked, IReadOnlyList<long> WrittenLinks) Mark(DbTransaction transaction, PreparedMessage prepared, bool isRepeatable)
    {
        var (m, now) = (prepared.Message, clock.GetUtcNow());
        if (!table.IsMine(transaction, m)) return (false, []); // the lease ran out, or the campaign was stopped
        var answer = checks.Last(transaction, m, prepared.Mail.To, settings.Read(), now);
        if (answer.Move is { } move)
        {
            Apply(transaction, table, m, answer, move, now);
            return (false, []);
        }
        var written = links.Save(transaction);
        BodyStore.Write(transaction, m.Id, m.Ticket.CustomerId, prepared.Body);
        return (table.Mark(transaction, m, now, options.Lease, isRepeatable), written);
    }

    /// <summary>Moves a claimed message where a check says.</summary>
    internal static void Apply(DbTransaction transaction, MessageTable table, ClaimedMessage m, CheckAnswer answer, MessageState move, DateTimeOffset now)
    {
        if (move is MessageState.Planned) table.Release(transaction, m);
        else if (move is MessageState.Deferred) table.PutOff(transaction, m, answer.Until!.Value, answer.Reason!); // both are set with Deferred
        else table.End(transaction, m, move, answer.Reason!, now);
    }

    /// <summary>T3, in one commit with the events that say so.</summary>
    private async Task RecordAsync(ClaimedMessage m, string address, SendResult result, bool isRepeatable)
    {
        var (state, dueAt, isTry) = Next(MessageStates.After(result.Outcome, m.Policy, isRepeatable), m, result);
        for (var attempt = 1; ; attempt++)
        {
            var now = clock.GetUtcNow();
            try
            {
                await log.AppendAsync(
                    new EventBatch(MessageEvents.Source, MessageEvents.OfOutcome(m.Ticket, state, result, now))
                    {
                        Alongside = (transaction, _) =>
                        {
                            if (!MessageTable.Record(transaction, m, state, result, now, dueAt, isTry)) logger.LateRecord(m.Id, m.Ticket.Attempt);
                            if (state is MessageState.Rejected) SuppressAfter(transaction, m, address, result);
                            FaultPoints.Hit("receipt.before-commit");
                        },
                    },
                    CancellationToken.None);
                return;
            }
            catch (DbException e) when (attempt < RecordTries)
            {
                logger.RecordFailed(m.Id, e); // a full disk may pass; otherwise the lease runs out and the message is in doubt
                await Task.Delay(BetweenRecords * attempt, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>An outcome before the mark: nothing left, so the message is still ours to move.</summary>
    private async Task GiveBackAsync(ClaimedMessage m, string address, SendResult result)
    {
        if (result.Outcome is SendOutcome.Refused)
        {
            await log.AppendAsync(
                new EventBatch(MessageEvents.Source, MessageEvents.OfOutcome(m.Ticket, MessageState.Rejected, result, clock.GetUtcNow()))
                {
                    Alongside = (transaction, _) =>
                    {
                        if (table.End(transaction, m, MessageState.Rejected, result.Reason ?? MessageReasons.Policy, clock.GetUtcNow(), result)) SuppressAfter(transaction, m, address, result);
                    },
                },
                CancellationToken.None);
            return;
        }
        await commits.WriteAsync(transaction => Done(() =>
        {
            var (state, dueAt, isTry) = Next(MessageState.Deferred, m, result);
            if (state is MessageState.DeadLetter) table.End(transaction, m, state, MessageReasons.GaveUp, clock.GetUtcNow(), result);
            else table.PutOff(transaction, m, dueAt!.Value, result.Reason ?? MessageReasons.Temporary, result, isTry); // Deferred has a time
        }));
    }

    /// <summary>When a deferred message comes again, whether the failure counts, and whether it was the last one.</summary>
    private (MessageState State, DateTimeOffset? DueAt, bool IsTry) Next(MessageState state, ClaimedMessage m, SendResult result)
    {
        if (state is not MessageState.Deferred) return (state, null, false);
        var isOurFault = result.Outcome is SendOutcome.TryLater or SendOutcome.Unknown;
        if (isOurFault && m.Tries + 1 >= options.MaxTries) return (MessageState.DeadLetter, null, true);
        lock (rng) return (state, clock.GetUtcNow() + (isOurFault ? Retries.PauseAfter(m.Tries, rng) : Retries.PauseOfDestination(rng)), isOurFault);
    }

    private void SuppressAfter(DbTransaction transaction, ClaimedMessage m, string address, SendResult result)
    {
        if (result.IsHardBounce) suppressed.Add(transaction, address, SuppressionReasons.HardBounce);
        else if (result.Reason is MessageReasons.SoftBounce && SoftBounces.IsOneTooMany(transaction, m.Ticket.CustomerId, clock.GetUtcNow())) suppressed.Add(transaction, address, SuppressionReasons.SoftBounces);
    }

    /// <summary>What one outcome says about the relay and about the campaign.</summary>
    private async Task HeedAsync(ClaimedMessage m, SendResult result, CancellationToken ct)
    {
        if (result.Outcome is SendOutcome.DestinationDown or SendOutcome.CredentialsRefused) breaker.Failed();
        else if (result.Outcome is not SendOutcome.Unknown) breaker.Succeeded();
        await watch.HeedAsync(m.Ticket.CampaignId, result, ct);
    }

    private static bool Done(Action work)
    {
        work();
        return true;
    }
}
