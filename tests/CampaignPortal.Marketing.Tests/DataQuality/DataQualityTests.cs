using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Tests.Jobs;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.DataQuality;

public sealed class DataQualityTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Complete_orders_pass_and_the_score_is_100_less_10_for_each_warning_and_30_for_each_severe()
    {
        await using var store = await TestStore.OpenAsync();
        await AppendAsync(store, Orders(50, amount: 10));
        var orders = await CheckAsync(store, QualityTables.Orders);
        Assert.Equal((100, 0), (orders.Score, orders.WarningCount));
        Assert.Equal(100 - 30 - 10, ReadDataQualityHandler.ScoreOf([QualityState.Severe, QualityState.Warning, QualityState.Passed]));
        Assert.Equal(0, ReadDataQualityHandler.ScoreOf(Enumerable.Repeat(QualityState.Severe, 9)));
    }

    [Fact]
    public async Task Lines_without_an_item_are_found_by_their_share()
    {
        await using var store = await TestStore.OpenAsync();
        await AppendAsync(store, [.. Orders(90, amount: 10), .. Orders(10, amount: 10, from: 90).Select(e => e with { Item = null })]);
        var events = await CheckAsync(store, QualityTables.Events);
        var check = events.Checks.Single(c => c.Check.Field == "order_placed.$item").Check;
        Assert.Equal((QualityState.Warning, 0.1), (check.State, Math.Round(check.Measured, 6)));
    }

    [Fact]
    public async Task A_source_that_falls_silent_is_severe_and_one_that_goes_on_is_not()
    {
        await using var store = await TestStore.OpenAsync();
        // The same weekday of eight weeks, 200 events each; then a day with almost none.
        for (var week = 1; week <= 8; week++) await AppendAsync(store, Orders(200, 10, from: week * 1_000, at: ManualClock.Noon.AddDays(-1 - 7 * week)));
        await AppendAsync(store, Orders(195, 10, at: ManualClock.Noon.AddDays(-1)));
        Assert.Equal(QualityState.Passed, (await VolumeAsync(store)).State);

        store.Clock.SetTo(ManualClock.Noon.AddDays(7));
        await AppendAsync(store, Orders(3, 10, from: 20_000, at: ManualClock.Noon.AddDays(6)));
        var silent = await VolumeAsync(store);
        Assert.Equal((QualityState.Severe, 3), (silent.State, (int)silent.Measured));
    }

    [Fact]
    public async Task A_second_check_of_a_day_replaces_the_first_and_days_make_a_history()
    {
        await using var store = await TestStore.OpenAsync();
        await AppendAsync(store, Orders(20, amount: 0)); // orders for nothing
        await CheckAsync(store, QualityTables.Orders);
        await CheckAsync(store, QualityTables.Orders);
        store.Clock.SetTo(ManualClock.Noon.AddDays(1));
        await AppendAsync(store, Orders(980, amount: 10, from: 20));
        var table = await CheckAsync(store, QualityTables.Orders);

        var amounts = table.Checks.Single(c => c.Check is { Field: "amount", Rule: QualityRule.Validity });
        Assert.Equal([QualityState.Severe, QualityState.Passed], amounts.History.OfType<QualityState>());
        Assert.Equal([70, 100], table.History);
    }

    [Fact]
    public async Task A_severe_check_holds_what_depends_on_it_until_it_is_let_through_once()
    {
        var train = new ScriptedJob("score-like", (_, _) => Task.FromResult(JobOutcome.Done())) { Definition = new JobDefinition("features") };
        var backup = new ScriptedJob("copies", (_, _) => Task.FromResult(JobOutcome.Done()));
        await using var jobs = await RunningStore.StartAsync(train, backup);
        var gate = jobs.Store.Get<DataQualityGate>();
        await AppendAsync(jobs.Store, Orders(20, amount: 0));
        await jobs.Store.Get<CheckDataQualityHandler>().HandleAsync(Ct);
        Assert.True(await gate.IsHeldAsync("features", Ct));
        Assert.False(await gate.IsHeldAsync("copies", Ct));

        var held = await RunAsync(jobs, "features");
        Assert.Equal((JobStatus.Skipped, "data-quality", JobRepairs.LetThrough), (held.Status, held.ReasonCode, held.Repair));
        Assert.Contains("orders amount", held.Reason, StringComparison.Ordinal);
        Assert.Equal(JobStatus.Succeeded, (await RunAsync(jobs, "copies")).Status);

        Assert.True(await gate.LetThroughAsync("features", "7", Ct));
        Assert.Equal(JobStatus.Succeeded, (await RunAsync(jobs, "features")).Status);
        Assert.Equal(JobStatus.Skipped, (await RunAsync(jobs, "features")).Status); // once is once
        Assert.Equal(1, train.RunCount);
        await using var db = await jobs.Store.ContextAsync();
        Assert.Equal("features", (await db.AuditEntries.SingleAsync(e => e.Action == "jobs.control let-through", Ct)).Target);
    }

    [Fact]
    public async Task What_was_mended_since_the_check_holds_nobody()
    {
        var train = new ScriptedJob("x", (_, _) => Task.FromResult(JobOutcome.Done())) { Definition = new JobDefinition("features") };
        await using var jobs = await RunningStore.StartAsync(train);
        await AppendAsync(jobs.Store, Orders(1, amount: 0));
        await jobs.Store.Get<CheckDataQualityHandler>().HandleAsync(Ct);
        await AppendAsync(jobs.Store, Orders(200, amount: 10, from: 5));
        jobs.Store.Clock.SetTo(ManualClock.Noon.AddHours(1));

        Assert.Equal(JobStatus.Succeeded, (await RunAsync(jobs, "features")).Status);
    }

    private static async Task<JobRun> RunAsync(RunningStore jobs, string key) => await jobs.EndOfAsync((await jobs.StartAsync(key)).RunId);

    private static NewEvent[] Orders(int count, decimal amount, int from = 0, DateTimeOffset? at = null) =>
        [.. Enumerable.Range(from, count).Select(i => An.OrderLine(FormattableString.Invariant($"o-{i}"), 1, FormattableString.Invariant($"c-{i % 7}"), amount, at: at))];

    private static async Task AppendAsync(TestStore store, NewEvent[] events)
    {
        await store.Log.AppendAsync(An.Batch(events), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private static async Task<QualityTableRow> CheckAsync(TestStore store, string table)
    {
        Assert.True(await store.Get<CheckDataQualityHandler>().HandleAsync(Ct) > 0);
        return (await store.Get<ReadDataQualityHandler>().HandleAsync(Ct)).Tables.Single(t => t.Table == table);
    }

    private static async Task<QualityCheck> VolumeAsync(TestStore store) => (await CheckAsync(store, QualityTables.Events)).Checks.Single(c => c.Check.Rule is QualityRule.Volume).Check;
}
