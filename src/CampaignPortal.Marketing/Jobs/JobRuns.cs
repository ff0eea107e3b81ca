using System.Data.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>How a run ended.</summary>
public sealed record JobEnd(JobStatus Status, string? Result, JobProblem? Problem, string? Error)
{
    /// <summary>When another attempt may begin; null when there is none.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>Every change of a run's row. A change by whoever holds the run carries the fencing token, so that a process which lost it changes nothing.</summary>
public sealed class JobRuns(PortalDatabase database, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string Mine = "\"Id\" = @0 and \"FencingToken\" = @1 and \"Status\" = 'Running'";

    public async Task<JobRun?> FindAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.JobRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct);
    }

    /// <summary>What waits, in the order in which it is due.</summary>
    public async Task<IReadOnlyList<JobRun>> QueuedAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Queued).OrderBy(r => r.DueAt).ThenBy(r => r.Id).Take(1_000).ToListAsync(ct);
    }

    /// <summary>Makes the run this process's; null when somebody else was quicker or it was cancelled.</summary>
    public async Task<JobRun?> TakeUpAsync(long id, string owner, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var changed = await database.WriteAsync(
            transaction => transaction.Execute(
                "update \"JobRuns\" set \"Status\" = 'Running', \"Owner\" = @1, \"StartedAt\" = @2, \"LeaseUntil\" = @3, \"FencingToken\" = (select max(\"FencingToken\") + 1 from \"JobRuns\") "
                + "where \"Id\" = @0 and \"Status\" = 'Queued'",
                id, owner, Stored.Ticks(now), Stored.Ticks(now + Lease)),
            ct);
        return changed is 1 ? await FindAsync(id, ct) : null;
    }

    /// <summary>Renews the lease and writes progress and log lines; answers false when the run is no longer this process's or shall stop.</summary>
    public Task<JobPulse> BeatAsync(JobRun run, JobProgress progress, IReadOnlyList<JobRunLine> lines, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            var isMine = transaction.Execute(
                $"update \"JobRuns\" set \"LeaseUntil\" = @2, \"Stage\" = @3, \"Share\" = @4, \"Done\" = @5, \"Total\" = @6 where {Mine}",
                run.Id, run.FencingToken, Stored.Ticks(clock.GetUtcNow() + Lease), progress.Stage, progress.Share, progress.Done, progress.Total) is 1;
            if (!isMine) return JobPulse.Fenced;
            AppendLines(transaction, run.Id, lines);
            using var asked = transaction.Prepare("select count(*) from \"JobRuns\" where \"Id\" = @0 and \"CancelRequestedAt\" is not null", 1);
            return asked.RunScalar(run.Id) is 1 ? JobPulse.CancelRequested : JobPulse.Alive;
        },
        ct);

    /// <summary>Ends the run and queues the next attempt, if there is one, in one transaction; answers false when the run was no longer this process's.</summary>
    public Task<bool> EndAsync(JobRun run, JobEnd end, JobProgress progress, string? input, IReadOnlyList<JobRunLine> lines, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            if (!End(transaction, run, end)) return false;
            transaction.Execute(
                "update \"JobRuns\" set \"Stage\" = @1, \"Share\" = @2, \"Done\" = @3, \"Total\" = @4, \"Input\" = @5 where \"Id\" = @0",
                run.Id, progress.Stage, end.Status is JobStatus.Succeeded ? 1.0 : progress.Share, progress.Done, progress.Total, input);
            AppendLines(transaction, run.Id, lines);
            return true;
        },
        ct);

    /// <summary>Ends runs whose process died or fell silent, and queues the next attempt of each.</summary>
    /// <param name="isLost">Chooses among the running ones.</param>
    /// <param name="maxAttempts">How often a run may die before nobody begins it again.</param>
    public async Task<IReadOnlyList<JobRun>> CloseLostAsync(Func<JobRun, bool> isLost, Func<JobRun, int> maxAttempts, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var running = await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Running).ToListAsync(ct);
        var lost = running.Where(isLost).ToArray();
        foreach (var run in lost)
        {
            var end = run.CancelRequestedAt is not null
                ? new JobEnd(JobStatus.Cancelled, null, null, null)
                : run.Attempt >= maxAttempts(run)
                    ? new JobEnd(JobStatus.Failed, null, new JobProblem("lost-often", "The process ended before the run did, again and again.") { Repair = JobRepairs.Retry }, null)
                    : new JobEnd(JobStatus.Lost, null, new JobProblem("lost", "The process ended before the run did; another attempt was queued."), null) { RetryAt = clock.GetUtcNow() };
            await database.WriteAsync(transaction => { End(transaction, run, end); }, ct);
        }
        return lost;
    }

    /// <summary>Whether the newest successful run of the name read the same.</summary>
    public async Task<bool> IsUnchangedAsync(string singleFlightKey, string input, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var last = await db.JobRuns.AsNoTracking().Where(r => r.SingleFlightKey == singleFlightKey && r.Status == JobStatus.Succeeded).OrderByDescending(r => r.Id).Select(r => r.Input).FirstOrDefaultAsync(ct);
        return last == input;
    }

    private bool End(DbTransaction transaction, JobRun run, JobEnd end)
    {
        var now = clock.GetUtcNow();
        var changed = transaction.Execute(
            $"update \"JobRuns\" set \"Status\" = @2, \"FinishedAt\" = @3, \"LeaseUntil\" = null, \"Result\" = @4, \"ReasonCode\" = @5, \"Reason\" = @6, \"Repair\" = @7, \"Error\" = @8 where {Mine}",
            run.Id, run.FencingToken, end.Status.ToString(), Stored.Ticks(now), end.Result, end.Problem?.Code, end.Problem?.Text, end.Problem?.Repair, end.Error);
        if (changed is 0) return false;
        if (end.RetryAt is { } at) QueueNext(transaction, run, at, now);
        return true;
    }

    private static void QueueNext(DbTransaction transaction, JobRun run, DateTimeOffset at, DateTimeOffset now) => transaction.Execute(
        "insert into \"JobRuns\" (\"Key\", \"SingleFlightKey\", \"Status\", \"Attempt\", \"RetryOf\", \"Parameters\", \"StartedBy\", \"IsForced\", \"QueuedAt\", \"DueAt\", \"Share\", \"FencingToken\", \"DroppedLines\") "
        + "values (@0, @1, 'Queued', @2, @3, @4, @5, @6, @7, @8, 0, 0, 0) on conflict do nothing",
        run.Key, run.SingleFlightKey, run.Attempt + 1, run.Id, run.Parameters, run.StartedBy, run.IsForced, Stored.Ticks(now), Stored.Ticks(at));

    private static void AppendLines(DbTransaction transaction, long runId, IReadOnlyList<JobRunLine> lines)
    {
        if (lines.Count is 0) return;
        using var insert = transaction.Prepare("insert into \"JobRunLines\" (\"RunId\", \"Line\", \"At\", \"Kind\", \"Text\") values (@0, @1, @2, @3, @4) on conflict do nothing", 5);
        foreach (var line in lines) insert.Run(runId, line.Line, Stored.Ticks(line.At), line.Kind.ToString(), line.Text);
        var dropped = lines[^1].Line - JobLog.Cap;
        if (dropped <= 0) return;
        transaction.Execute("delete from \"JobRunLines\" where \"RunId\" = @0 and \"Line\" <= @1", runId, dropped);
        transaction.Execute("update \"JobRuns\" set \"DroppedLines\" = @1 where \"Id\" = @0", runId, dropped);
    }
}

/// <summary>What a sign of life learnt.</summary>
public enum JobPulse
{
    Alive,
    CancelRequested,
    Fenced,
}
