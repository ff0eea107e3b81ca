using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Events;

public sealed class EventLogTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-01")]
    public async Task An_event_sent_twice_is_stored_once_and_called_a_duplicate()
    {
        await using var store = await TestStore.OpenAsync();

        var first = await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Ct);
        var second = await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Ct);

        Assert.Equal([AppendStatus.Accepted], first.Statuses);
        Assert.Equal([AppendStatus.Duplicate], second.Statuses);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        Assert.Equal(1, await db.Events.CountAsync(Ct));
        Assert.Equal(10m, (await db.CustomerTotals.SingleAsync(Ct)).Revenue);
    }

    [Fact]
    public async Task The_same_id_twice_in_one_batch_is_stored_once()
    {
        await using var store = await TestStore.OpenAsync();
        var report = await store.Log.AppendAsync(An.Batch(An.Event("e-1"), An.Event("e-1")), Ct);
        Assert.Equal([AppendStatus.Accepted, AppendStatus.Duplicate], report.Statuses);
    }

    [Fact, Trait("Promise", "R-03")]
    public async Task The_same_id_with_other_content_goes_to_quarantine_and_the_first_stays()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, amount: 10)), Ct);

        var report = await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, amount: 99)), Ct);

        Assert.Equal([AppendStatus.Conflict], report.Statuses);
        await using var db = await store.ContextAsync();
        Assert.Equal(10m, (await db.Events.SingleAsync(Ct)).Amount);
        Assert.Equal(QuarantineReasons.ConflictPayload, (await db.Quarantine.SingleAsync(Ct)).Reason);
    }

    [Fact]
    public async Task Two_sources_may_use_the_same_id()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(new EventBatch("web", [An.Event("e-1")]), Ct);
        var report = await store.Log.AppendAsync(new EventBatch("till", [An.Event("e-1")]), Ct);
        Assert.Equal([AppendStatus.Accepted], report.Statuses);
    }

    [Fact]
    public async Task Sequences_have_no_gap_across_duplicates_failures_and_restarts()
    {
        using var folder = new TempFolder();
        await using (var store = await TestStore.OpenAsync(folder.File("data")))
        {
            await store.Log.AppendAsync(An.Batch(An.Event("e-1"), An.Event("e-1"), An.Event("e-2")), Ct);
            var failing = new EventBatch("shop", [An.Event("e-3", customer: "never")]) { Alongside = (_, _) => throw new InvalidDataException("companion") };
            await Assert.ThrowsAsync<InvalidDataException>(() => store.Log.AppendAsync(failing, Ct));
            await store.Log.AppendAsync(An.Batch(An.Event("e-4", customer: "c-2")), Ct);
        }
        await using var again = await TestStore.OpenAsync(folder.File("data"));
        await again.Log.AppendAsync(An.Batch(An.Event("e-5")), Ct);

        await using var db = await again.ContextAsync();
        Assert.Equal([1L, 2L, 3L, 4L], await db.Events.OrderBy(e => e.Sequence).Select(e => e.Sequence).ToListAsync(Ct));
        Assert.Equal(["c-1", "c-2"], await db.Customers.OrderBy(c => c.Id).Select(c => c.ExternalId).ToListAsync(Ct));
        Assert.Equal([1L, 2L], await db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_failing_companion_spares_the_batches_of_its_group()
    {
        await using var store = await TestStore.OpenAsync();
        using var hold = new SemaphoreSlim(0);
        // The first batch keeps the writer busy until the two others wait behind it, so that they form one group.
        var first = store.Log.AppendAsync(new EventBatch("shop", [An.Event("e-1")]) { Alongside = (_, _) => hold.Wait() }, Ct);
        var failing = store.Log.AppendAsync(new EventBatch("shop", [An.Event("e-2")]) { Alongside = (_, _) => throw new InvalidDataException("companion") }, Ct);
        var good = store.Log.AppendAsync(An.Batch(An.Event("e-3")), Ct);
        hold.Release(10);

        await first;
        await Assert.ThrowsAsync<InvalidDataException>(() => failing);
        Assert.Equal(1, (await good).AcceptedCount);
        await using var db = await store.ContextAsync();
        Assert.Equal(["e-1", "e-3"], await db.Events.OrderBy(e => e.Sequence).Select(e => e.MessageId).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_browsers_later_events_belong_to_the_customer_as_whom_it_identified_itself()
    {
        await using var store = await TestStore.OpenAsync();
        var anonymous = An.Event("e-1", customer: null) with { Visitor = "v-1" };
        await store.Log.AppendAsync(An.Batch(anonymous, An.Event("e-2", customer: "c-1") with { Visitor = "v-1" }, anonymous with { MessageId = "e-3" }), Ct);

        await using var db = await store.ContextAsync();
        Assert.Equal([null, 1L, 1L], await db.Events.OrderBy(e => e.Sequence).Select(e => e.CustomerId).ToListAsync(Ct));
    }

    [Fact]
    public async Task Values_come_back_as_they_went_in()
    {
        await using var store = await TestStore.OpenAsync();
        var at = new DateTimeOffset(2026, 3, 9, 13, 14, 15, TimeSpan.FromHours(2)).AddTicks(1_234_560);
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, amount: 1234.5678m, quantity: 0.5m, at: at) with { Properties = """{"country":"中国"}""" }), Ct);

        await using var db = await store.ContextAsync();
        var stored = await db.Events.SingleAsync(Ct);
        Assert.Equal(at.ToUniversalTime(), stored.OccurredAt);
        Assert.Equal(1234.5678m, stored.Amount);
        Assert.Equal(0.5m, stored.Quantity);
        Assert.Equal("""{"country":"中国"}""", stored.Properties);
    }

    [Fact]
    public async Task A_full_inbox_refuses_at_once_and_recovers()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.ConfigureInbox(1_000));
        using var hold = new SemaphoreSlim(0);
        var busy = store.Log.AppendAsync(new EventBatch("shop", [An.Event("e-0")]) { Alongside = (_, _) => hold.Wait() }, Ct);
        NewEvent[] many = [.. Enumerable.Range(1, 999).Select(i => An.Event(FormattableString.Invariant($"e-{i}")))];
        Assert.True(store.Log.TryAppend(An.Batch(many), out var waiting));

        Assert.True(store.Log.IsFull);
        Assert.False(store.Log.TryAppend(An.Batch(An.Event("late")), out _));

        var patient = store.Log.AppendAsync(An.Batch(An.Event("patient")), Ct);
        hold.Release(10);
        await Task.WhenAll(busy, waiting, patient);
        Assert.Equal(0, store.Log.WaitingEventCount);
    }

    [Fact]
    public async Task A_full_disk_refuses_the_batch_loses_nothing_and_recovers()
    {
        using var folder = new TempFolder();
        await using (var store = await TestStore.OpenAsync(folder.File("data")))
        {
            await store.Log.AppendAsync(An.Batch(An.Event("before")), Ct);
        }
        await using (var full = await TestStore.OpenAsync(folder.File("data"), new StorageOptions { MaxPageCount = 120 }))
        {
            var events = Enumerable.Range(0, 5_000).Select(i => An.Event(FormattableString.Invariant($"e-{i}")) with { Properties = $"{{\"text\":\"{new string('x', 500)}\"}}" }).ToArray();
            var refused = await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => full.Log.AppendAsync(An.Batch(events), Ct));
            Assert.Equal(13, refused.SqliteErrorCode); // SQLITE_FULL
            Assert.Equal(1, (await full.Log.AppendAsync(An.Batch(An.Event("small")), Ct)).AcceptedCount);
        }
        await using var again = await TestStore.OpenAsync(folder.File("data"));
        await using var db = await again.ContextAsync();
        Assert.Equal(["before", "small"], await db.Events.OrderBy(e => e.Sequence).Select(e => e.MessageId).ToListAsync(Ct));
    }

    [Fact]
    public void Fault_points_do_nothing_outside_tests_of_faults() => FaultPoints.Hit("ingest.before-commit");
}
