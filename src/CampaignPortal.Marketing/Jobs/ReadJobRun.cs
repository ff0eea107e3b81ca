using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>A run with the end of its log, oldest line first.</summary>
/// <param name="Steps">Stages, warnings and errors: what happened.</param>
/// <param name="Attempts">All attempts at the same piece of work, first to last.</param>
public sealed record JobRunDetail(JobRun Run, IReadOnlyList<JobRunLine> Steps, IReadOnlyList<JobRunLine> Lines, IReadOnlyList<JobRun> Attempts, IReadOnlyDictionary<string, string> People);

/// <summary>Reads one run for its page or panel.</summary>
public sealed class ReadJobRunHandler(IDbContextFactory<PortalDbContext> databases)
{
    private const int StepCount = 30;

    /// <summary>Null when there is no such run.</summary>
    /// <param name="lineCount">Lines of the log, counted from its end.</param>
    public async Task<JobRunDetail?> HandleAsync(long runId, int lineCount, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == runId, ct) is not { } run) return null;
        var lines = db.JobRunLines.AsNoTracking().Where(l => l.RunId == runId).OrderByDescending(l => l.Line);
        var tail = await lines.Take(lineCount).ToListAsync(ct);
        var steps = await lines.Where(l => l.Kind != JobLineKind.Detail).Take(StepCount).ToListAsync(ct);
        tail.Reverse();
        steps.Reverse();
        return new JobRunDetail(run, steps, tail, await AttemptsAsync(db, run, ct), await JobPeople.ReadAsync(db, ct));
    }

    private static async Task<IReadOnlyList<JobRun>> AttemptsAsync(PortalDbContext db, JobRun run, CancellationToken ct)
    {
        var first = run;
        while (first.RetryOf is { } earlier && await db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == earlier, ct) is { } before) first = before;
        var attempts = new List<JobRun> { first };
        while (await NextAsync(attempts[^1].Id) is { } after) attempts.Add(after);
        return attempts;

        Task<JobRun?> NextAsync(long id) => db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.RetryOf == id, ct);
    }
}
