using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Delivery;

public sealed class OutboxTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Planned_messages_lie_in_the_pickup_folder_and_stand_in_the_log()
    {
        await using var store = await OpenAsync(30);
        await store.PlanAsync(Range(1, 30), Ct);
        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);

        var messages = await MessagesAsync(store);
        Assert.All(messages, m => Assert.Equal(MessageState.Accepted, m.State));
        Assert.All(messages, m => Assert.Equal(1, m.Attempt));
        Assert.Equal(30, Directory.GetFiles(PickupTransport.FolderOf(store.Directory), "*.eml").Length);
        await using var db = await store.ContextAsync();
        var sent = await db.Events.Where(e => e.Type == KnownEvents.MessageSent).ToListAsync(Ct);
        Assert.Equal(Range(1, 30), sent.Select(e => e.CustomerId!.Value).Order());
        Assert.All(sent, e => Assert.Equal(("1", "7"), (e.CampaignId, e.VariantId)));
        Assert.Equal("c1@example.com", store.Get<BodyStore>().Read(messages[0].Id)!.Content.To);
    }

    [Fact]
    public async Task The_same_key_is_planned_once()
    {
        await using var store = await OpenAsync(3);
        Assert.Equal(3, await store.PlanAsync(Range(1, 3), Ct));
        Assert.Equal(0, await store.PlanAsync(Range(1, 3), Ct));
        Assert.Equal(3, await store.PlanAsync(Range(1, 3), Ct, change: m => m with { Occurrence = 5 }));
    }

    [Fact]
    public async Task Each_protective_check_keeps_its_message_back_at_the_last_moment()
    {
        await using var store = await OpenAsync(12);
        var source = store.Get<ScriptedMessageSource>();
        await store.PlanAsync(Range(1, 12), Ct);
        // Everything below happens after planning.
        await store.Database.WriteAsync(t => t.Execute("update \"Consents\" set \"IsGranted\" = 0 where \"CustomerId\" = 1"), Ct);
        var list = store.Get<SuppressionList>();
        await store.Database.WriteAsync(t => list.Add(t, "C2@Example.com ", SuppressionReasons.Manual), Ct);
        await store.Get<EraseCustomerHandler>().HandleAsync("c-3", "test", Ct);
        await store.Database.WriteAsync(t => t.Execute("insert into \"Suppressions\" (\"CustomerId\", \"Channel\", \"Reason\", \"Since\", \"Sequence\") values (4, 'email', 'complaint', 1, 1)"), Ct);
        await store.Database.WriteAsync(t => t.Execute("update \"Messages\" set \"SendBefore\" = 1 where \"CustomerId\" = 5"), Ct);
        await store.Database.WriteAsync(t => t.Execute("insert into \"CapReservations\" (\"MessageId\", \"CustomerId\", \"Channel\", \"At\") values (901, 6, 'email', @0), (902, 6, 'email', @0)", Stored.Ticks(store.Clock.GetUtcNow().AddDays(-1))), Ct);
        await store.Database.WriteAsync(t => list.Add(t, "c7@example.com", SuppressionReasons.Unsubscribed), Ct);
        source.AtMark = ticket => ticket.CustomerId is 8 ? SendingGate.Drop(MessageReasons.Holdout) : SendingGate.Send;
        await store.Database.WriteAsync(t => t.Execute("insert into \"CustomerTraits\" values (9, 'timezone', 'Asia/Shanghai', 1)"), Ct); // noon in London is 20:00 there
        await store.Database.WriteAsync(t => t.Execute("insert into \"CustomerTraits\" values (10, 'timezone', 'Asia/Tokyo', 1)"), Ct); // and 21:00 there

        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);

        var byCustomer = (await MessagesAsync(store)).ToDictionary(m => m.CustomerId, m => (m.State, m.Reason));
        Assert.Equal((MessageState.Suppressed, MessageReasons.NoConsent), byCustomer[1]);
        Assert.Equal((MessageState.Suppressed, SuppressionReasons.Manual), byCustomer[2]);
        Assert.Equal((MessageState.Suppressed, MessageReasons.Erased), byCustomer[3]);
        Assert.Equal((MessageState.Suppressed, SuppressionReasons.Complaint), byCustomer[4]);
        Assert.Equal((MessageState.Expired, MessageReasons.TooLate), byCustomer[5]);
        Assert.Equal((MessageState.Suppressed, MessageReasons.FrequencyCap), byCustomer[6]);
        Assert.Equal((MessageState.Suppressed, SuppressionReasons.Unsubscribed), byCustomer[7]);
        Assert.Equal((MessageState.Suppressed, MessageReasons.Holdout), byCustomer[8]);
        Assert.Equal((MessageState.Accepted, null), byCustomer[9]);
        Assert.Equal((MessageState.Deferred, MessageReasons.QuietHours), byCustomer[10]);
        Assert.Equal((MessageState.Accepted, null), byCustomer[11]);
        Assert.Equal(new DateTimeOffset(2026, 3, 9, 23, 0, 0, TimeSpan.Zero), (await MessagesAsync(store)).Single(m => m.CustomerId is 10).DueAt); // 08:00 in Tokyo
    }

    [Fact]
    public async Task Domains_are_kept_back_with_all_that_is_under_them()
    {
        await using var store = await OpenAsync(1);
        var list = store.Get<SuppressionList>();
        await store.Database.WriteAsync(t => list.AddDomain(t, "example.com", null, null), Ct);
        Assert.Equal(SuppressionReasons.Manual, await ReasonAsync(store, "x@mail.EXAMPLE.com"));
        Assert.Equal(SuppressionReasons.Manual, await ReasonAsync(store, "x@example.com"));
        Assert.Null(await ReasonAsync(store, "x@badexample.com"));
    }

    [Fact]
    public async Task An_unsubscription_counts_until_the_person_agrees_again()
    {
        await using var store = await OpenAsync(1);
        var list = store.Get<SuppressionList>();
        await store.Database.WriteAsync(t => list.Add(t, "c1@example.com", SuppressionReasons.Unsubscribed), Ct);
        Assert.Equal(SuppressionReasons.Unsubscribed, await ReasonAsync(store, "c1@example.com", store.Clock.GetUtcNow().AddDays(-1)));
        Assert.Null(await ReasonAsync(store, "c1@example.com", store.Clock.GetUtcNow().AddMinutes(1)));
    }

    [Fact, Trait("Promise", "R-34")]
    public async Task A_customer_for_whom_the_content_fails_is_put_aside_and_sent_once_after_the_repair()
    {
        await using var store = await OpenAsync(5);
        var source = store.Get<ScriptedMessageSource>();
        source.Render = t => t.CustomerId is 3 ? MessageDraft.Error(t.MessageId, "size: too long") : t.CustomerId is 4 ? MessageDraft.Skip(t.MessageId, "first_name") : null;
        await store.PlanAsync(Range(1, 5), Ct);
        await using var outbox = new RunningOutbox(store);
        await outbox.DrainAsync(Ct);
        var messages = await MessagesAsync(store);
        Assert.Equal([MessageState.Accepted, MessageState.Accepted, MessageState.DeadLetter, MessageState.Suppressed, MessageState.Accepted], messages.Select(m => m.State));
        Assert.Equal((MessageReasons.Render, "size: too long"), (messages[2].Reason, messages[2].ReplyText));

        source.Render = _ => null;
        var handler = store.Get<SettleMessagesHandler>();
        Assert.Equal(1, (await handler.RequeueAsync([messages[2].Id], "7", Ct)).Moved);
        await outbox.DrainAsync(Ct);
        Assert.Equal(4, (await MessagesAsync(store)).Count(m => m.State is MessageState.Accepted));
        Assert.Equal(4, Directory.GetFiles(PickupTransport.FolderOf(store.Directory), "*.eml").Length);
    }

    [Fact, Trait("Promise", "R-35")]
    public async Task Two_people_who_put_the_same_message_back_cause_one_attempt()
    {
        await using var store = await OpenAsync(1);
        var source = store.Get<ScriptedMessageSource>();
        source.Render = t => MessageDraft.Error(t.MessageId, "broken");
        await store.PlanAsync(Range(1, 1), Ct);
        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);
        var id = (await MessagesAsync(store)).Single().Id;
        var handler = store.Get<SettleMessagesHandler>();
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => handler.RequeueAsync([id], FormattableString.Invariant($"{i}"), Ct)));
        Assert.Equal([0, 1], answers.Select(a => a.Moved).Order());
    }

    [Fact]
    public async Task Content_that_is_wrong_for_everybody_pauses_the_campaign_and_loses_nobody()
    {
        await using var store = await OpenAsync(5);
        var source = store.Get<ScriptedMessageSource>();
        source.Render = t => MessageDraft.Stop(t.MessageId, "template");
        await store.PlanAsync(Range(1, 5), Ct);
        await using (var outbox = new RunningOutbox(store))
        {
            await WaitAsync(() => !source.Troubles.IsEmpty);
        }
        Assert.Contains((1, DeliveryTrouble.Content), source.Troubles);
        Assert.All(await MessagesAsync(store), m => Assert.Equal(MessageState.Planned, m.State));
    }

    [Fact, Trait("Promise", "R-37")]
    public async Task Two_campaigns_with_a_cap_of_one_send_everybody_exactly_one_message()
    {
        await using var store = await OpenAsync(500);
        await store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.cap.count', '1'), ('delivery.cap.days', '1')"), Ct);
        await store.PlanAsync(Range(1, 500), Ct, campaign: 1);
        await store.PlanAsync(Range(1, 500), Ct, campaign: 2);
        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);
        var accepted = (await MessagesAsync(store)).Where(m => m.State is MessageState.Accepted).ToArray();
        Assert.Equal(Range(1, 500), accepted.Select(m => m.CustomerId).Order());
        Assert.All((await MessagesAsync(store)).Where(m => m.State is not MessageState.Accepted), m => Assert.Equal(MessageReasons.FrequencyCap, m.Reason));
    }

    [Fact, Trait("Promise", "R-39")]
    public async Task Paused_and_resumed_fifty_times_nothing_is_doubled_nothing_is_lost_and_every_move_is_legal()
    {
        await using var store = await OpenAsync(600);
        await store.PlanAsync(Range(1, 600), Ct);
        await store.Database.WriteAsync(
            t =>
            {
                t.Execute("create table \"Moves\" (\"From\" integer, \"To\" integer)");
                t.Execute("create trigger \"NoteMove\" after update of \"State\" on \"Messages\" when old.\"State\" <> new.\"State\" begin insert into \"Moves\" values (old.\"State\", new.\"State\"); end");
            },
            Ct);
        await using var outbox = new RunningOutbox(store);
        Assert.InRange(await store.PauseOftenAsync(50, Ct), 2, 50); // most of them in the middle of the send
        await outbox.DrainAsync(Ct);

        await using var db = await store.ContextAsync();
        Assert.Equal(600, await db.Events.CountAsync(e => e.Type == KnownEvents.MessageSent, Ct));
        Assert.Equal(600, Directory.GetFiles(PickupTransport.FolderOf(store.Directory), "*.eml").Length);
        Assert.All(await MessagesAsync(store), m => Assert.Equal(MessageState.Accepted, m.State));
        var moves = store.Dump("Moves").Split('\n')[1..].Distinct(StringComparer.Ordinal).Select(line => line.Split('|')).Select(m => (From: Enum.Parse<MessageState>(m[0]), To: Enum.Parse<MessageState>(m[1]))).ToArray();
        Assert.Contains((MessageState.Claimed, MessageState.Planned), moves); // a pause gave back what was claimed
        Assert.All(moves, m => Assert.True(MessageStates.MayMove(m.From, m.To), $"{m.From} to {m.To}"));
    }

    [Fact, Trait("Promise", "R-41")]
    public async Task Who_comes_after_the_plan_gets_nothing_and_who_is_erased_while_it_is_sent_gets_nothing_more()
    {
        await using var store = await OpenAsync(200);
        var source = store.Get<ScriptedMessageSource>();
        await store.PlanAsync(Range(1, 200), Ct);
        source.Pause(1);
        await using var outbox = new RunningOutbox(store);
        var inTime = new List<long>();
        foreach (var id in Range(1, 20).Select(i => i * 10))
        {
            if (id > 100) source.Resume(1); // the second half is erased while mails leave
            await store.Get<EraseCustomerHandler>().HandleAsync($"c-{id}", "test", Ct);
            if ((await MessagesAsync(store)).Single(m => m.CustomerId == id).State is not (MessageState.Sending or MessageState.Accepted)) inTime.Add(id); // from here on no mark can pass
        }
        await store.Log.AppendAsync(An.Batch(An.Event("late", KnownEvents.ConsentChanged, "c-late", item: null) with { Properties = """{"state":"granted"}""" }), Ct);
        await outbox.DrainAsync(Ct);

        var messages = await MessagesAsync(store);
        Assert.Equal(Range(1, 200), messages.Select(m => m.CustomerId).Order()); // the plan is what it was: one each, nobody new
        Assert.InRange(inTime.Count, 10, 20);
        Assert.All(messages, m => Assert.Equal(inTime.Contains(m.CustomerId) ? MessageState.Suppressed : MessageState.Accepted, m.State));
        Assert.Equal(200 - inTime.Count, Directory.GetFiles(PickupTransport.FolderOf(store.Directory), "*.eml").Length);
    }

    [Fact]
    public async Task A_stopped_campaign_sends_nothing_more_and_the_brake_stops_all()
    {
        await using var store = await OpenAsync(20);
        await store.PlanAsync(Range(1, 10), Ct, campaign: 1);
        await store.Database.WriteAsync(t => store.Get<DeliveryQueue>().Cancel(t, 1), Ct);
        await store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.stopped', 'yes')"), Ct);
        store.Get<DeliverySettingsStore>().Forget();
        await store.PlanAsync(Range(11, 10), Ct, campaign: 2);
        await using (var outbox = new RunningOutbox(store)) await Task.Delay(300, Ct);
        var messages = await MessagesAsync(store);
        Assert.All(messages.Where(m => m.CampaignId is 1), m => Assert.Equal((MessageState.Suppressed, MessageReasons.Cancelled), (m.State, m.Reason)));
        Assert.All(messages.Where(m => m.CampaignId is 2), m => Assert.Equal(MessageState.Planned, m.State));
    }

    internal static async Task<TestStore> OpenAsync(int customers, string? path = null)
    {
        var store = await TestStore.OpenAsync(path, configure: services => services
            .AddSingleton<ScriptedMessageSource>()
            .AddSingleton<IMessageSource>(provider => provider.GetRequiredService<ScriptedMessageSource>()));
        if (customers > 0) await store.AddReadersAsync(customers, Ct);
        return store;
    }

    internal static async Task<IReadOnlyList<Message>> MessagesAsync(TestStore store)
    {
        await using var db = await store.ContextAsync();
        return await db.Messages.AsNoTracking().OrderBy(m => m.Id).ToListAsync(Ct);
    }

    internal static IEnumerable<long> Range(int first, int count) => Enumerable.Range(first, count).Select(i => (long)i);

    private static async Task WaitAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 500 && !isSo(); i++) await Task.Delay(20, Ct);
        Assert.True(isSo());
    }

    private static Task<string?> ReasonAsync(TestStore store, string address, DateTimeOffset? consentSince = null) =>
        store.Database.WriteAsync(t => store.Get<SuppressionList>().ReasonFor(t, address, 99, "email", consentSince), Ct);
}
