using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using Quartz;

namespace CampaignPortal.Web.Jobs;

/// <summary>Lets Quartz follow the schedules of the store: one trigger each, changed only when its row changed, so that a missed start is noticed.</summary>
internal sealed partial class ScheduleKeeper(
    ISchedulerFactory schedulers, SchedulesHandler schedules, ScheduleChanges changes, ShopSettingsStore shop, MissedStarts missed, TimeProvider clock, ILogger<ScheduleKeeper> logger) : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IScheduler? _scheduler;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await schedules.AddMissingAsync(JobSchedules.All, cancellationToken);
        _scheduler = await schedulers.GetScheduler(cancellationToken);
        _scheduler.ListenerManager.AddTriggerListener(missed, []);
        await FollowAsync(cancellationToken);
        changes.Changed += FollowInBackground;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        changes.Changed -= FollowInBackground;
        if (_scheduler is { } scheduler) await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    private void FollowInBackground() => _ = FollowSafelyAsync();

    private async Task FollowSafelyAsync()
    {
        try
        {
            await FollowAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is SchedulerException or System.Data.Common.DbException)
        {
            SchedulerBehind(logger, e);
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        if (_scheduler is not { } scheduler) return;
        await _turn.WaitAsync(ct);
        try
        {
            var (rows, isPaused) = await schedules.ReadAsync(ct);
            foreach (var key in await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.AnyGroup(), ct)) if (!rows.Any(r => r.Name == key.Name)) await scheduler.UnscheduleJob(key, ct);
            foreach (var row in rows) await FollowAsync(scheduler, row, ct);
            if (isPaused) await scheduler.Standby(ct);
            else await scheduler.Start(ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task FollowAsync(IScheduler scheduler, JobSchedule row, CancellationToken ct)
    {
        var key = new TriggerKey(row.Name);
        var zone = row.Zone is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var own) ? own : shop.Read().Zone;
        var wanted = TriggerBuilder.Create().WithIdentity(key).ForJob(row.Name).StartAt(clock.GetUtcNow())
            .WithCronSchedule(row.Cron, cron =>
            {
                cron.InTimeZone(zone);
                cron.WithMisfireInstruction(row.Missed is MissedRuns.RunOnce ? CronTriggerMisfireInstruction.FireAndProceed : CronTriggerMisfireInstruction.DoNothing);
            })
            .Build();
        var known = await scheduler.GetTrigger(key, ct);
        if (known is null)
        {
            await scheduler.AddJob(JobBuilder.Create<StartScheduledJob>().WithIdentity(row.Name).StoreDurably().Build(), new AddJobOptions { Replace = true }, ct);
            await scheduler.ScheduleJob(wanted, new ScheduleJobOptions(), ct);
        }
        else if (!IsSame((ICronTrigger)known, (ICronTrigger)wanted))
        {
            await scheduler.RescheduleJob(key, wanted, ct);
        }
        if (row.IsPaused) await scheduler.PauseTrigger(key, ct);
        else await scheduler.ResumeTrigger(key, ct);
    }

    private static bool IsSame(ICronTrigger a, ICronTrigger b) =>
        a.CronExpressionString == b.CronExpressionString && a.TimeZone.Id == b.TimeZone.Id && a.MisfireInstruction == b.MisfireInstruction;

    [LoggerMessage(5201, LogLevel.Error, "The scheduler could not follow a changed schedule; it does so at the next start")]
    private static partial void SchedulerBehind(ILogger logger, Exception e);
}
