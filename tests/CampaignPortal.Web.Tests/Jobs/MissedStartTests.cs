using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using CampaignPortal.Web.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CampaignPortal.Web.Tests.Jobs;

public sealed class MissedStartTests
{
    private static readonly DateTimeOffset Due = new(2026, 3, 10, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Promise", "R-50")]
    [InlineData(2), InlineData(120), InlineData(2 * 24 * 60)]
    public async Task A_start_missed_by_so_many_minutes_follows_the_policy_of_its_job(int minutes)
    {
        using var folder = new TempFolder();
        await using (var before = await OpenAsync(folder, ManualClock.Noon))
        {
            await before.Get<SchedulesHandler>().AddMissingAsync(
                [.. Enum.GetValues<MissedRuns>().Select(missed => new DefaultSchedule("work." + missed, "work", new { name = missed.ToString() }, "0 0 3 * * ?", missed))], Token);
            await KeepAsync(before, _ => Task.FromResult(true));
        }

        await using var after = await OpenAsync(folder, Due.AddMinutes(minutes));
        var runs = after.Get<ListJobRunsHandler>();
        await KeepAsync(after, async ct => (await runs.HandleAsync(new ListJobRuns(Text: "work."), ct)).Runs.Count >= 3);

        var found = (await runs.HandleAsync(new ListJobRuns(Text: "work."), Token)).Runs.ToDictionary(r => r.SingleFlightKey, StringComparer.Ordinal);
        Assert.Equal(3, found.Count); // one each, however many days were missed
        Assert.Equal((JobStatus.Queued, JobStarters.Schedule, Due), Of(found["work.RunOnce"]));
        Assert.Equal((JobStatus.Skipped, "missed", Due), (found["work.Skip"].Status, found["work.Skip"].ReasonCode!, found["work.Skip"].DueAt)); // written with its reason
        Assert.Equal((JobStatus.Skipped, "missed-ask", JobRepairs.RunNow), (found["work.Ask"].Status, found["work.Ask"].ReasonCode!, found["work.Ask"].Repair!)); // same
    }

    [Fact]
    public async Task A_paused_schedule_and_a_paused_scheduler_start_nothing()
    {
        using var folder = new TempFolder();
        await using (var before = await OpenAsync(folder, ManualClock.Noon))
        {
            await before.Get<SchedulesHandler>().AddMissingAsync([new DefaultSchedule("work.a", "work", new { name = "a" }, "0 0 3 * * ?", MissedRuns.RunOnce)], Token);
            await KeepAsync(before, _ => Task.FromResult(true));
            Assert.True(await before.Get<PauseJobHandler>().HandleAsync(new PauseJob(null, IsPaused: true, "1"), Token));
            Assert.False(await before.Get<PauseJobHandler>().HandleAsync(new PauseJob("no such", IsPaused: true, "1"), Token));
        }
        await using var after = await OpenAsync(folder, Due.AddHours(1));
        await KeepAsync(after, _ => Task.FromResult(true));
        Assert.Empty((await after.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns("work.a"), Token)).Runs);
        Assert.True(await after.Get<ReadJobsHandler>().IsPausedAsync(Token));
    }

    private static (JobStatus, string, DateTimeOffset) Of(JobRun run) => (run.Status, run.StartedBy, run.DueAt);

    private static Task<TestStore> OpenAsync(TempFolder folder, DateTimeOffset now) => TestStore.OpenAsync(
        folder.File("data"),
        configure: services =>
        {
            services.AddSingleton<TimeProvider>(new ShiftedClock(now - TimeProvider.System.GetUtcNow())); // a clock that goes: the scheduler waits by it
            services.AddScheduler(folder.File("data"));
            services.AddSingleton<IJobHandler>(new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done())));
        },
        now: now);

    /// <summary>Lets the scheduler run until it is as expected; the runner is not there, so runs stay queued.</summary>
    private static async Task KeepAsync(TestStore store, Func<CancellationToken, Task<bool>> isDone)
    {
        var keeper = store.Get<IEnumerable<IHostedService>>().OfType<ScheduleKeeper>().Single();
        await keeper.StartAsync(Token);
        for (var i = 0; i < 400 && !await isDone(Token); i++) await Task.Delay(25, Token);
        await keeper.StopAsync(Token);
    }

    /// <summary>The real clock, set to another date.</summary>
    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
