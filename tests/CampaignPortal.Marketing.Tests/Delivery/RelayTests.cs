using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>The outbox and a mail server that refuses: what becomes of the rows, of the campaign and of the addresses.</summary>
public sealed class RelayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-26")]
    public async Task A_refused_sender_pauses_the_campaign_and_spends_nobody()
    {
        await using var sink = new SmtpSink { Answer = (at, _) => at is SinkMoment.Sender ? "550 5.7.1 not from you\r\n" : null };
        await using var store = await OutboxTests.OpenAsync(20);
        await store.UseRelayAsync(sink.Port, Ct);
        await store.PlanAsync(OutboxTests.Range(1, 20), Ct);
        await using (var outbox = new RunningOutbox(store)) await outbox.DrainUntilAsync(() => !store.Get<ScriptedMessageSource>().Troubles.IsEmpty, Ct);
        Assert.Contains((1, DeliveryTrouble.SenderRefused), store.Get<ScriptedMessageSource>().Troubles);
        Assert.All(await OutboxTests.MessagesAsync(store), m => Assert.Equal(0, m.Tries));
        Assert.All(await OutboxTests.MessagesAsync(store), m => Assert.DoesNotContain(m.State, MessageStates.Ended));
    }

    [Fact, Trait("Promise", "R-25")]
    public async Task Each_refusal_goes_its_way_and_an_address_that_is_not_there_is_not_tried_again()
    {
        await using var sink = new SmtpSink
        {
            Answer = (at, command) => at is not SinkMoment.Recipient ? null
                : command.Contains("c1@", StringComparison.Ordinal) ? "550 5.1.1 unknown\r\n"
                : command.Contains("c2@", StringComparison.Ordinal) ? "450 4.2.1 later\r\n"
                : command.Contains("c3@", StringComparison.Ordinal) ? "552 5.2.2 full\r\n"
                : command.Contains("c4@", StringComparison.Ordinal) ? "554 5.7.1 no\r\n" : null,
        };
        await using var store = await OutboxTests.OpenAsync(5);
        await store.UseRelayAsync(sink.Port, Ct);
        await store.PlanAsync(OutboxTests.Range(1, 5), Ct);
        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);

        var messages = await OutboxTests.MessagesAsync(store);
        Assert.Equal((MessageState.Rejected, MessageReasons.Bounced), (messages[0].State, messages[0].Reason));
        Assert.Equal((MessageState.Deferred, MessageReasons.Temporary, 1), (messages[1].State, messages[1].Reason, messages[1].Tries));
        Assert.InRange(messages[1].DueAt - ManualClock.Noon, TimeSpan.Zero, TimeSpan.FromMinutes(1)); // min(30 min, 1 min × 2⁰) with full jitter
        Assert.Equal((MessageState.Rejected, MessageReasons.SoftBounce), (messages[2].State, messages[2].Reason));
        Assert.Equal((MessageState.Rejected, MessageReasons.Policy), (messages[3].State, messages[3].Reason));
        Assert.Equal(MessageState.Accepted, messages[4].State);

        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        Assert.Equal([SuppressionReasons.HardBounce], await db.SuppressedContacts.Select(s => s.Reason).ToListAsync(Ct));
        Assert.Equal([1L], await db.Suppressions.Select(s => s.CustomerId).ToListAsync(Ct)); // a full mailbox and a refusal by policy are no reason
        Assert.Equal(3, await db.Events.CountAsync(e => e.Type == KnownEvents.MessageBounced, Ct));
        Assert.Equal([5L], await db.CapReservations.Select(r => r.CustomerId).ToListAsync(Ct)); // who was refused before the mark never counted
    }

    [Fact, Trait("Promise", "R-32")]
    public async Task An_outage_of_half_an_hour_costs_a_few_knocks_and_no_try_and_everything_leaves_afterwards()
    {
        const int Audience = 60;
        var isDown = true;
        await using var sink = new SmtpSink { Answer = (at, _) => isDown && at is SinkMoment.Greeting ? "421 4.3.2 closed for repair\r\n" : null };
        await using var store = await OutboxTests.OpenAsync(Audience);
        await store.UseRelayAsync(sink.Port, Ct);
        await store.PlanAsync(OutboxTests.Range(1, Audience), Ct);
        var (breaker, queue) = (store.Get<Breaker>(), store.Get<DeliveryQueue>());
        await using var outbox = new RunningOutbox(store);
        await outbox.DrainUntilAsync(() => breaker.IsOpen, Ct);
        await outbox.DrainUntilAsync(() => CountUnderWay(store) is 0, Ct);
        var knocks = sink.ConnectionCount;
        for (var halfMinute = 0; halfMinute < 60; halfMinute++)
        {
            store.Clock.Advance(TimeSpan.FromSeconds(30));
            queue.Wake();
            await Task.Delay(10, Ct);
        }
        Assert.InRange(sink.ConnectionCount - knocks, 1, 61); // one a probe
        Assert.All(await OutboxTests.MessagesAsync(store), m => Assert.Equal(0, m.Tries));
        Assert.Empty(sink.Taken);

        isDown = false;
        await outbox.DrainUntilAsync(
            () =>
            {
                store.Clock.Advance(TimeSpan.FromSeconds(15));
                queue.Wake();
                return sink.Taken.Count == Audience;
            },
            Ct);
        await outbox.DrainAsync(Ct);
        Assert.All(await OutboxTests.MessagesAsync(store), m => Assert.Equal(MessageState.Accepted, m.State));
        Assert.Equal(Audience, sink.Taken.Select(m => m.Recipient).Distinct(StringComparer.Ordinal).Count());
    }

    private static long CountUnderWay(TestStore store)
    {
        using var reader = store.Database.OpenReader();
        using var count = reader.Prepare("select count(*) from \"Messages\" where \"State\" in (2, 3)", 0);
        return count.RunScalar() ?? 0;
    }

    [Fact, Trait("Promise", "R-36")]
    public async Task Who_left_before_their_message_was_marked_does_not_get_it()
    {
        const int Audience = 400, Leaving = 60;
        await using var sink = new SmtpSink();
        await using var store = await OutboxTests.OpenAsync(Audience);
        await store.UseRelayAsync(sink.Port, Ct);
        await store.PlanAsync(OutboxTests.Range(1, Audience), Ct);
        var answered = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        var tooLate = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        // The gate is asked inside the marking transaction: whoever was answered before it must not be sent.
        store.Get<ScriptedMessageSource>().AtMark = ticket =>
        {
            if (answered.ContainsKey(ticket.CustomerId)) tooLate[ticket.CustomerId] = true;
            return SendingGate.Send;
        };
        await using (var outbox = new RunningOutbox(store))
        {
            foreach (var message in (await OutboxTests.MessagesAsync(store)).Where((_, i) => i % (Audience / Leaving) is 0).Reverse())
            {
                var link = store.Get<TrackedLinks>().For(message.Id).Unsubscribe();
                await store.Get<UnsubscribeHandler>().LeaveAsync(link[(link.LastIndexOf('/') + 1)..], Ct);
                answered[message.CustomerId] = true;
            }
            await outbox.DrainAsync(Ct);
        }
        var messages = (await OutboxTests.MessagesAsync(store)).ToDictionary(m => m.CustomerId);
        Assert.All(tooLate.Keys, c => Assert.Equal(MessageState.Suppressed, messages[c].State));
        var received = sink.Taken.Select(m => m.Recipient).ToHashSet(StringComparer.Ordinal);
        Assert.All(tooLate.Keys, c => Assert.DoesNotContain(FormattableString.Invariant($"c{c}@example.com"), received));
        Assert.All(messages.Values, m => Assert.Contains(m.State, new[] { MessageState.Accepted, MessageState.Suppressed }));
        Assert.Equal(messages.Values.Count(m => m.State is MessageState.Accepted), received.Count);
    }
}
