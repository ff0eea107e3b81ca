using System.Data.Common;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Starts what is due, takes up what a crash left, judges tests whose time has come, ends what is done. The host calls it every few seconds.</summary>
public sealed class CampaignWatch(
    IDbContextFactory<PortalDbContext> databases, PortalDatabase database, CampaignStarter starter, CampaignEndings endings, DecideCampaignHandler decide, CampaignStore campaigns, CampaignOptions options, TimeProvider clock)
{
    private static readonly string Open = string.Join(", ", Enum.GetValues<MessageState>().Except(MessageStates.Ended).Select(s => ((int)s).ToString(System.Globalization.CultureInfo.InvariantCulture)));

    // Tests whose mails have left, and that may wait for a person for days: their messages are not gone through in every round.
    private readonly HashSet<(long RunId, DateTimeOffset DecideAt)> _left = [];

    /// <summary>One round. What fails here is tried again in the next.</summary>
    public async Task PassAsync(CancellationToken ct)
    {
        await StartDueAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var runs = await (
            from run in db.CampaignRuns.AsNoTracking()
            join campaign in db.Campaigns on run.CampaignId equals campaign.Id
            where campaign.State == CampaignState.Sending && (run.Phase == RunPhase.Planning || run.Phase == RunPhase.Rolling || run.Phase == RunPhase.Testing || run.Phase == RunPhase.Sending)
            select run).ToListAsync(ct);
        foreach (var run in runs) await AdvanceAsync(run, ct);
    }

    private Task AdvanceAsync(CampaignRun run, CancellationToken ct) => run.Phase switch
    {
        RunPhase.Planning or RunPhase.Rolling => TakeUpAsync(run, ct),
        RunPhase.Testing => JudgeAsync(run, ct),
        RunPhase.Sending when HasEnded(run) => endings.EndAsync(run, ct),
        _ => Task.CompletedTask,
    };

    // After a crash nobody works on it; otherwise it is under way. What failed for good is not begun again until a person says so.
    private async Task TakeUpAsync(CampaignRun run, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var key = SendCampaignJob.SingleFlightKey(run.Id);
        var last = await db.JobRuns.AsNoTracking().Where(j => j.SingleFlightKey == key).OrderByDescending(j => j.Id).Select(j => new { j.Status, j.FinishedAt, j.Reason }).FirstOrDefaultAsync(ct);
        var begun = await db.CampaignTransitions.AsNoTracking().Where(t => t.CampaignId == run.CampaignId).MaxAsync(t => (DateTimeOffset?)t.At, ct);
        if (last is { Status: JobStatus.Failed } && last.FinishedAt >= begun) await endings.FailAsync(run, CampaignReasons.PlanFailed, last.Reason, ct);
        else await starter.StartAsync(run.Id, JobStarters.Schedule, ct);
    }

    private async Task StartDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var due = await db.Campaigns.AsNoTracking().Where(c => c.State == CampaignState.Scheduled && c.NextRunAt != null && c.NextRunAt <= now).ToListAsync(ct);
        foreach (var campaign in due)
        {
            var settings = CampaignSettings.FromJson(campaign.Settings);
            var startsAt = campaign.NextRunAt!.Value; // filtered above
            var occurrence = settings.Schedule.Kind is ScheduleKind.Recurring ? startsAt.UtcTicks : 0;
            var isMissed = now - startsAt > options.Grace;
            var run = await database.WriteAsync(transaction => Begin(transaction, campaign.Id, occurrence, ScheduleDates.DueAt(settings.Schedule, startsAt), isMissed, now), ct);
            if (run is { } id && !isMissed) await starter.StartAsync(id, JobStarters.Schedule, ct);
        }
    }

    private static long? Begin(DbTransaction transaction, long campaignId, long occurrence, DateTimeOffset dueAt, bool isMissed, DateTimeOffset now)
    {
        var (to, reason) = isMissed ? (CampaignState.Missed, CampaignReasons.Missed) : (CampaignState.Sending, CampaignReasons.Due);
        if (!CampaignTransitions.Move(transaction, campaignId, CampaignState.Scheduled, to, CampaignEndings.Portal, reason, now)) return null;
        transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = null where \"Id\" = @0", campaignId);
        return CampaignStarter.AddRun(transaction, campaignId, occurrence, dueAt, isMissed ? RunPhase.Missed : RunPhase.Planning);
    }

    private async Task JudgeAsync(CampaignRun run, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (run.DecideAt is not { } at || now < at || await campaigns.ReadAsync(run.CampaignId, ct) is not { Draft.Settings: var settings }) return;
        if (!_left.Contains((run.Id, at)))
        {
            // Quiet hours, a pause or a server that is down may have held mails back: nobody has reacted to what has not left.
            var full = (HasEnded(run) ? LastLeft(run) ?? at.AddHours(-settings.DecisionHours) : now).AddHours(settings.DecisionHours);
            if (full > now)
            {
                await database.WriteAsync(transaction => transaction.Execute("update \"CampaignRuns\" set \"DecideAt\" = @1 where \"Id\" = @0 and \"Phase\" = 'Testing'", run.Id, Stored.Ticks(full)), ct);
                return;
            }
            _left.Add((run.Id, at));
        }
        if (settings.IsWinnerAutomatic) await decide.DecideAsync(run.Id, ct);
    }

    private DateTimeOffset? LastLeft(CampaignRun run)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select max(\"EndedAt\") from \"Messages\" where \"CampaignId\" = @0 and \"RunId\" = @1 and \"State\" = @2", 3);
        return command.RunScalar(run.CampaignId, run.Id, (int)MessageState.Accepted) is { } ticks ? Stored.Time(ticks) : null;
    }

    private bool HasEnded(CampaignRun run)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare($"select exists (select 1 from \"Messages\" where \"CampaignId\" = @0 and \"RunId\" = @1 and \"State\" in ({Open}))", 2);
        return command.RunScalar(run.CampaignId, run.Id) is 0;
    }
}
