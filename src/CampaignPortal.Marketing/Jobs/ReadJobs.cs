using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>The last day in figures.</summary>
/// <param name="LongestWait">Of a run that began or still waits in these 24 hours, after it was due.</param>
/// <param name="Hours">Oldest first, 24 of them; the last is the hour that is not over.</param>
public sealed record JobDay(int Queued, int Succeeded, int Failed, TimeSpan LongestWait, JobRun? LastFailed, IReadOnlyList<JobHour> Hours);

/// <summary>Runs that ended within an hour.</summary>
public sealed record JobHour(DateTimeOffset From, int Succeeded, int Failed);

/// <summary>A recurring job with what is known of its runs.</summary>
/// <param name="Runs">The last 14, oldest first.</param>
/// <param name="UsualDuration">Median of the last successful ones; null before the first.</param>
public sealed record RecurringJob(JobSchedule Schedule, IReadOnlyList<JobRun> Runs, TimeSpan? UsualDuration)
{
    /// <summary>Starts up to this one are left out; null while none is.</summary>
    public DateTimeOffset? LeftOutUntil { get; init; }

    public JobRun? Last => Runs.Count > 0 ? Runs[^1] : null;

    public bool NeedsLook => Last is { Status: JobStatus.Failed or JobStatus.Lost } or { Status: JobStatus.Skipped, Repair: not null };
}

/// <summary>What the jobs page shows.</summary>
/// <param name="IsPaused">The scheduler starts nothing.</param>
/// <param name="People">Names of those who may have started runs, by number.</param>
public sealed record JobsOverview(JobDay Day, IReadOnlyList<RecurringJob> Recurring, bool IsPaused, int WorkerCount, IReadOnlyDictionary<string, string> People);

/// <summary>Reads the overview.</summary>
public sealed class ReadJobsHandler(IDbContextFactory<PortalDbContext> databases, SchedulesHandler schedules, JobRunner runner, TimeProvider clock)
{
    private const int BarCount = 14, UsualCount = 20;

    public async Task<JobsOverview> HandleAsync(CancellationToken ct)
    {
        var (rows, isPaused) = await schedules.ReadAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var recurring = new List<RecurringJob>(rows.Count);
        foreach (var row in rows) recurring.Add(await ReadRecurringAsync(db, row, ct));
        return new JobsOverview(await ReadDayAsync(db, ct), recurring, isPaused, runner.WorkerCount, await JobPeople.ReadAsync(db, ct));
    }

    /// <summary>One recurring job; null when no schedule has the name.</summary>
    public async Task<RecurringJob?> FindAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.JobSchedules.AsNoTracking().FirstOrDefaultAsync(s => s.Name == name, ct) is { } row ? await ReadRecurringAsync(db, row, ct) : null;
    }

    /// <summary>Whether the scheduler is paused: pages of admins say so.</summary>
    public async Task<bool> IsPausedAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Settings.AnyAsync(s => s.Key == PauseJobHandler.PausedSetting && s.Value == "true", ct);
    }

    private async Task<RecurringJob> ReadRecurringAsync(PortalDbContext db, JobSchedule row, CancellationToken ct)
    {
        var runs = await db.JobRuns.AsNoTracking().Where(r => r.SingleFlightKey == row.Name).OrderByDescending(r => r.Id).Take(BarCount).ToListAsync(ct);
        runs.Reverse();
        var done = await db.JobRuns.AsNoTracking()
            .Where(r => r.SingleFlightKey == row.Name && r.Status == JobStatus.Succeeded && r.StartedAt != null && r.FinishedAt != null)
            .OrderByDescending(r => r.Id).Take(UsualCount).Select(r => new { r.StartedAt, r.FinishedAt }).ToListAsync(ct);
        var durations = done.Select(d => d.FinishedAt!.Value - d.StartedAt!.Value).Order().ToArray(); // both are asked for above
        var key = SkipStartHandler.SettingPrefix + row.Name;
        var leftOut = SkipStartHandler.Read(await db.Settings.AsNoTracking().Where(s => s.Key == key).Select(s => s.Value).FirstOrDefaultAsync(ct));
        return new RecurringJob(row, runs, durations.Length > 0 ? durations[durations.Length / 2] : null) { LeftOutUntil = leftOut > clock.GetUtcNow() ? leftOut : null };
    }

    private async Task<JobDay> ReadDayAsync(PortalDbContext db, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var firstHour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(-23);
        var ended = await db.JobRuns.AsNoTracking().Where(r => r.FinishedAt >= firstHour).Select(r => new { r.Status, r.FinishedAt, r.DueAt, r.StartedAt }).ToListAsync(ct);
        var queued = await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Queued).Select(r => r.DueAt).ToListAsync(ct);
        var lastFailed = await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Failed && r.FinishedAt >= now.AddDays(-1)).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        var hours = Enumerable.Range(0, 24).Select(i => firstHour.AddHours(i)).Select(from => new JobHour(
            from,
            ended.Count(e => e.Status is JobStatus.Succeeded && IsIn(e.FinishedAt, from)),
            ended.Count(e => e.Status is JobStatus.Failed && IsIn(e.FinishedAt, from)))).ToArray();
        var waits = ended.Where(e => e.StartedAt is not null).Select(e => e.StartedAt!.Value - e.DueAt).Concat(queued.Select(due => now - due)).Append(TimeSpan.Zero); // asked for above
        var dayAgo = now.AddDays(-1);
        return new JobDay(
            queued.Count, ended.Count(e => e.Status is JobStatus.Succeeded && e.FinishedAt >= dayAgo), ended.Count(e => e.Status is JobStatus.Failed && e.FinishedAt >= dayAgo), waits.Max(), lastFailed, hours);
    }

    private static bool IsIn(DateTimeOffset? at, DateTimeOffset from) => at >= from && at < from.AddHours(1);
}

/// <summary>Names of the portal's users.</summary>
internal static class JobPeople
{
    private const int MostShown = 1_000;

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(PortalDbContext db, CancellationToken ct)
    {
        var people = await db.Users.AsNoTracking().OrderBy(u => u.Id).Take(MostShown).Select(u => new { u.Id, u.DisplayName }).ToListAsync(ct);
        return people.ToDictionary(p => p.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), p => p.DisplayName, StringComparer.Ordinal);
    }
}
