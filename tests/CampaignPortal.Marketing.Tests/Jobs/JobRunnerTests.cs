using System.Diagnostics;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Jobs;

public sealed class JobRunnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Promise", "R-53")]
    public async Task Twenty_presses_by_two_users_make_one_run()
    {
        var release = new TaskCompletionSource();
        var job = new ScriptedJob("slow", async (_, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return JobOutcome.Done();
        });
        await using var jobs = await RunningStore.StartAsync(job);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => jobs.StartAsync("slow", by: i % 2 == 0 ? "1" : "2")));

        Assert.Single(answers.Select(a => a.RunId).Distinct());
        Assert.Single(answers, a => !a.WasUnderWay);
        release.SetResult();
        var run = await jobs.EndOfAsync(answers[0].RunId);
        Assert.Equal(JobStatus.Succeeded, run.Status);
        Assert.Equal(1, job.RunCount);
        await using var db = await jobs.Store.ContextAsync();
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Action == "jobs.control start", Token));
    }

    [Fact]
    public async Task A_stopped_run_is_cancelled_within_two_seconds()
    {
        var begun = new TaskCompletionSource();
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("long", async (_, ct) =>
        {
            begun.SetResult();
            await Task.Delay(TimeSpan.FromMinutes(5), ct);
            return JobOutcome.Done();
        }));
        var (runId, _) = await jobs.StartAsync("long");
        await begun.Task.WaitAsync(Token);

        var clock = Stopwatch.StartNew();
        Assert.True(await jobs.Store.Get<CancelJobHandler>().HandleAsync(new CancelJob(runId, "1"), Token));
        var run = await jobs.EndOfAsync(runId);

        Assert.Equal(JobStatus.Cancelled, run.Status);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_run_of_a_process_that_died_is_lost_and_begun_again_as_attempt_two()
    {
        using var folder = new TempFolder();
        long first;
        await using (var store = await TestStore.OpenAsync(folder.File("data"), configure: services => Add(services, new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done())))))
        {
            first = (await store.Get<StartJobHandler>().HandleAsync(new StartJob("work", null, "1"), Token)).Value.RunId;
            Assert.NotNull(await store.Get<JobRuns>().TakeUpAsync(first, "a process that dies now", Token));
        }

        await using var jobs = await RunningStore.StartAsync(folder.File("data"), new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done(new { importId = 7 }))));
        var lost = await jobs.EndOfAsync(first);
        var second = (await jobs.Store.Get<ReadJobRunHandler>().HandleAsync(first, 10, Token))!.Attempts[^1]; // the run is there
        var done = await jobs.EndOfAsync(second.Id);

        Assert.Equal((JobStatus.Lost, "lost"), (lost.Status, lost.ReasonCode));
        Assert.Equal((JobStatus.Succeeded, 2, first), (done.Status, done.Attempt, done.RetryOf));
        Assert.Equal("""{"importId":7}""", done.Result);
    }

    [Fact]
    public async Task A_run_that_is_lost_again_and_again_fails_at_the_third_attempt()
    {
        await using var store = await TestStore.OpenAsync(configure: services => Add(services, new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done()))));
        var runs = store.Get<JobRuns>();
        var id = (await store.Get<StartJobHandler>().HandleAsync(new StartJob("work", null, "1"), Token)).Value.RunId;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.NotNull(await runs.TakeUpAsync(id, "a process that dies", Token));
            await store.Get<JobRunner>().CloseLostAsync(Token);
            if (attempt < 3) id = (await runs.QueuedAsync(Token))[0].Id;
        }
        Assert.Empty(await runs.QueuedAsync(Token));
        Assert.Equal((JobStatus.Failed, "lost-often"), await StateAsync(runs, id));
    }

    [Fact]
    public async Task A_passing_failure_is_tried_again_after_a_pause_and_a_lasting_one_is_not()
    {
        var job = new ScriptedJob("flaky", (_, _) => throw new IOException("the share is away")) { Definition = new JobDefinition("flaky") { MaxAttempts = 3 } };
        var broken = new ScriptedJob("broken", (_, _) => throw new JobFailedException(new JobProblem("not-enough-data", "12 orders; 100 are needed.") { Repair = JobRepairs.ImportData }));
        await using var jobs = await RunningStore.StartAsync(job, broken);
        var (flaky, _) = await jobs.StartAsync("flaky");
        var (lasting, _) = await jobs.StartAsync("broken");

        var failed = await jobs.EndOfAsync(flaky);
        Assert.Equal(("file-error", JobRepairs.Retry), (failed.ReasonCode, failed.Repair));
        Assert.Contains("the share is away", failed.Error, StringComparison.Ordinal);
        var next = Assert.Single(await jobs.Store.Get<JobRuns>().QueuedAsync(Token));
        Assert.Equal((2, TimeSpan.FromMinutes(1)), (next.Attempt, next.DueAt - failed.FinishedAt!.Value)); // it ended

        var refused = await jobs.EndOfAsync(lasting);
        Assert.Equal((JobStatus.Failed, "not-enough-data", JobRepairs.ImportData), (refused.Status, refused.ReasonCode!, refused.Repair!)); // set above
        Assert.Equal(1, broken.RunCount);

        // Somebody who asks does not want to wait for the pause.
        var (again, wasUnderWay) = await jobs.StartAsync("flaky");
        Assert.Equal((next.Id, true), (again, wasUnderWay));
        Assert.Equal(2, (await jobs.EndOfAsync(again)).Attempt);
    }

    [Fact]
    public async Task One_heavy_run_at_a_time_and_followers_wait_for_those_before_them()
    {
        var order = new List<string>();
        int active = 0, most = 0;
        ScriptedJob Heavy(string key, params string[] follows) => new(key, async (job, ct) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref active));
            lock (order) order.Add(job.Run.SingleFlightKey);
            await Task.Delay(50, ct);
            Interlocked.Decrement(ref active);
            return JobOutcome.Done();
        })
        { Definition = new JobDefinition(key) { IsHeavy = true, Follows = follows } };
        await using var jobs = await RunningStore.StartAsync(Heavy("first"), Heavy("second", "first"));

        await jobs.StartAsync("first", new { name = "a" });
        await jobs.StartAsync("first", new { name = "b" });
        var (second, _) = await jobs.StartAsync("second");
        await jobs.EndOfAsync(second);

        Assert.Equal(["first.a", "first.b", "second"], order);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_run_that_lost_its_lease_changes_nothing_more()
    {
        var begun = new TaskCompletionSource();
        var taken = new TaskCompletionSource();
        var refused = new TaskCompletionSource<Exception?>();
        TestStore? store = null;
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("work", async (_, _) =>
        {
            begun.SetResult();
            await taken.Task;
            refused.SetResult(await Record.ExceptionAsync(() => store!.Database.WriteAsync(
                transaction => { transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values ('from a ghost', '1')"); }, CancellationToken.None)));
            return JobOutcome.Done();
        }));
        store = jobs.Store;
        var (runId, _) = await jobs.StartAsync("work");
        await begun.Task.WaitAsync(Token);

        // What another process does that takes the run over.
        await store.Database.WriteAsync(transaction => { transaction.Execute("update \"JobRuns\" set \"FencingToken\" = \"FencingToken\" + 1 where \"Id\" = @0", runId); }, Token);
        taken.SetResult();

        Assert.IsType<JobFencedException>(await refused.Task.WaitAsync(TimeSpan.FromSeconds(10), Token));
        await using var db = await store.ContextAsync();
        Assert.False(await db.Settings.AnyAsync(s => s.Key == "from a ghost", Token));
    }

    [Fact]
    [Trait("Promise", "R-64")]
    public async Task A_million_lines_leave_the_last_five_thousand_and_a_marker()
    {
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("chatty", (job, _) =>
        {
            for (var i = 1; i <= 1_000_000; i++) job.Log.Add("line");
            return Task.FromResult(JobOutcome.Done());
        }));
        var (runId, _) = await jobs.StartAsync("chatty");
        var run = await jobs.EndOfAsync(runId);

        await using var db = await jobs.Store.ContextAsync();
        var lines = await db.JobRunLines.Where(l => l.RunId == runId).OrderBy(l => l.Line).Select(l => l.Line).ToListAsync(Token);
        Assert.Equal((JobLog.Cap, 995_001L, 1_000_000L), (lines.Count, lines[0], lines[^1]));
        Assert.Equal(995_000, run.DroppedLines);
    }

    [Fact]
    public async Task Progress_never_falls_and_is_told_once_a_second_at_most()
    {
        var seen = new List<double>();
        var release = new TaskCompletionSource();
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("steps", async (job, ct) =>
        {
            for (var i = 0; i <= 1_000; i++) job.Report("count", i % 2 == 0 ? i / 1_000.0 : 0.1, i, 1_000);
            await release.Task.WaitAsync(ct);
            return JobOutcome.Done();
        }));
        var running = jobs.Store.Get<RunningJobs>();
        running.Changed += () => { lock (seen) seen.Add(running.All.Count > 0 ? running.All[0].Progress.Share : -1); };

        var (runId, _) = await jobs.StartAsync("steps");
        while (running.Find(runId) is not { Progress.Share: 1 }) await Task.Delay(5, Token);
        release.SetResult();
        await jobs.EndOfAsync(runId);

        lock (seen) Assert.InRange(seen.Count, 1, 5);
    }

    [Fact]
    public async Task Waiting_runs_leave_the_queue_when_they_are_cancelled_and_can_be_asked_for_again()
    {
        await using var store = await TestStore.OpenAsync(configure: services => Add(services, new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done()))));
        var id = (await store.Get<StartJobHandler>().HandleAsync(new StartJob("work", new { name = "x" }, "1"), Token)).Value.RunId;
        Assert.True(await store.Get<CancelJobHandler>().HandleAsync(new CancelJob(id, "1"), Token));
        Assert.False(await store.Get<CancelJobHandler>().HandleAsync(new CancelJob(id, "1"), Token));

        var again = await store.Get<RetryJobsHandler>().HandleAsync(new RetryJobs([id], "2"), Token);

        Assert.False(again.Value[0].WasUnderWay);
        Assert.Equal("work.x", (await store.Get<JobRuns>().FindAsync(again.Value[0].RunId, Token))!.SingleFlightKey); // just made
    }

    private static void Add(Microsoft.Extensions.DependencyInjection.IServiceCollection services, IJobHandler handler) =>
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, handler);

    private static async Task<(JobStatus, string?)> StateAsync(JobRuns runs, long id) => await runs.FindAsync(id, Token) is { } run ? (run.Status, run.ReasonCode) : default;
}
