using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>Campaigns that wait for a person: a test that can be decided, one that is broken, a start that was missed, one that the portal paused.</summary>
public sealed class CampaignNeeds(IDbContextFactory<PortalDbContext> databases, ReadCampaignResultHandler results, TimeProvider clock)
{
    private const int LookedAt = 20;

    public async Task<IReadOnlyList<Need>> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var stuck = await db.Campaigns.AsNoTracking()
            .Where(c => c.ArchivedAt == null && (c.State == CampaignState.Missed || c.State == CampaignState.Failed
                || c.State == CampaignState.Paused && db.CampaignTransitions.Where(t => t.CampaignId == c.Id).OrderByDescending(t => t.Id).First().By == CampaignEndings.Portal))
            .OrderByDescending(c => c.Id).Select(c => c.Id).Take(LookedAt).ToListAsync(ct);
        var judged = await (from run in db.CampaignRuns.AsNoTracking()
                            join campaign in db.Campaigns on run.CampaignId equals campaign.Id
                            where campaign.State == CampaignState.Sending && run.Phase == RunPhase.Testing && run.DecideAt <= now
                            select campaign.Id).Distinct().OrderBy(id => id).Take(LookedAt).ToListAsync(ct);
        var needs = new List<Need>();
        foreach (var id in judged)
        {
            if (await results.HandleAsync(id, ct) is { Test: { } test } result) needs.Add(new Need(test.Verdict.State is VerdictState.Invalid ? NeedKind.TestBroken : NeedKind.TestReady, result.Name, Count: result.Waiting) { Campaign = result });
        }
        foreach (var id in stuck)
        {
            if (await results.HandleAsync(id, ct) is { } result) needs.Add(new Need(NeedKind.CampaignStuck, result.Name) { Campaign = result });
        }
        return needs;
    }
}
