using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <param name="NewestEventAt">When the newest event arrived; null in an empty log.</param>
/// <param name="SevereCheckCount">Severe findings of the newest checks of the data.</param>
/// <param name="FailedJobCount">Jobs whose newest run failed.</param>
/// <param name="OldestScoresAt">The moment of the oldest scores in use; null without any.</param>
/// <param name="AreScoresOld">Whether that is more than a week ago.</param>
public sealed record HomeHealth(DateTimeOffset? NewestEventAt, int SevereCheckCount, int FailedJobCount, int ModelCount, DateTimeOffset? OldestScoresAt, bool AreScoresOld)
{
    public bool IsDataWell => SevereCheckCount == 0 && NewestEventAt is not null;

    public bool AreJobsWell => FailedJobCount == 0;

    public bool AreModelsWell => ModelCount > 0 && !AreScoresOld;
}

/// <summary>Whether data, jobs and models are in order: a few index look-ups.</summary>
public sealed class ReadHomeHealthHandler(IDbContextFactory<PortalDbContext> databases, NeedsYouHandler needs, Events.PageMoment moment)
{
    private static readonly TimeSpan OldAfter = TimeSpan.FromDays(7);

    public async Task<HomeHealth> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var newest = await db.Events.AsNoTracking().OrderByDescending(e => e.Sequence).Select(e => (DateTimeOffset?)e.ReceivedAt).FirstOrDefaultAsync(ct);
        var day = await db.QualityChecks.MaxAsync(c => (string?)c.Day, ct);
        var severe = await db.QualityChecks.AsNoTracking().CountAsync(c => c.Day == day && c.State == QualityState.Severe, ct);
        var last = db.JobRuns.AsNoTracking().Where(r => r.FinishedAt != null).GroupBy(r => r.SingleFlightKey).Select(g => g.Max(r => r.Id));
        var failed = await db.JobRuns.AsNoTracking().CountAsync(r => last.Contains(r.Id) && (r.Status == JobStatus.Failed || r.Status == JobStatus.Lost), ct);
        var models = await needs.ModelsAsync(ct);
        var oldest = models.Min(m => m.AsOf);
        return new HomeHealth(newest, severe, failed, models.Count, oldest, oldest is { } at && moment.Read() - at > OldAfter);
    }
}
