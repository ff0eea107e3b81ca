using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>A store that is older than what was sent from it: the start finds out, stops, and holds what may have left .</summary>
public sealed class RestoredCopyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("Promise", "R-42")]
    public async Task Only_what_may_have_left_since_is_held_also_when_it_is_planned_again()
    {
        await using (var store = await OutboxTests.OpenAsync(40, Data))
        {
            await using var outbox = new RunningOutbox(store);
            await store.PlanAsync(OutboxTests.Range(1, 10), Ct);
            await outbox.DrainAsync(Ct);
            await store.PlanAsync(OutboxTests.Range(11, 10), Ct, campaign: 3);
            await store.PlanAsync(OutboxTests.Range(31, 10), Ct, campaign: 3, change: m => m with { DueAt = m.DueAt.AddHours(1) });
            await BackUpAsync(store);
            store.Get<ScriptedMessageSource>().Running = [1, 3];
            await outbox.DrainAsync(Ct); // 11 to 20
            await store.PlanAsync(OutboxTests.Range(21, 5), Ct, campaign: 3); // the copy does not know these at all
            await outbox.DrainAsync(Ct);
        }
        Restore();

        await using var copy = await OutboxTests.OpenAsync(0, Data);
        copy.Get<ScriptedMessageSource>().Running = [1, 3];
        await using var sending = await StoppedAsync(copy);
        var byCustomer = (await OutboxTests.MessagesAsync(copy)).ToDictionary(m => m.CustomerId, m => (m.State, m.Reason));
        Assert.All(OutboxTests.Range(1, 10), c => Assert.Equal(MessageState.Accepted, byCustomer[c].State));
        Assert.All(OutboxTests.Range(11, 10), c => Assert.Equal((MessageState.InDoubt, MessageReasons.Restored), byCustomer[c]));
        Assert.All(OutboxTests.Range(31, 10), c => Assert.Equal(MessageState.Planned, byCustomer[c].State)); // not due before the copy was put in place
        Assert.Equal((true, 10), (copy.Get<DeliverySettingsStore>().Read().IsStopped, copy.Get<DeliverySettingsStore>().Read().HeldByRestore));
        await using (var db = await copy.ContextAsync()) Assert.Contains(await db.AuditEntries.ToListAsync(Ct), a => a.Action == "delivery.restored");

        await LetGoOnAsync(copy);
        await copy.PlanAsync(OutboxTests.Range(21, 10), Ct, campaign: 3); // the run goes on where the copy had it
        await sending.DrainAsync(Ct);
        var messages = await OutboxTests.MessagesAsync(copy);
        Assert.Equal(OutboxTests.Range(11, 15), Of(messages, MessageState.InDoubt));
        Assert.Equal(OutboxTests.Range(1, 10).Concat(OutboxTests.Range(26, 5)), Of(messages, MessageState.Accepted));

        // What a person sends again leaves; it is not held a second time.
        var settled = await copy.Get<SettleMessagesHandler>().ResendAsync([.. messages.Where(m => m.State is MessageState.InDoubt).Take(3).Select(m => m.Id)], "test", Ct);
        Assert.Equal(3, settled.Moved);
        await sending.DrainAsync(Ct);
        Assert.Equal(OutboxTests.Range(14, 12), Of(await OutboxTests.MessagesAsync(copy), MessageState.InDoubt));
    }

    [Fact, Trait("Promise", "R-42")]
    public async Task Where_nothing_says_what_left_all_that_was_due_is_held()
    {
        await using (var store = await OutboxTests.OpenAsync(20, Data))
        {
            await store.PlanAsync([1], Ct);
            await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);
            await store.PlanAsync(OutboxTests.Range(2, 9), Ct);
            await store.PlanAsync(OutboxTests.Range(11, 10), Ct, change: m => m with { DueAt = m.DueAt.AddHours(1), Policy = m.CustomerId > 15 ? DoubtPolicy.Resend : DoubtPolicy.Hold });
            await BackUpAsync(store);
        }
        Restore();
        File.Delete(Path.Combine(Data + ".keys", "sending.journal")); // another machine

        await using var copy = await OutboxTests.OpenAsync(0, Data);
        await using var sending = await StoppedAsync(copy);
        var messages = await OutboxTests.MessagesAsync(copy);
        Assert.Equal(OutboxTests.Range(2, 9), Of(messages, MessageState.InDoubt));
        Assert.Equal(OutboxTests.Range(11, 10), Of(messages, MessageState.Planned));
    }

    [Fact]
    public async Task A_start_of_its_own_store_a_crash_before_the_note_and_a_new_shop_stop_nothing()
    {
        await using (var store = await OutboxTests.OpenAsync(10, Data))
        {
            await store.PlanAsync(OutboxTests.Range(1, 5), Ct);
            await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);
            // As after a crash behind the commit of a claim: the store is ahead of the journal.
            await store.Database.WriteAsync(t => t.Execute("update \"Settings\" set \"Value\" = \"Value\" + 1 where \"Key\" = 'delivery.claim'"), Ct);
        }
        await using (var file = new FileStream(Path.Combine(Data + ".keys", "sending.journal"), FileMode.Append)) file.Write([1, 2, 3]); // and half a note
        await using (var again = await OutboxTests.OpenAsync(0, Data))
        {
            await again.PlanAsync(OutboxTests.Range(6, 5), Ct);
            await using (var outbox = new RunningOutbox(again)) await outbox.DrainAsync(Ct);
            Assert.All(await OutboxTests.MessagesAsync(again), m => Assert.Equal(MessageState.Accepted, m.State));
            Assert.Null(again.Get<DeliverySettingsStore>().Read().HeldByRestore);
            Assert.NotNull(again.Get<SendingJournal>().Between(0, 3));
        }

        Directory.Delete(Data, recursive: true); // the keys folder stays, and with it the old journal
        await using var fresh = await OutboxTests.OpenAsync(0, Data);
        await using var first = new RunningOutbox(fresh);
        await first.DrainUntilAsync(() => !File.Exists(Path.Combine(Data + ".keys", "sending.journal")), Ct);
        await fresh.AddReadersAsync(5, Ct);
        await fresh.PlanAsync(OutboxTests.Range(1, 5), Ct);
        await first.DrainAsync(Ct);
        Assert.All(await OutboxTests.MessagesAsync(fresh), m => Assert.Equal(MessageState.Accepted, m.State));
    }

    [Fact]
    public async Task Nothing_leaves_that_cannot_be_written_down_before()
    {
        await using var store = await OutboxTests.OpenAsync(5, Data);
        Directory.CreateDirectory(Path.Combine(store.Directory.KeysPath, "sending.journal")); // cannot be opened as a file
        await store.PlanAsync(OutboxTests.Range(1, 5), Ct);
        await using (var outbox = new RunningOutbox(store)) await Task.Delay(200, Ct);
        Assert.False(Directory.Exists(PickupTransport.FolderOf(store.Directory)) && Directory.GetFiles(PickupTransport.FolderOf(store.Directory), "*.eml").Length > 0);
        Assert.All(await OutboxTests.MessagesAsync(store), m => Assert.Equal(MessageState.Planned, m.State));
    }

    internal static async Task LetGoOnAsync(TestStore store)
    {
        await store.Database.WriteAsync(t => t.Execute("delete from \"Settings\" where \"Key\" in (@0, @1)", KnownSettings.SendingStopped, KnownSettings.Restored), Ct);
        store.Get<DeliverySettingsStore>().Forget();
    }

    /// <summary>Puts a copy in the place of a store that is closed.</summary>
    internal static void PutInPlace(string backup, string data)
    {
        foreach (var file in Directory.GetFiles(data, "portal.db*")) File.Delete(file);
        File.Copy(backup, Path.Combine(data, "portal.db"));
    }

    // The start found out; a worker that would send has had the time to.
    private static async Task<RunningOutbox> StoppedAsync(TestStore store)
    {
        var outbox = new RunningOutbox(store);
        await outbox.DrainUntilAsync(() => store.Get<DeliverySettingsStore>().Read().HeldByRestore is not null, Ct);
        await Task.Delay(100, Ct);
        return outbox;
    }

    private static IEnumerable<long> Of(IEnumerable<Message> messages, MessageState state) => messages.Where(m => m.State == state).Select(m => m.CustomerId).Order();

    private Task BackUpAsync(TestStore store) => store.Database.BackUpAsync(_folder.File("backup.db"), Ct);

    private void Restore() => PutInPlace(_folder.File("backup.db"), Data);
}
