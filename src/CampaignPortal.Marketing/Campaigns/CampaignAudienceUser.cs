using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Tells audiences which campaigns rely on them.</summary>
internal sealed class CampaignAudienceUser(IDbContextFactory<PortalDbContext> databases) : IAudienceUser
{
    public string Kind => "campaign";

    public async Task<IReadOnlyList<AudienceUse>> UsesOfAsync(long audienceId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        // Some hundred campaigns at most; what is in the JSON is read here instead of searched there.
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => c.ArchivedAt == null && c.State != CampaignState.Cancelled).ToListAsync(ct);
        return
        [
            .. from campaign in campaigns
               let settings = CampaignSettings.FromJson(campaign.Settings)
               where settings.Include.Contains(audienceId) || settings.Exclude.Contains(audienceId)
               select new AudienceUse(Kind, campaign.Id, campaign.Name, string.Create(CultureInfo.InvariantCulture, $"/campaigns/{campaign.Id}"),
                   campaign.State is CampaignState.Scheduled or CampaignState.Sending or CampaignState.Paused),
        ];
    }
}
