using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Tests.Jobs;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

public sealed class PredictionJobTests
{
    private static readonly TrainJobParameters Stub = new("stub");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unchanged_input_is_not_trained_or_scored_again_unless_a_person_asks()
    {
        await using var jobs = await RunningStore.StartWithAsync(new StubPrediction());
        await jobs.Store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Token);

        var first = await jobs.EndOfAsync((await jobs.StartAsync(TrainJob.JobKey, Stub, JobStarters.Schedule, isForced: false)).RunId);
        var second = await jobs.EndOfAsync((await jobs.StartAsync(TrainJob.JobKey, Stub, JobStarters.Schedule, isForced: false)).RunId);
        Assert.Equal((JobStatus.Succeeded, null), (first.Status, first.Error));
        Assert.Contains("\"version\":1", first.Result, StringComparison.Ordinal);
        Assert.Equal((JobStatus.Skipped, "unchanged"), (second.Status, second.ReasonCode!)); // skipped with a reason

        var scored = await jobs.EndOfAsync((await jobs.StartAsync(ScoreJob.JobKey, null, JobStarters.Schedule, isForced: false)).RunId);
        Assert.Equal((JobStatus.Succeeded, null), (scored.Status, scored.Error));
        Assert.Equal(JobStatus.Skipped, (await jobs.EndOfAsync((await jobs.StartAsync(ScoreJob.JobKey, null, JobStarters.Schedule, isForced: false)).RunId)).Status);

        Assert.Equal(JobStatus.Succeeded, (await jobs.EndOfAsync((await jobs.StartAsync(TrainJob.JobKey, Stub)).RunId)).Status);
        await jobs.Store.Log.AppendAsync(An.Batch(An.OrderLine("o-2", 1)), Token);
        Assert.Equal(JobStatus.Succeeded, (await jobs.EndOfAsync((await jobs.StartAsync(TrainJob.JobKey, Stub, JobStarters.Schedule, isForced: false)).RunId)).Status);
    }

    [Theory]
    [Trait("Promise", "R-54")]
    [InlineData("load"), InlineData("epoch"), InlineData("evaluate"), InlineData("activate")]
    public async Task A_training_that_is_stopped_ends_within_two_seconds_and_leaves_the_live_model_and_no_file(string phase)
    {
        var stub = new StubPrediction();
        await using var jobs = await RunningStore.StartWithAsync(stub);
        await jobs.Store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Token);
        await jobs.EndOfAsync((await jobs.StartAsync(TrainJob.JobKey, Stub)).RunId);
        var files = Files(jobs.Store);

        var reached = stub.StopIn(phase);
        var (runId, _) = await jobs.StartAsync(TrainJob.JobKey, Stub);
        await reached.WaitAsync(TimeSpan.FromSeconds(20), Token);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await jobs.Store.Get<CancelJobHandler>().HandleAsync(new CancelJob(runId, "1"), Token);
        var run = await jobs.EndOfAsync(runId);

        Assert.Equal(JobStatus.Cancelled, run.Status);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(files, Files(jobs.Store));
        Assert.Equal(1, jobs.Store.Get<ModelRegistry>().FindLive("stub")?.Version);
        Assert.Contains("cancelled", jobs.Store.Dump("TrainingRuns"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_little_data_fails_with_a_reason_and_the_way_to_more()
    {
        await using var jobs = await RunningStore.StartAsync();
        await jobs.Store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Token);
        var run = await jobs.EndOfAsync((await jobs.StartAsync(TrainJob.JobKey, new TrainJobParameters(ModelNames.Purchase))).RunId);
        Assert.Equal((JobStatus.Failed, "not-enough-data", JobRepairs.ImportData), (run.Status, run.ReasonCode!, run.Repair!)); // set with the failure
        Assert.NotEmpty(run.Reason!); // same
    }

    private static string[] Files(TestStore store) => [.. Directory.EnumerateFileSystemEntries(store.Directory.ModelsPath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>A model whose training stands still where the test says so.</summary>
    private sealed class StubPrediction : IPrediction
    {
        private string? _phase;
        private TaskCompletionSource _reached = new();

        public string Model => "stub";

        public int Order => 9;

        public Task StopIn(string phase)
        {
            (_phase, _reached) = (phase, new TaskCompletionSource());
            return _reached.Task;
        }

        public TrainedVersion Train(TrainingInput input, CancellationToken ct)
        {
            foreach (var (phase, share) in new[] { ("load", 0.1), ("epoch", 0.4), ("evaluate", 0.8) })
            {
                input.Report(phase, share);
                Pass(phase, ct);
                ct.ThrowIfCancellationRequested();
            }
            return new TrainedVersion("stub", folder => Save(folder, ct), new Dictionary<string, double>(StringComparer.Ordinal), null, IsBetter: true, null);
        }

        public PredictionOutput Score(ScoringInput input, CancellationToken ct) => new([new ScoreRow(1, null, 0.5, 0.5)], []);

        // The files are there when the stop comes; the row that would name them is not.
        private void Save(string folder, CancellationToken ct)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "weights"), "1");
            Pass("activate", ct);
        }

        private void Pass(string phase, CancellationToken ct)
        {
            if (phase != _phase) return;
            _reached.SetResult();
            ct.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
        }
    }
}
