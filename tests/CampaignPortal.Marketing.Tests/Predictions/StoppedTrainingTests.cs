using System.Diagnostics;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Tests.Jobs;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

/// <summary>A real training that a person stops.</summary>
public sealed class StoppedTrainingTests
{
    private static readonly TrainJobParameters Purchase = new(ModelNames.Purchase);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-54")]
    public async Task Stopped_while_it_reads_learns_or_is_judged_it_ends_within_two_seconds_and_the_live_model_stays()
    {
        await using var jobs = await RunningStore.StartAsync();
        await jobs.Store.Log.AppendAsync(new EventBatch("shop", [.. SmallShop.Events(new Rng(6), customers: 900, days: 420)]), Token);
        jobs.Store.Clock.SetTo(SmallShop.Start.AddDays(420));
        var (firstId, _) = await jobs.StartAsync(TrainJob.JobKey, Purchase);
        var points = await WatchAsync(jobs.Store, firstId);
        Assert.Equal(Enumerable.Range(1, points.Count(p => p.Series == points[0].Series)), points.Where(p => p.Series == points[0].Series).Select(p => p.Step));
        Assert.All(points, p => Assert.InRange(p.Value, 0.01, 5));
        var first = await jobs.EndOfAsync(firstId);
        Assert.Equal((JobStatus.Succeeded, null), (first.Status, first.Reason));
        var live = jobs.Store.Get<ModelRegistry>().FindLive(ModelNames.Purchase);
        Assert.NotNull(live);
        var files = Files(jobs.Store);

        var half = (first.FinishedAt - first.StartedAt).GetValueOrDefault() / 2;
        // As the run begins, as it reads the features, as it begins to learn, and in the middle of that.
        foreach (var (share, later) in new[] { (0.0, TimeSpan.Zero), (0.1, TimeSpan.Zero), (0.26, TimeSpan.Zero), (0.26, half / 4) })
        {
            var (runId, _) = await jobs.StartAsync(TrainJob.JobKey, Purchase);
            await ReachAsync(jobs.Store, runId, share);
            if (later > TimeSpan.Zero) await Task.Delay(later, Token);
            var began = Stopwatch.GetTimestamp();
            await jobs.Store.Get<CancelJobHandler>().HandleAsync(new CancelJob(runId, "1"), Token);
            var run = await jobs.EndOfAsync(runId);

            Assert.Equal((JobStatus.Cancelled, share), (run.Status, share));
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2));
            Assert.Equal(files, Files(jobs.Store));
            Assert.Equal(live.Version, jobs.Store.Get<ModelRegistry>().FindLive(ModelNames.Purchase)?.Version);
        }
    }

    /// <summary>What a page sees of the learning before the run ends.</summary>
    private static async Task<IReadOnlyList<LivePoint>> WatchAsync(TestStore store, long runId)
    {
        IReadOnlyList<LivePoint> seen = [];
        for (var i = 0; i < 30_000 && seen.Count < 3; i++)
        {
            await Task.Delay(1, Token);
            if (store.Get<RunningJobs>().Find(runId) is { } live) seen = live.Points;
        }
        Assert.NotEmpty(seen);
        return seen;
    }

    private static async Task ReachAsync(TestStore store, long runId, double share)
    {
        var began = Stopwatch.GetTimestamp();
        while (store.Get<RunningJobs>().Find(runId) is not { } live || live.Progress.Share < share)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30)) throw new TimeoutException($"The training did not come to {share}.");
            await Task.Delay(1, Token);
        }
    }

    private static string[] Files(TestStore store) =>
        [.. Directory.EnumerateFileSystemEntries(store.Directory.ModelsPath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
