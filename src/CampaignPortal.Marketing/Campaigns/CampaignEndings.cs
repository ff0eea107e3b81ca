using System.Data.Common;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Ends runs: all has ended, or it could not go on. A recurring campaign then waits for its next time.</summary>
public sealed class CampaignEndings(PortalDatabase database, CampaignStore campaigns, ShopSettingsStore shop, DeliveryQueue outbox, TimeProvider clock)
{
    /// <summary>Who moves campaigns when no person does.</summary>
    public const string Portal = "portal";

    /// <summary>A run whose messages have all ended.</summary>
    public async Task EndAsync(CampaignRun run, CancellationToken ct)
    {
        var next = await NextRunAsync(run.CampaignId, ct);
        var now = clock.GetUtcNow();
        await database.WriteAsync(
            transaction =>
            {
                if (transaction.Execute("update \"CampaignRuns\" set \"Phase\" = 'Done', \"EndedAt\" = @1 where \"Id\" = @0 and \"Phase\" = 'Sending'", run.Id, Stored.Ticks(now)) is 0) return;
                Continue(transaction, run.CampaignId, next, CampaignReasons.Ended, now);
            },
            ct);
    }

    /// <summary>A run that cannot go on; people decide whether it is tried again.</summary>
    public Task FailAsync(CampaignRun run, string reason, string? detail, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return database.WriteAsync(
            transaction =>
            {
                transaction.Execute("update \"CampaignRuns\" set \"Phase\" = 'Failed', \"EndedAt\" = @1, \"Failure\" = @2 where \"Id\" = @0", run.Id, Stored.Ticks(now), detail ?? reason);
                if (CampaignTransitions.StateOf(transaction, run.CampaignId) is { } state && CampaignStates.Allows(state, CampaignState.Failed))
                    CampaignTransitions.Move(transaction, run.CampaignId, state, CampaignState.Failed, Portal, reason, now);
            },
            ct);
    }

    /// <summary>Stops sending because something is wrong with all of it; what is planned waits.</summary>
    public async Task PauseAsync(long campaignId, string reason, CancellationToken ct)
    {
        await database.WriteAsync(
            transaction =>
            {
                if (CampaignTransitions.StateOf(transaction, campaignId) is CampaignState.Sending) CampaignTransitions.Move(transaction, campaignId, CampaignState.Sending, CampaignState.Paused, Portal, reason, clock.GetUtcNow());
            },
            ct);
        outbox.Wake();
    }

    /// <summary>When a recurring campaign runs next; null for the others and after the last date.</summary>
    public async Task<DateTimeOffset?> NextRunAsync(long campaignId, CancellationToken ct)
    {
        if (await campaigns.ReadAsync(campaignId, ct) is not { Draft.Settings.Schedule: { Kind: ScheduleKind.Recurring } schedule }) return null;
        var dates = ScheduleDates.Next(schedule, shop.Read().Zone, clock.GetUtcNow(), 1);
        return dates.Count > 0 ? dates[0] : null;
    }

    // Somebody may have stopped or paused it in the meantime: then it stays where the person put it.
    private static void Continue(DbTransaction transaction, long campaignId, DateTimeOffset? next, string reason, DateTimeOffset now)
    {
        var to = next is null ? CampaignState.Sent : CampaignState.Scheduled;
        if (!CampaignTransitions.Move(transaction, campaignId, CampaignState.Sending, to, Portal, next is null ? reason : CampaignReasons.NextRun, now)) return;
        transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = @1 where \"Id\" = @0", campaignId, next is { } at ? Stored.Ticks(at) : null);
    }
}
