using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>Whom a draft would reach if it were sent now.</summary>
/// <param name="Funnel">From the audience down to the messages.</param>
/// <param name="VariantCounts">Messages of each version.</param>
/// <param name="HoldoutCount">People held out of this campaign.</param>
/// <param name="StaleBecause">Why the audience may not be that of now; null when it is.</param>
public sealed record ReachEstimate(ReachFunnel Funnel, IReadOnlyList<long> VariantCounts, long HoldoutCount, DateTimeOffset AudienceAsOf, StaleAudience? StaleBecause)
{
    /// <summary>What the rule of an audience names in vain; null when all is there.</summary>
    public GoneSegment? Gone { get; init; }

    /// <summary>The people who would get it.</summary>
    public IReadOnlyList<long> Reached { get; init; } = [];

    /// <summary>Who gets the message in the end, test group and rest together.</summary>
    public long ReceiverCount => Funnel.Planned + Funnel.Waiting;
}

/// <summary>Goes through the same rules as planning, without writing: the count is exact for this moment.</summary>
public sealed class EstimateReachHandler(PortalDatabase database, ResolveAudience audiences, DeliverySettingsStore delivery, GlobalHoldoutReader holdout, ShopSettingsStore shop, TimeProvider clock)
{
    /// <param name="campaignId">Whose draws these are; 0 for a campaign that is not saved yet.</param>
    public async Task<ReachEstimate> HandleAsync(long campaignId, CampaignDraft draft, CancellationToken ct)
    {
        var audience = await audiences.HandleAsync(new AudienceSelection(draft.Settings.Include, draft.Settings.Exclude), ct);
        var share = await holdout.ReadAsync(ct);
        return await Task.Run(() => Count(campaignId, draft, audience, share, ct), ct);
    }

    private ReachEstimate Count(long campaignId, CampaignDraft draft, AudienceResolution audience, GlobalHoldout holdout, CancellationToken ct)
    {
        var eligibility = Eligibility.Read(database, campaignId, draft.Settings, delivery.Read(), new CustomerPlaces(database, shop.Read()), holdout, clock.GetUtcNow());
        var names = CustomerNames.Read(database);
        var split = RunPlanner.SplitOf(campaignId, draft);
        var dropped = new Dictionary<DropReason, long>();
        var versions = new long[draft.Variants.Count];
        var reached = new List<long>();
        long waiting = 0;
        foreach (var customer in audience.Customers)
        {
            ct.ThrowIfCancellationRequested();
            var name = names.GetValueOrDefault(customer);
            var reason = name is null ? DropReason.Erased : eligibility.Against(customer, name);
            if (reason is null && name is not null)
            {
                var draw = split.Of(name);
                if (draw.IsHoldout) reason = DropReason.Holdout;
                else if (draw.IsTest) versions[draw.Variant]++;
                else waiting++;
                if (!draw.IsHoldout) reached.Add(customer);
            }
            if (reason is { } found) dropped[found] = dropped.GetValueOrDefault(found) + 1;
        }
        var funnel = new ReachFunnel { Audience = audience.Customers.Length, Dropped = dropped, Planned = versions.Sum(), Waiting = waiting };
        return new ReachEstimate(funnel, versions, funnel.Of(DropReason.Holdout), audience.AsOf, audience.StaleBecause) { Gone = audience.Gone, Reached = reached };
    }
}
