using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Figures that a monitor watches.</summary>
/// <param name="QueueAgeSeconds">How long the oldest due run waits; 0 while none does.</param>
/// <param name="ModelAgeSeconds">Since each model in use was activated.</param>
/// <param name="ClockAheadSeconds">How far the newest event's arrival lies in the future: above 0 the clock was set back.</param>
public sealed record PortalHealth(double QueueAgeSeconds, bool IsSchedulerPaused, int RunningJobs, IReadOnlyDictionary<string, double> ModelAgeSeconds, double ClockAheadSeconds, string Engine);

/// <summary>Reads them.</summary>
public sealed class ReadHealthHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, ReadJobsHandler jobs, RunningJobs running, TimeProvider clock)
{
    public async Task<PortalHealth> HandleAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var oldest = await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Queued && r.DueAt <= now).OrderBy(r => r.DueAt).Select(r => (DateTimeOffset?)r.DueAt).FirstOrDefaultAsync(ct);
        var heads = await db.ModelHeads.AsNoTracking().ToListAsync(ct);
        var newest = await db.Events.AsNoTracking().OrderByDescending(e => e.Sequence).Select(e => (DateTimeOffset?)e.ReceivedAt).FirstOrDefaultAsync(ct);
        return new PortalHealth(
            oldest is { } due ? (now - due).TotalSeconds : 0, await jobs.IsPausedAsync(ct), running.All.Count,
            heads.ToDictionary(h => h.Model, h => (now - h.ActivatedAt).TotalSeconds, StringComparer.Ordinal),
            newest > now ? (newest.Value - now).TotalSeconds : 0, database.EngineVersion);
    }
}
