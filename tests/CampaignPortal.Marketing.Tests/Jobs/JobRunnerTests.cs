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

        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.True(await jobs.Store.Get<CancelJobHandler>().HandleAsync(new CancelJob(runId, "1"), Token));
        var run = await jobs.EndOfAsync(runId);

        Assert.Equal(JobStatus.Cancelled, run.Status);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }
}
