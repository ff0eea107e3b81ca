using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Jobs;

public sealed class JobQueriesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_overview_counts_the_day_and_knows_what_needs_a_look()
    {
        await using var jobs = await RunningStore.StartAsync(
            new ScriptedJob("good", (_, _) => Task.FromResult(JobOutcome.Done())), new ScriptedJob("bad", (_, _) => throw new InvalidOperationException("broken")));
        await jobs.Store.Get<SchedulesHandler>().AddMissingAsync(
            [new DefaultSchedule("good", "good", null, "0 0 3 * * ?", MissedRuns.RunOnce), new DefaultSchedule("bad", "bad", null, "0 0 4 * * ?", MissedRuns.Skip)], Token);
        await jobs.EndOfAsync((await jobs.StartAsync("good")).RunId);
        var failed = await jobs.EndOfAsync((await jobs.StartAsync("bad")).RunId);

        var overview = await jobs.Store.Get<ReadJobsHandler>().HandleAsync(Token);

        Assert.Equal((1, 1, failed.Id), (overview.Day.Succeeded, overview.Day.Failed, overview.Day.LastFailed!.Id)); // one failed
        Assert.Equal((1, 1), (overview.Day.Hours[^1].Succeeded, overview.Day.Hours[^1].Failed));
        Assert.Equal(["bad"], overview.Recurring.Where(r => r.NeedsLook).Select(r => r.Schedule.Name));
        Assert.NotNull(overview.Recurring.Single(r => r.Schedule.Name == "good").UsualDuration);
        Assert.False(overview.IsPaused);
    }

    [Fact]
    public async Task History_filters_by_name_state_text_and_duration()
    {
        await using var jobs = await RunningStore.StartAsync();
        var store = jobs.Store;
        await store.Database.WriteAsync(
            transaction =>
            {
                void Add(string name, string status, int seconds, string reason) => Marketing.Database.SqlCommands.Execute(
                    transaction,
                    "insert into \"JobRuns\" (\"Key\", \"SingleFlightKey\", \"Status\", \"Attempt\", \"Parameters\", \"StartedBy\", \"IsForced\", \"QueuedAt\", \"DueAt\", \"StartedAt\", \"FinishedAt\", \"Share\", \"Reason\", \"FencingToken\", \"DroppedLines\") values (@0, @0, @1, 1, '{}', '1', 0, @2, @2, @2, @3, 1, @4, 0, 0)",
                    name, status, ManualClock.Noon.UtcTicks, ManualClock.Noon.AddSeconds(seconds).UtcTicks, reason);
                Add("import", "Failed", 400, "100%_done is not a number");
                Add("import", "Succeeded", 20, "");
                Add("backup", "Succeeded", 70, "");
            },
            Token);
        var list = store.Get<ListJobRunsHandler>();

        Assert.Equal(2, (await list.HandleAsync(new ListJobRuns("import"), Token)).Runs.Count);
        Assert.Equal(2, (await list.HandleAsync(new ListJobRuns(Status: JobStatus.Succeeded), Token)).Runs.Count);
        Assert.Single((await list.HandleAsync(new ListJobRuns(Text: "%_d"), Token)).Runs);
        Assert.Equal(2, (await list.HandleAsync(new ListJobRuns(AtLeast: TimeSpan.FromMinutes(1)), Token)).Runs.Count);
        var page = await list.HandleAsync(new ListJobRuns(PageSize: 2), Token);
        Assert.True(page.HasMore);
        Assert.Equal(["backup", "import"], page.Names);
        Assert.Equal("import", Assert.Single((await list.HandleAsync(new ListJobRuns(Before: page.Runs[^1].Id), Token)).Runs).Key);
    }

    [Fact]
    [Trait("Promise", "R-50")]
    public async Task A_missed_start_leaves_a_row_and_a_changed_schedule_is_audited()
    {
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done())));
        var schedules = jobs.Store.Get<SchedulesHandler>();
        await schedules.AddMissingAsync([new DefaultSchedule("work", "work", null, "0 0 3 * * ?", MissedRuns.Skip)], Token);
        var due = ManualClock.Noon.AddHours(-9);

        await jobs.Store.Get<StartScheduleHandler>().WriteDownMissedAsync("work", due, Token);
        Assert.True(await schedules.ChangeAsync(new ChangeSchedule("work", "0 0 4 * * ?", "Europe/Berlin", MissedRuns.Ask, "1"), Token));
        await jobs.Store.Get<StartScheduleHandler>().WriteDownMissedAsync("work", due, Token);

        var runs = (await jobs.Store.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns("work"), Token)).Runs;
        Assert.All(runs, r => Assert.Equal((JobStatus.Skipped, due), (r.Status, r.DueAt)));
        Assert.Equal(["missed-ask", "missed"], runs.Select(r => r.ReasonCode));
        Assert.True((await jobs.Store.Get<ReadJobsHandler>().FindAsync("work", Token))!.NeedsLook); // it asks
        Assert.Contains("jobs.control schedule 0 0 4 * * ?", jobs.Store.Dump("AuditEntries"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_left_out_leaves_a_row_and_the_one_after_it_runs()
    {
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done())));
        await jobs.Store.Get<SchedulesHandler>().AddMissingAsync([new DefaultSchedule("work", "work", null, "0 0 3 * * ?", MissedRuns.RunOnce)], Token);
        var (skip, start, read) = (jobs.Store.Get<SkipStartHandler>(), jobs.Store.Get<StartScheduleHandler>(), jobs.Store.Get<ReadJobsHandler>());
        var next = ManualClock.Noon.AddHours(15);

        Assert.True(await skip.HandleAsync(new SkipStart("work", next, "1"), Token));
        Assert.Equal(next, (await read.FindAsync("work", Token))?.LeftOutUntil);
        jobs.Store.Clock.SetTo(next);
        await start.HandleAsync("work", next, Token);
        var left = Assert.Single((await jobs.Store.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns("work"), Token)).Runs);
        Assert.Equal((JobStatus.Skipped, "left-out", next), (left.Status, left.ReasonCode, left.DueAt));
        Assert.Null((await read.FindAsync("work", Token))?.LeftOutUntil); // it is over

        jobs.Store.Clock.SetTo(next.AddDays(1));
        await start.HandleAsync("work", next.AddDays(1), Token);
        var newest = (await jobs.Store.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns("work"), Token)).Runs[0];
        Assert.Equal(JobStatus.Succeeded, (await jobs.EndOfAsync(newest.Id)).Status);
        Assert.Contains("jobs.control skip", jobs.Store.Dump("AuditEntries"), StringComparison.Ordinal);
        Assert.False(await skip.HandleAsync(new SkipStart("no such job", next, "1"), Token));
    }

    [Fact]
    public async Task A_start_that_was_left_out_can_be_taken_back()
    {
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done())));
        await jobs.Store.Get<SchedulesHandler>().AddMissingAsync([new DefaultSchedule("work", "work", null, "0 0 3 * * ?", MissedRuns.RunOnce)], Token);
        var next = ManualClock.Noon.AddHours(15);
        await jobs.Store.Get<SkipStartHandler>().HandleAsync(new SkipStart("work", next, "1"), Token);
        await jobs.Store.Get<SkipStartHandler>().HandleAsync(new SkipStart("work", null, "1"), Token);

        await jobs.Store.Get<StartScheduleHandler>().HandleAsync("work", next, Token);
        var run = Assert.Single((await jobs.Store.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns("work"), Token)).Runs);
        Assert.NotEqual(JobStatus.Skipped, run.Status);
    }
}
