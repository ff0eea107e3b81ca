using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <param name="LaunchedAt">When it began to be sent.</param>
public sealed record CampaignChoice(long Id, string Name, DateTimeOffset LaunchedAt);

/// <summary>Campaigns that went out, the newest first: what drafts and rules can name.</summary>
public sealed class ReadCampaignChoicesHandler(IDbContextFactory<PortalDbContext> databases) : ICampaignNames
{
    // A list to choose from, not an archive.
    private const int Most = 200;

    public async Task<IReadOnlyList<CampaignChoice>> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var launched = await db.Campaigns.AsNoTracking().Where(c => c.LaunchedAt != null && c.ArchivedAt == null).OrderByDescending(c => c.LaunchedAt).ThenByDescending(c => c.Id).Take(Most).ToListAsync(ct);
        return [.. launched.Select(c => new CampaignChoice(c.Id, c.Name, c.LaunchedAt!.Value))]; // filtered just before
    }

    async Task<IReadOnlyList<CampaignName>> ICampaignNames.ListAsync(CancellationToken ct) => [.. (await HandleAsync(ct)).Select(c => new CampaignName(c.Id.ToString(CultureInfo.InvariantCulture), c.Name))];
}
