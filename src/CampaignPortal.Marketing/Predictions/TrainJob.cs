using System.Text.Json;
using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>What to train.</summary>
public sealed record TrainJobParameters(string Model, long Seed = 1);

/// <summary>Trains one model in the background. At most one training of a model is under way, and one training at all.</summary>
public sealed class TrainJob(TrainModelsHandler training, ModelInputs inputs) : IJobHandler
{
    public const string JobKey = "train";

    public JobDefinition Definition { get; } = new(JobKey) { IsHeavy = true, MaxAttempts = 3 };

    /// <summary>The name under which runs of a model's training go.</summary>
    public static string NameOf(string model) => JobKey + "." + model;

    public string SingleFlightKeyOf(JsonElement parameters) => NameOf(parameters.TryGetProperty("model", out var model) ? model.GetString() ?? "" : "");

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var (model, seed) = job.ParametersAs<TrainJobParameters>();
        if (!training.Models.Contains(model)) throw new JobFailedException(new JobProblem("no-such-model", $"There is no model '{model}'; there are {string.Join(", ", training.Models)}."));
        job.Report("look", 0);
        if (await job.IsUnchangedAsync(inputs.Read(), ct)) return JobOutcome.Skip("unchanged", "Nothing has changed since the last training: the same events, day and settings.");
        job.Report("read", 0.02);
        var rows = await training.HandleAsync(new TrainModels(model, seed), new StageReporter(job), ct);
        var row = rows[0]; // one model was asked for
        if (row.Version is null) throw new JobFailedException(new JobProblem("not-enough-data", row.Reason ?? "There is too little data to learn from.") { Repair = JobRepairs.ImportData });
        if (!row.Promoted) job.Log.Add(row.Reason ?? "The version in use is better.", JobLineKind.Warning);
        return JobOutcome.Done(new { model, version = row.Version, promoted = row.Promoted, kind = row.Kind, metrics = row.Metrics });
    }

    /// <summary>Hands stages on at once, in the thread that reports: <see cref="Progress{T}"/> would shuffle them.</summary>
    private sealed class StageReporter(JobContext job) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step is { TrainingLoss: { } loss } step) job.Plot(new LivePoint(step.Estimator, step.Step, loss, step.ValidationLoss));
            job.Report(value.Stage, 0.1 + 0.85 * value.Share);
        }
    }
}
