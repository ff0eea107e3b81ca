using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Tabs of the list.</summary>
public enum CampaignTab
{
    All, Draft, Scheduled, Sending, Sent,
}

/// <summary>One line of the list.</summary>
/// <param name="Audiences">Names of the audiences; empty is everyone, or nobody chosen yet.</param>
/// <param name="Sums">What happened to the messages; null before the first one.</param>
/// <param name="Waiting">People who wait for a winner.</param>
public sealed record CampaignRow(
    long Id, string Name, CampaignState State, RunPhase? Phase, DateTimeOffset ChangedAt, DateTimeOffset? NextRunAt, DateTimeOffset? StartedAt, int VariantCount, string Subject,
    IReadOnlyList<string> Audiences, bool IsAudienceChosen, long Planned, long Waiting, ArmSums? Sums, ArmSums? Holdout);

/// <param name="Counts">Campaigns of each tab.</param>
public sealed record CampaignList(IReadOnlyList<CampaignRow> Rows, IReadOnlyDictionary<CampaignTab, int> Counts);

/// <summary>Lists campaigns, newest change first.</summary>
public sealed class ListCampaignsHandler(IDbContextFactory<PortalDbContext> databases, CampaignTotalsReader totals)
{
    public async Task<CampaignList> HandleAsync(CampaignTab tab, string? search, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => c.ArchivedAt == null).OrderByDescending(c => c.ChangedAt).ThenByDescending(c => c.Id).ToListAsync(ct);
        var counts = Enum.GetValues<CampaignTab>().ToDictionary(t => t, t => campaigns.Count(c => IsIn(t, c.State)));
        var shown = campaigns.Where(c => IsIn(tab, c.State) && (string.IsNullOrWhiteSpace(search) || c.Name.Contains(search.Trim(), StringComparison.CurrentCultureIgnoreCase))).ToList();
        var ids = shown.Select(c => c.Id).ToList();
        var variants = (await db.CampaignVariants.AsNoTracking().Where(v => ids.Contains(v.CampaignId)).OrderBy(v => v.Position).ToListAsync(ct)).ToLookup(v => v.CampaignId);
        var runs = (await db.CampaignRuns.AsNoTracking().Where(r => ids.Contains(r.CampaignId)).OrderBy(r => r.Id).ToListAsync(ct)).ToLookup(r => r.CampaignId);
        var names = await db.Audiences.AsNoTracking().ToDictionaryAsync(a => a.Id, a => a.Name, ct);
        return new CampaignList([.. shown.Select(c => Row(c, [.. variants[c.Id]], [.. runs[c.Id]], names))], counts);
    }

    public static bool IsIn(CampaignTab tab, CampaignState state) => tab switch
    {
        CampaignTab.Draft => state is CampaignState.Draft or CampaignState.InReview,
        CampaignTab.Scheduled => state is CampaignState.Scheduled,
        CampaignTab.Sending => state is CampaignState.Sending or CampaignState.Paused or CampaignState.Missed or CampaignState.Failed,
        CampaignTab.Sent => state is CampaignState.Sent or CampaignState.Cancelled,
        _ => true,
    };

    private CampaignRow Row(Campaign campaign, List<CampaignVariant> variants, List<CampaignRun> runs, Dictionary<long, string> audiences)
    {
        var settings = CampaignSettings.FromJson(campaign.Settings);
        var arms = runs.Count > 0 ? totals.Read(campaign.Id, null) : [];
        var last = runs.Count > 0 ? runs[^1] : null;
        var planned = runs.Select(r => ReachFunnel.FromJson(r.Funnel)).ToList();
        return new CampaignRow(
            campaign.Id, campaign.Name, campaign.State, last?.Phase, campaign.ChangedAt, campaign.NextRunAt, last?.DueAt, variants.Count,
            variants.Count > 0 ? MessageContent.FromJson(variants[0].Content).Subject : "",
            [.. settings.Include.Select(id => audiences.GetValueOrDefault(id)).OfType<string>()], settings.IsAudienceChosen,
            planned.Sum(f => f.Planned), last?.Phase is RunPhase.Testing or RunPhase.Rolling ? planned[^1].Waiting : 0,
            Sum(arms.Where(a => a.VariantId > 0)), Sum(arms.Where(a => a.VariantId is CampaignRecipient.Holdout)));
    }

    private static ArmSums? Sum(IEnumerable<ArmTotals> arms) => arms.Select(a => a.Sums).Aggregate((ArmSums?)null, (all, arm) => all is null ? arm : all.Add(arm));
}
