using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Scores all customers in the background, after the trainings that were asked for before it.</summary>
public sealed class ScoreJob(ScoreCustomersHandler scoring, TrainModelsHandler training, ModelInputs inputs) : IJobHandler
{
    public const string JobKey = "score";

    public JobDefinition Definition { get; } = new(JobKey) { IsHeavy = true, MaxAttempts = 3, Follows = [TrainJob.JobKey] };

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        job.Report("look", 0);
        if (await job.IsUnchangedAsync(inputs.ReadWithVersions(), ct)) return JobOutcome.Skip("unchanged", "Nothing has changed since the last scoring: the same events, day and model versions.");
        job.Report("read", 0.02);
        var report = await scoring.HandleAsync(new ModelReporter(job, training.Models.Count), Math.Max(1, Environment.ProcessorCount - 1), ct);
        if (report.Customers is 0) throw new JobFailedException(new JobProblem("no-model", "No model is in use yet, so nobody was scored. Train first.") { Repair = JobRepairs.ImportData });
        return JobOutcome.Done(new { customers = report.Customers, predictions = report.Predictions, asOf = report.AsOf });
    }

    private sealed class ModelReporter(JobContext job, int modelCount) : IProgress<TrainingProgress>
    {
        private int _begun;

        public void Report(TrainingProgress value)
        {
            var begun = Interlocked.Increment(ref _begun);
            job.Report(TrainJob.NameOf(value.Model).Replace(TrainJob.JobKey, ScoreJob.JobKey, StringComparison.Ordinal), 0.1 + 0.85 * (begun - 1) / modelCount, begun - 1, modelCount);
        }
    }
}
