using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

public enum NeedKind
{
    /// <summary>The newest run of a job failed.</summary>
    JobFailed,
    /// <summary>A test has its answer, and people wait for the winner.</summary>
    TestReady,
    /// <summary>A test whose split is off: its results are hidden.</summary>
    TestBroken,
    /// <summary>A campaign whose time passed while nothing could run, or that could not go on.</summary>
    CampaignStuck,
    /// <summary>An audience could not be counted: what relies on it waits.</summary>
    AudienceFailed,
    /// <summary>The members of an audience lag behind what happened: what relies on it waits.</summary>
    AudienceLate,
    /// <summary>A run that was due long ago has not begun, or takes far longer than usual.</summary>
    JobLate,
    /// <summary>The newest version of a model was not better than the simple rule or than the live one.</summary>
    ModelNotPromoted,
    /// <summary>Rows of an import wait for a correction.</summary>
    Quarantine,
    /// <summary>Scores are older than a week.</summary>
    ScoresOld,
}

/// <param name="Name">The job's, the model's or the audience's name.</param>
/// <param name="Reason">In plain words, where there is one.</param>
/// <param name="ReasonCode">The same for translation.</param>
/// <param name="Count">Rows, where it is about rows; runs that failed one after another, where it is about a job; audiences in the same state.</param>
/// <param name="RunId">The failed or late run.</param>
public sealed record Need(NeedKind Kind, string? Name = null, string? Reason = null, string? ReasonCode = null, long Count = 0, DateTimeOffset? At = null, long? RunId = null)
{
    /// <summary>The campaign with its result, where it is about one.</summary>
    public CampaignResult? Campaign { get; init; }

    /// <summary>The audience's number, where it is about a single one.</summary>
    public long? AudienceId { get; init; }
}

/// <summary>A model as Home shows it.</summary>
/// <param name="AsOf">The moment for which customers were scored.</param>
public sealed record ModelAge(string Model, int Version, DateTimeOffset TrainedAt, DateTimeOffset? AsOf);

