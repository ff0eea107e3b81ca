using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Ends runs: all has ended, or it could not go on. A recurring campaign then waits for its next time.</summary>
public sealed class CampaignEndings(PortalDatabase database, CampaignStore campaigns, ShopSettingsStore shop, DeliveryQueue outbox, TimeProvider clock)
{
    /// <summary>Who moves campaigns when no person does.</summary>
    public const string Portal = "portal";

    // Two years of a daily campaign: a run that took longer has other troubles.
    private const int MaxDates = 800;

    /// <summary>A run whose messages have all ended.</summary>
    public async Task EndAsync(CampaignRun run, CancellationToken ct)
    {
        var next = await NextRunAsync(run.CampaignId, run.DueAt, ct);
        await CloseAsync(run, RunPhase.Sending, next.At, next.At is null ? CampaignReasons.Ended : next.Passed is 0 ? CampaignReasons.NextRun : FormattableString.Invariant($"{CampaignReasons.NextRunLate} {next.Passed}"), ct);
    }

    /// <summary>A run of a recurring campaign for which there is nobody today: no birthday, no forgotten cart. False where it is no recurring one.</summary>
    public async Task<bool> SkipAsync(CampaignRun run, string reason, CancellationToken ct)
    {
        if (await ScheduleAsync(run.CampaignId, ct) is not { Kind: ScheduleKind.Recurring }) return false;
        await CloseAsync(run, RunPhase.Planning, (await NextRunAsync(run.CampaignId, run.DueAt, ct)).At, reason, ct);
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
    /// <param name="campaignId">The campaign.</param>
    /// <param name="after">Start of the run before.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <returns>With the number of dates that passed while the run before was under way.</returns>
    public async Task<(DateTimeOffset? At, int Passed)> NextRunAsync(long campaignId, DateTimeOffset after, CancellationToken ct)
    {
        if (await ScheduleAsync(campaignId, ct) is not { Kind: ScheduleKind.Recurring } schedule) return (null, 0);
        var now = clock.GetUtcNow();
        var dates = ScheduleDates.Next(schedule, shop.Read().Zone, after, MaxDates);
        var passed = dates.TakeWhile(d => d <= now).Count();
        return (passed < dates.Count ? dates[passed] : null, passed);
    }

    private async Task<CampaignSchedule?> ScheduleAsync(long campaignId, CancellationToken ct) => (await campaigns.ReadAsync(campaignId, ct))?.Draft.Settings.Schedule;

    // Somebody may have stopped or paused it in the meantime: then run and campaign stay where the person put them.
    private async Task CloseAsync(CampaignRun run, RunPhase from, DateTimeOffset? next, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var settings = (await campaigns.ReadAsync(run.CampaignId, ct))?.Draft.Settings;
        await database.WriteAsync(
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
