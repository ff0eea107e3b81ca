using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Predictions;

public enum ModelState
{
    /// <summary>Nothing trained yet.</summary>
    None,
    Live,
    /// <summary>Trained, but not switched on.</summary>
    NotPromoted,
    Training,
    /// <summary>The newest run failed; an older version may still be live.</summary>
    Failed,
}

/// <summary>A model with the version that pages should show: the live one, or the newest when none is live.</summary>
public sealed record ModelRow(string Model, ModelState State)
{
    public ModelVersionRow? Version { get; init; }
    /// <summary>Headline metric of the last eight versions, oldest first.</summary>
    public required IReadOnlyList<double> History { get; init; }
    /// <summary>Why the newest run failed or was not promoted, in words.</summary>
    public string? Reason { get; init; }
    public DateTimeOffset? LastRunAt { get; init; }
    public long ScoredCount { get; init; }
    public DateTimeOffset? ScoredAsOf { get; init; }
    /// <summary>Mean stability index of the inputs at the newest scoring of the version shown; null where none is measured.</summary>
    public double? Drift { get; init; }
    /// <summary>What the newest run missed or found wrong in the data.</summary>
    public IReadOnlyList<DataProblem> Problems { get; init; } = [];
    /// <summary>When the run that is under way began.</summary>
    public DateTimeOffset? TrainingSince { get; init; }
}

/// <param name="Number">Counted up for each model.</param>
/// <param name="Kind">The estimator that won.</param>
public sealed record ModelVersionRow(int Number, string Kind, DateTimeOffset TrainedAt, DateTimeOffset AsOf, bool IsLive, ModelReport Report)
{
    public string? Fingerprint { get; init; }
    public long? Seed { get; init; }
    public double? Seconds { get; init; }
    /// <summary>Whether its files are still kept, so that it can be switched on.</summary>
    public bool IsStored { get; init; }
    /// <summary>Was judged worse than the live version of its time; switching it on by hand needs a reason.</summary>
    public bool WasRefused { get; init; }
    /// <summary>Why it was refused, or what the run had to say.</summary>
    public string? Remark { get; init; }

    public ModelMetric? Headline => Report.Metrics.Count > 0 ? Report.Metrics[0] : null;
}

/// <summary>One model with all its versions, newest first.</summary>
public sealed record ModelPage(ModelRow Row, IReadOnlyList<ModelVersionRow> Versions)
{
    /// <summary>Drift at each scoring of the live version, oldest first; the last one knows its inputs.</summary>
    public IReadOnlyList<ModelDrift> Drifts { get; init; } = [];
}

/// <summary>Reads the registry of models.</summary>
public sealed class ReadModelsHandler(IDbContextFactory<PortalDbContext> databases, ModelRegistry registry, ScoredCounts counts)
{
    private const int HistoryLength = 8, DriftLength = 60;
    private static readonly string[] Order = [ModelNames.Purchase, ModelNames.Churn, ModelNames.LifetimeValue, ModelNames.Recommendations, ModelNames.Segments];

    /// <summary>Every model that was ever trained.</summary>
    public async Task<IReadOnlyList<ModelRow>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return [.. (await ReadAsync(db, null, ct)).Select(page => page.Row)];
    }

    /// <summary>Null for a name that was never trained.</summary>
    public async Task<ModelPage?> ReadAsync(string model, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await ReadAsync(db, model, ct) is not [var page, ..]) return null;
        var drifts = await db.ModelDrifts.AsNoTracking().Where(d => d.Model == model).OrderByDescending(d => d.AsOf).Take(DriftLength).ToListAsync(ct);
        drifts.Reverse();
        return page with { Drifts = drifts };
    }

    private async Task<IReadOnlyList<ModelPage>> ReadAsync(PortalDbContext db, string? only, CancellationToken ct)
    {
        var versions = await db.ModelVersions.AsNoTracking().Where(v => only == null || v.Model == only).OrderByDescending(v => v.Version).ToListAsync(ct);
        var heads = await db.ModelHeads.AsNoTracking().ToDictionaryAsync(h => h.Model, h => h.Version, StringComparer.Ordinal, ct);
        var runs = await db.TrainingRuns.AsNoTracking().Where(r => only == null || r.Model == only).OrderByDescending(r => r.Id).ToListAsync(ct);
        var scored = await counts.ReadAsync(ct);
        var drifts = await db.ModelDrifts.AsNoTracking().Where(d => (only == null || d.Model == only) && d.Inputs != null).Select(d => new { d.Model, d.Version, d.Mean }).ToListAsync(ct);

        var pages = new List<ModelPage>();
        foreach (var model in versions.Select(v => v.Model).Concat(runs.Select(r => r.Model)).Distinct(StringComparer.Ordinal).OrderBy(Rank).ThenBy(m => m, StringComparer.Ordinal))
        {
            var live = heads.TryGetValue(model, out var head) ? head : (int?)null;
            ModelVersionRow[] own = [.. versions.Where(v => v.Model == model).Select(v => Row(v, live, runs.FirstOrDefault(r => r.Id == v.TrainingRunId)))];
            var shown = own.FirstOrDefault(v => v.IsLive) ?? own.FirstOrDefault();
            var newest = runs.FirstOrDefault(r => r.Model == model);
            var scores = scored.GetValueOrDefault(model);
            pages.Add(new ModelPage(
                new ModelRow(model, StateOf(newest, shown))
                {
                    Version = shown,
                    History = [.. own.Take(HistoryLength).Reverse().Select(v => v.Headline?.Value).OfType<double>()],
                    Reason = newest?.Reason,
                    LastRunAt = newest?.FinishedAt ?? newest?.StartedAt,
                    ScoredCount = scores?.CustomerCount ?? 0,
                    ScoredAsOf = scores?.AsOf,
                    Drift = drifts.FirstOrDefault(d => d.Model == model && d.Version == shown?.Number)?.Mean,
                    Problems = newest?.ReadProblems() ?? [],
                    TrainingSince = newest is { Status: "running" } ? newest.StartedAt : null,
                },
                own));
        }
        return pages;
    }

    private ModelVersionRow Row(ModelVersion version, int? live, TrainingRun? run) =>
        new(version.Version, version.Kind, version.CreatedAt, version.AsOf, version.Version == live, ModelReport.Parse(version.Metrics))
        {
            Fingerprint = version.Fingerprint,
            Seed = run?.Seed,
            Seconds = run?.Seconds,
            IsStored = Directory.Exists(registry.FolderOf(version.Model, version.Version)),
            WasRefused = run?.Status is TrainingRun.NotPromoted,
            Remark = run?.Reason,
        };

    private static ModelState StateOf(TrainingRun? newest, ModelVersionRow? shown) => newest?.Status switch
    {
        "running" => ModelState.Training,
        "failed" or "lost" => ModelState.Failed,
        _ when shown is { IsLive: true } => ModelState.Live,
        _ when shown is not null => ModelState.NotPromoted,
        _ => ModelState.None,
    };

    private static int Rank(string model) => Array.IndexOf(Order, model) is >= 0 and var at ? at : Order.Length;
}
