using System.Text.Json;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Trains models. Null trains all.</summary>
/// <param name="Degree">Models trained at the same time; the result does not depend on it.</param>
public sealed record TrainModels(string? Model, long Seed, int Degree = 1);

/// <summary>What became of one model.</summary>
/// <param name="Kind">The estimator that won; null when nothing could be trained.</param>
public sealed record TrainedModelRow(string Model, string? Kind, int? Version, bool Promoted, IReadOnlyDictionary<string, double> Metrics, double Seconds, string? Reason);

/// <summary>One stage of a training, for whoever watches.</summary>
public sealed record TrainingProgress(string Model, string Stage, double Share)
{
    /// <summary>An epoch that just ended; null for a stage.</summary>
    public Propensity.TrainingStep? Step { get; init; }
}

/// <summary>Reads the log once, trains each model on it, stores what came out, and promotes what may answer.</summary>
public sealed class TrainModelsHandler(
    PortalDatabase database, EventTableReader reader, ModelRegistry registry, ScoreWriter scores, IEnumerable<IPrediction> predictions, TimeProvider clock, ILogger<TrainModelsHandler> logger)
{
    /// <summary>Names of all models, in the order of their training.</summary>
    public IReadOnlyList<string> Models => [.. predictions.OrderBy(p => p.Order).Select(p => p.Model)];

    /// <exception cref="ArgumentException">There is no such model.</exception>
    public async Task<IReadOnlyList<TrainedModelRow>> HandleAsync(TrainModels command, IProgress<TrainingProgress>? progress, CancellationToken ct)
    {
        var chosen = predictions.Where(p => command.Model is null || p.Model == command.Model).OrderBy(p => p.Order).ToArray();
        if (chosen.Length is 0) throw new ArgumentException($"There is no model '{command.Model}'; there are {string.Join(", ", Models)}.", nameof(command));
        await CloseLostRunsAsync(ct);
        var table = await reader.ReadAsync(ct);
        // Each model has its own generator, made from the seed and its name alone: neither order nor number of threads shows in the result.
        var rows = new TrainedModelRow[chosen.Length];
        var shared = new SharedInputs();
        await Parallel.ForAsync(0, chosen.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, command.Degree), TaskScheduler = TaskScheduler.Current, CancellationToken = ct }, async (i, token) =>
            rows[i] = await TrainAsync(chosen[i], table, shared, command.Seed, progress, token));
        return rows;
    }

    private async Task<TrainedModelRow> TrainAsync(IPrediction prediction, EventTable table, SharedInputs shared, long seed, IProgress<TrainingProgress>? progress, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var runId = await BeginAsync(prediction.Model, seed, table, ct);
        FaultPoints.Hit("job.started");
        try
        {
            var rng = new Rng(seed).Fork(unchecked((long)StableNumber(prediction.Model)));
            var trained = prediction.Train(new TrainingInput(table, rng, registry.FindLive(prediction.Model)?.Folder, (stage, share) =>
            {
                FaultPoints.Hit("job.mid-epoch");
                progress?.Report(new TrainingProgress(prediction.Model, stage, share));
            })
            {
                Shared = shared,
                OnStep = progress is null ? null : step => progress.Report(new TrainingProgress(prediction.Model, "fit", 0.2) { Step = step }),
            }, ct);
            return await StoreAsync(prediction.Model, runId, table, trained, started, ct);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(runId, "cancelled", null, null, clock.GetElapsedTime(started));
            throw;
        }
        catch (Exception e)
        {
            logger.TrainingFailed(runId, prediction.Model, e);
            await EndAsync(runId, "failed", "The training stopped on an error; the live model stays.", null, clock.GetElapsedTime(started));
            throw;
        }
    }

    private async Task<TrainedModelRow> StoreAsync(string model, long runId, EventTable table, TrainedVersion trained, long started, CancellationToken ct)
    {
        if (trained.Save is null)
        {
            await scores.SaveAsync(model, version: 0, table.AsOf, trained.Fallback, ct); // a labelled simple statistic: version 0 is no model
            await EndAsync(runId, "failed", trained.Reason, null, clock.GetElapsedTime(started), trained.Problems);
            return new TrainedModelRow(model, null, null, false, trained.Headline, clock.GetElapsedTime(started).TotalSeconds, trained.Reason);
        }
        var (version, isPromoted) = await registry.AddAsync(model, runId, table.AsOf, trained, ct);
        var elapsed = clock.GetElapsedTime(started);
        await EndAsync(runId, isPromoted ? "succeeded" : TrainingRun.NotPromoted, trained.Reason, version, elapsed);
        logger.TrainingEnded(runId, model, isPromoted ? "succeeded" : TrainingRun.NotPromoted, elapsed.TotalSeconds);
        return new TrainedModelRow(model, trained.Kind, version, isPromoted, trained.Headline, elapsed.TotalSeconds, trained.Reason);
    }

    private Task<long> BeginAsync(string model, long seed, EventTable table, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            transaction.Execute(
                "insert into \"TrainingRuns\" (\"Model\", \"Status\", \"Seed\", \"Options\", \"LastSequence\", \"AsOf\", \"StartedAt\") values (@0, 'running', @1, @2, @3, @4, @5)",
                model, seed, JsonSerializer.Serialize(new { customers = table.CustomerCount, events = table.Count }), table.LastSequence, Stored.Ticks(table.AsOf), Stored.Ticks(clock.GetUtcNow()));
            using var last = transaction.Prepare("select max(\"Id\") from \"TrainingRuns\"", 0);
            return last.RunScalar() ?? 0;
        },
        ct);

    private Task<int> EndAsync(long runId, string status, string? reason, int? version, TimeSpan elapsed, IReadOnlyList<DataProblem>? problems = null) => database.WriteAsync(
        transaction => transaction.Execute(
            "update \"TrainingRuns\" set \"Status\" = @1, \"Reason\" = @2, \"Version\" = @3, \"FinishedAt\" = @4, \"Seconds\" = @5, \"Problems\" = @6 where \"Id\" = @0",
            runId, status, reason, version, Stored.Ticks(clock.GetUtcNow()), elapsed.TotalSeconds,
            problems is { Count: > 0 } ? JsonSerializer.Serialize(problems, ModelDrift.Json) : null),
        CancellationToken.None);

    // The directory's lock is ours: a run that is still "running" belongs to a process that died.
    private Task<int> CloseLostRunsAsync(CancellationToken ct) => database.WriteAsync(
        transaction => transaction.Execute("update \"TrainingRuns\" set \"Status\" = 'lost', \"Reason\" = 'The process ended before the training did.' where \"Status\" = 'running'"), ct);

    /// <summary>The same number for the same name on every machine (FNV-1a).</summary>
    private static ulong StableNumber(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in name) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}
