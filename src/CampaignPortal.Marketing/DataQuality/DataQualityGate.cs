using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>Holds the jobs that learn from data or act on them while a severe check fails, until it is mended or an admin lets one run through.</summary>
public sealed class DataQualityGate(IDbContextFactory<PortalDbContext> databases, CheckDataQualityHandler checks, TimeProvider clock) : IJobGate
{
    /// <summary>Keys of the jobs that depend on the checked tables.</summary>
    public static IReadOnlyList<string> DependentJobs { get; } = ["features", "segments", "train", "score", "recommendations"];

    // Before a job is held the checks run again, unless they just did: what was mended meanwhile must not hold it.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>Whether a run of this job would be held now.</summary>
    public async Task<bool> IsHeldAsync(string jobKey, CancellationToken ct)
    {
        if (!DependentJobs.Contains(jobKey)) return false;
        await using var db = await databases.CreateDbContextAsync(ct);
        return (await SevereAsync(db, ct)).Count > 0 && !await db.QualityPasses.AnyAsync(p => p.JobKey == jobKey && p.RunId == null, ct);
    }

    /// <inheritdoc />
    public async Task<JobProblem?> HoldAsync(JobRun run, CancellationToken ct)
    {
        if (!DependentJobs.Contains(run.Key)) return null;
        await using var db = await databases.CreateDbContextAsync(ct);
        var severe = await SevereAsync(db, ct);
        if (severe.Count > 0 && clock.GetUtcNow() - severe.Max(c => c.CheckedAt) > Fresh)
        {
            await checks.HandleAsync(ct);
            severe = await SevereAsync(db, ct);
        }
        if (severe.Count is 0) return null;
        var isLetThrough = await db.QualityPasses.Where(p => p.JobKey == run.Key && p.RunId == null).ExecuteUpdateAsync(s => s.SetProperty(p => p.RunId, run.Id), ct) > 0;
        return isLetThrough ? null : new JobProblem("data-quality", "Severe checks of the data fail: " + string.Join("; ", severe.Select(Describe)) + ".") { Repair = JobRepairs.LetThrough };
    }

    /// <summary>Lets the next run of a job through once; answers false for a job that is never held.</summary>
    public async Task<bool> LetThroughAsync(string jobKey, string by, CancellationToken ct)
    {
        if (!DependentJobs.Contains(jobKey)) return false;
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.QualityPasses.AnyAsync(p => p.JobKey == jobKey && p.RunId == null, ct)) return true;
        var now = clock.GetUtcNow();
        db.QualityPasses.Add(new QualityPass { JobKey = jobKey, GrantedBy = by, GrantedAt = now });
        db.AuditEntries.Add(new AuditEntry { At = now, Actor = by, Action = "jobs.control let-through", Target = jobKey });
        await db.SaveChangesAsync(ct);
        return true;
    }

    private static async Task<List<QualityCheck>> SevereAsync(PortalDbContext db, CancellationToken ct)
    {
        var newest = await db.QualityChecks.MaxAsync(c => (string?)c.Day, ct);
        return await db.QualityChecks.AsNoTracking().Where(c => c.Day == newest && c.State == QualityState.Severe).ToListAsync(ct);
    }

    private static string Describe(QualityCheck check) =>
        string.Join(' ', new[] { check.Rule.ToString().ToLowerInvariant(), "of", check.Table, check.Field, check.Source }.Where(part => part.Length > 0));
}
