using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>A run with the end of its log, oldest line first.</summary>
public sealed record JobRunDetail(JobRun Run, IReadOnlyList<JobRunLine> Lines, IReadOnlyList<JobRun> Attempts);

/// <summary>Reads one run for its page or panel.</summary>
public sealed class ReadJobRunHandler(IDbContextFactory<PortalDbContext> databases)
{
    /// <summary>Null when there is no such run.</summary>
    /// <param name="lineCount">Lines of the log, counted from its end.</param>
    public async Task<JobRunDetail?> HandleAsync(long runId, int lineCount, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == runId, ct) is not { } run) return null;
        var lines = await db.JobRunLines.AsNoTracking().Where(l => l.RunId == runId).OrderByDescending(l => l.Line).Take(lineCount).ToListAsync(ct);
        lines.Reverse();
        return new JobRunDetail(run, lines, await AttemptsAsync(db, run, ct));
    }

    /// <summary>All attempts at the same piece of work, first to last.</summary>
    private static async Task<IReadOnlyList<JobRun>> AttemptsAsync(PortalDbContext db, JobRun run, CancellationToken ct)
    {
        var attempts = new LinkedList<JobRun>([run]);
        while (attempts.First!.Value.RetryOf is { } earlier && await db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == earlier, ct) is { } before) attempts.AddFirst(before); // holds the run at least
        while (attempts.Last!.Value.Id is var last && await db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.RetryOf == last, ct) is { } after) attempts.AddLast(after); // same
        return [.. attempts];
    }
}
