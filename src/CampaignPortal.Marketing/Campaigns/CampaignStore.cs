using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Reads campaigns as drafts.</summary>
public sealed class CampaignStore(IDbContextFactory<PortalDbContext> databases)
{
    /// <summary>Null when there is no such campaign.</summary>
    public async Task<StoredDraft?> ReadAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Campaigns.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct) is not { } campaign) return null;
        var variants = await db.CampaignVariants.AsNoTracking().Where(v => v.CampaignId == id).OrderBy(v => v.Position).ToListAsync(ct);
        var draft = new CampaignDraft(campaign.Name, CampaignSettings.FromJson(campaign.Settings), [.. variants.Select(v => new DraftVariant(v.Id, v.Weight, MessageContent.FromJson(v.Content)))]);
        return new StoredDraft(id, campaign.State, campaign.Version, campaign.ChangedAt, campaign.ChangedBy, campaign.LaunchedAt is not null, draft);
    }
}
