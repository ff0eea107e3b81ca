using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Ends runs: all has ended, or it could not go on. A recurring campaign then waits for its next time.</summary>
public sealed class CampaignEndings(PortalDatabase database, CampaignStore campaigns, ShopSettingsStore shop, DeliveryQueue outbox, TimeProvider clock)
{
    /// <summary>Who moves campaigns when no person does.</summary>
    public const string Portal = "portal";

    // Two years of a daily campaign: whoever was away longer need not count.
    private const int MaxPassed = 800;

    /// <summary>A run whose messages have all ended.</summary>
    public async Task EndAsync(CampaignRun run, CancellationToken ct)
    {
        var settings = await SettingsAsync(run.CampaignId, ct);
        var next = Next(settings);
        var reason = next is null ? CampaignReasons.Ended : Passed(settings, run.DueAt) is > 0 and var passed ? FormattableString.Invariant($"{CampaignReasons.NextRunLate} {passed}") : CampaignReasons.NextRun;
        await CloseAsync(run, RunPhase.Sending, settings, next, reason, ct);
    }

    /// <summary>A run of a recurring campaign for which there is nobody today: no birthday, no forgotten cart. False where it is no recurring one.</summary>
    public async Task<bool> SkipAsync(CampaignRun run, string reason, CancellationToken ct)
    {
        var settings = await SettingsAsync(run.CampaignId, ct);
        if (settings?.Schedule.Kind is not ScheduleKind.Recurring) return false;
        await CloseAsync(run, RunPhase.Planning, settings, Next(settings), reason, ct);
        return true;
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
    public async Task<DateTimeOffset?> NextRunAsync(long campaignId, CancellationToken ct) => Next(await SettingsAsync(campaignId, ct));

    private DateTimeOffset? Next(CampaignSettings? settings) =>
        settings?.Schedule is { Kind: ScheduleKind.Recurring } schedule && ScheduleDates.Next(schedule, shop.Read().Zone, clock.GetUtcNow(), 1) is [var at] ? at : null;

    /// <summary>Dates that went by while a run was under way.</summary>
    private int Passed(CampaignSettings? settings, DateTimeOffset begun)
    {
        var now = clock.GetUtcNow();
        return settings is null ? 0 : ScheduleDates.Next(settings.Schedule, shop.Read().Zone, begun, MaxPassed).TakeWhile(at => at <= now).Count();
    }

    private async Task<CampaignSettings?> SettingsAsync(long campaignId, CancellationToken ct) => (await campaigns.ReadAsync(campaignId, ct))?.Draft.Settings;

    // Somebody may have stopped or paused it in the meantime: then run and campaign stay where the person put them.
    private Task CloseAsync(CampaignRun run, RunPhase from, CampaignSettings? settings, DateTimeOffset? next, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return database.WriteAsync(
            transaction =>
            {
                if (CampaignTransitions.StateOf(transaction, run.CampaignId) is not CampaignState.Sending) return;
                if (transaction.Execute("update \"CampaignRuns\" set \"Phase\" = 'Done', \"EndedAt\" = @1 where \"Id\" = @0 and \"Phase\" = @2", run.Id, Stored.Ticks(now), from.ToString()) is 0) return;
                CampaignTransitions.Move(transaction, run.CampaignId, CampaignState.Sending, next is null ? CampaignState.Sent : CampaignState.Scheduled, Portal, reason, now);
                transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = @1 where \"Id\" = @0", run.CampaignId, next is { } at ? Stored.Ticks(at) : null);
                // What somebody decided about a late audience held for this run; the next one asks again.
                if (settings is { SendsStaleAudience: true }) transaction.Execute("update \"Campaigns\" set \"Settings\" = @1 where \"Id\" = @0", run.CampaignId, (settings with { SendsStaleAudience = false }).ToJson());
            },
            ct);
    }
}
