using CampaignPortal.Marketing.Jobs;
using Quartz;

namespace CampaignPortal.Web.Jobs;

/// <summary>What Quartz fires: it only queues the run, whose work is the runner's.</summary>
internal sealed class StartScheduledJob(StartScheduleHandler start, MissedStarts missed) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.Trigger.Key.Name;
        var dueAt = missed.Take(name) ?? context.ScheduledFireTimeUtc ?? context.FireTimeUtc;
        await start.HandleAsync(name, dueAt, cancellationToken);
    }
}