/// <summary>What waits for a person, the most urgent first; nothing when nothing does.</summary>
public sealed class NeedsYouHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, PageMoment moment, CampaignNeeds campaigns, TimeProvider clock)
{
    public const int ShownCount = 3;
    private const int CountedFailures = 20, UsualRuns = 10, UsualFactor = 3;
    private static readonly TimeSpan OldAfter = TimeSpan.FromDays(7), LateAfter = TimeSpan.FromHours(1), LongAtLeast = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<Need>> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var needs = new List<Need>();
        needs.AddRange(await FailedJobsAsync(db, ct));
        needs.AddRange(await campaigns.ReadAsync(ct));
        needs.AddRange(await AudiencesAsync(db, ct));
        needs.AddRange(await LateJobsAsync(db, ct));
        needs.AddRange(await UnpromotedAsync(db, ct));
        var waiting = await db.Quarantine.AsNoTracking().CountAsync(r => r.ResolvedAt == null, ct);
        if (waiting > 0) needs.Add(new Need(NeedKind.Quarantine, Count: waiting));
        var now = moment.Read();
        if ((await ModelsAsync(ct)).Where(m => m.AsOf is { } at && now - at > OldAfter).MinBy(m => m.AsOf) is { } old) needs.Add(new Need(NeedKind.ScoresOld, old.Model, At: old.AsOf));
        return [.. needs.Take(ShownCount)];
    }

    /// <summary>The live models with the age of their scores: one look into the index for each, whatever the number of customers.</summary>
    public async Task<IReadOnlyList<ModelAge>> ModelsAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var live = await (from head in db.ModelHeads.AsNoTracking() join version in db.ModelVersions.AsNoTracking() on new { head.Model, head.Version } equals new { version.Model, version.Version }
                          orderby head.Model select new { head.Model, head.Version, version.CreatedAt }).ToListAsync(ct);
        using var connection = database.OpenReader();
        using var scored = connection.Prepare("select \"AsOf\" from \"CustomerScores\" where \"Model\" = @0 limit 1", 1);
        using var listed = connection.Prepare("select \"AsOf\" from \"RecommendationLists\" limit 1", 0);
        return [.. live.Select(m => new ModelAge(m.Model, m.Version, m.CreatedAt, (m.Model is ModelNames.Recommendations ? listed.RunScalar() : scored.RunScalar(m.Model)) is { } ticks ? Stored.Time(ticks) : null))];
    }

    // Only what is still so: a later run that went well has mended it.
    private static async Task<IEnumerable<Need>> FailedJobsAsync(PortalDbContext db, CancellationToken ct)
    {
        var newest = await db.JobRuns.AsNoTracking().Where(r => r.FinishedAt != null).GroupBy(r => r.SingleFlightKey).Select(g => g.Max(r => r.Id)).ToListAsync(ct);
        var failed = await db.JobRuns.AsNoTracking().Where(r => newest.Contains(r.Id) && (r.Status == JobStatus.Failed || r.Status == JobStatus.Lost)).OrderByDescending(r => r.FinishedAt).Take(ShownCount).ToListAsync(ct);
        var needs = new List<Need>();
        foreach (var run in failed) needs.Add(new Need(NeedKind.JobFailed, run.SingleFlightKey, run.Reason, run.ReasonCode, await InARowAsync(db, run.SingleFlightKey, ct), run.FinishedAt, run.Id));
        return needs;
    }

    // Runs that ended well, or had nothing to do, end the row; one that was stopped by a person says nothing.
    private static async Task<int> InARowAsync(PortalDbContext db, string name, CancellationToken ct)
    {
        var ends = await db.JobRuns.AsNoTracking().Where(r => r.SingleFlightKey == name && r.FinishedAt != null && r.Status != JobStatus.Cancelled).OrderByDescending(r => r.Id).Take(CountedFailures).Select(r => r.Status).ToListAsync(ct);
        return ends.TakeWhile(status => status is JobStatus.Failed or JobStatus.Lost).Count();
    }

    // One line for each state, however many audiences: what holds them up is usually one thing.
    private async Task<IEnumerable<Need>> AudiencesAsync(PortalDbContext db, CancellationToken ct)
    {
        var lateBefore = clock.GetUtcNow() - ResolveAudience.Late;
        var behind = await db.Audiences.AsNoTracking().Where(a => a.Kind == AudienceKind.Live && a.ArchivedAt == null && (a.State == AudienceState.Failed || a.EvaluatedAt < lateBefore))
            .OrderBy(a => a.EvaluatedAt).Select(a => new { a.Id, a.Name, a.State, a.EvaluatedAt }).ToListAsync(ct);
        return behind.GroupBy(a => a.State is AudienceState.Failed).OrderByDescending(g => g.Key)
            .Select(g => new Need(g.Key ? NeedKind.AudienceFailed : NeedKind.AudienceLate, g.First().Name, Count: g.Count(), At: g.First().EvaluatedAt) { AudienceId = g.Count() is 1 ? g.First().Id : null });
    }

    private async Task<IEnumerable<Need>> LateJobsAsync(PortalDbContext db, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var active = await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Queued || r.Status == JobStatus.Running).OrderBy(r => r.DueAt).ToListAsync(ct);
        var late = new List<Need>();
        foreach (var run in active)
        {
            var isLate = run.StartedAt is { } start ? now - start > LongAtLeast && now - start > UsualFactor * await UsualAsync(db, run.SingleFlightKey, ct) : now - run.DueAt > LateAfter;
            if (isLate) late.Add(new Need(NeedKind.JobLate, run.SingleFlightKey, At: run.StartedAt ?? run.DueAt, RunId: run.Id));
        }
        return late.Take(ShownCount);
    }

    /// <summary>The median of the last runs that went well; without one nothing is unusual.</summary>
    private static async Task<TimeSpan> UsualAsync(PortalDbContext db, string name, CancellationToken ct)
    {
        var done = await db.JobRuns.AsNoTracking().Where(r => r.SingleFlightKey == name && r.Status == JobStatus.Succeeded && r.StartedAt != null && r.FinishedAt != null)
            .OrderByDescending(r => r.Id).Take(UsualRuns).Select(r => new { r.StartedAt, r.FinishedAt }).ToListAsync(ct);
        var took = done.Select(r => r.FinishedAt!.Value - r.StartedAt!.Value).Order().ToArray(); // both are asked for above
        return took.Length > 0 ? took[took.Length / 2] : TimeSpan.FromDays(1);
    }

    private static async Task<IEnumerable<Need>> UnpromotedAsync(PortalDbContext db, CancellationToken ct)
    {
        var newest = await db.TrainingRuns.AsNoTracking().Where(r => r.Status != "running").GroupBy(r => r.Model).Select(g => g.Max(r => r.Id)).ToListAsync(ct);
        var runs = await db.TrainingRuns.AsNoTracking().Where(r => newest.Contains(r.Id) && (r.Status == "not-promoted" || r.Status == "failed")).OrderByDescending(r => r.Id).Take(ShownCount).ToListAsync(ct);
        return runs.Select(r => new Need(NeedKind.ModelNotPromoted, r.Model, r.Reason, At: r.FinishedAt));
    }
}
