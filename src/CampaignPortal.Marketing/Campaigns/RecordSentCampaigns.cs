using System.Data.Common;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>A version of a campaign of the past, under the number that its events name.</summary>
public sealed record SentVersion(long Id, MessageContent Content);

/// <summary>A campaign that was sent before this portal had it: only its events are, or will be, in the log.</summary>
/// <param name="Id">The number that its events name.</param>
/// <param name="By">A user's number.</param>
public sealed record SentCampaign(long Id, string Name, DateTimeOffset SentAt, string By, CampaignSettings Settings, IReadOnlyList<SentVersion> Versions);

/// <summary>Gives campaigns of the past their place in the list: sent, with what they said, and with figures that are those of the log.</summary>
public sealed class RecordSentCampaignsHandler(PortalDatabase database, CampaignTotalsReader totals)
{
    private static readonly TimeSpan SendingTime = TimeSpan.FromMinutes(10);

    /// <summary>Adds those whose numbers are free; a repeated call changes nothing.</summary>
    public Task HandleAsync(IReadOnlyList<SentCampaign> campaigns, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            foreach (var campaign in campaigns) Add(transaction, campaign);
        },
        ct);

    /// <summary>Writes down how many were chosen and how many were held out, once all events are in the sums.</summary>
    public Task SettleAsync(IReadOnlyList<long> ids, CancellationToken ct)
    {
        var funnels = ids.ToDictionary(id => id, id => FunnelOf(totals.Read(id, occurrence: 0)));
        return database.WriteAsync(
            transaction =>
            {
                foreach (var (id, funnel) in funnels) transaction.Execute("update \"CampaignRuns\" set \"Funnel\" = @1 where \"CampaignId\" = @0", id, funnel.ToJson());
            },
            ct);
    }

    private static void Add(DbTransaction transaction, SentCampaign campaign)
    {
        var (begun, ended) = (Stored.Ticks(campaign.SentAt), Stored.Ticks(campaign.SentAt + SendingTime));
        var added = transaction.Execute(
            "insert into \"Campaigns\" (\"Id\", \"Name\", \"State\", \"Version\", \"Settings\", \"CreatedAt\", \"CreatedBy\", \"ChangedAt\", \"ChangedBy\", \"LaunchedAt\") values (@0, @1, 'Draft', 1, @2, @3, @4, @3, @4, @3) "
            + "on conflict (\"Id\") do nothing",
            campaign.Id, campaign.Name, campaign.Settings.ToJson(), begun, campaign.By);
        if (added is 0) return;
        using var version = transaction.Prepare("insert into \"CampaignVariants\" (\"Id\", \"CampaignId\", \"Position\", \"Weight\", \"Content\") values (@0, @1, @2, 1.0, @3)", 4);
        for (var i = 0; i < campaign.Versions.Count; i++) version.Run(campaign.Versions[i].Id, campaign.Id, i, campaign.Versions[i].Content.ToJson());
        transaction.Execute(
            "insert into \"CampaignRuns\" (\"CampaignId\", \"Occurrence\", \"DueAt\", \"Phase\", \"Funnel\", \"PlannedThrough\", \"AudienceAsOf\", \"PlannedAt\", \"PlannedSequence\", \"DecideAt\", \"RolledThrough\", \"EndedAt\") "
            + "values (@0, 0, @1, 'Done', @2, 0, @1, @1, 0, @3, 0, @4)",
            campaign.Id, begun, new ReachFunnel().ToJson(), Stored.Ticks(campaign.SentAt.AddHours(campaign.Settings.DecisionHours)), ended);
        CampaignTransitions.Move(transaction, campaign.Id, CampaignState.Draft, CampaignState.Sending, campaign.By, null, campaign.SentAt);
        CampaignTransitions.Move(transaction, campaign.Id, CampaignState.Sending, CampaignState.Sent, CampaignEndings.Portal, CampaignReasons.Ended, campaign.SentAt + SendingTime);
    }

    private static ReachFunnel FunnelOf(IReadOnlyList<ArmTotals> arms)
    {
        var planned = arms.Where(a => a.VariantId > 0).Sum(a => a.Sums.Assigned);
        var heldOut = arms.Where(a => a.VariantId is CampaignRecipient.Holdout).Sum(a => a.Sums.Assigned);
        return new ReachFunnel { Audience = planned + heldOut, Planned = planned, Dropped = new Dictionary<DropReason, long> { [DropReason.Holdout] = heldOut } };
    }
}
