using System.Collections.Concurrent;
using CampaignPortal.Marketing.Jobs;
using Quartz;

namespace CampaignPortal.Web.Jobs;

/// <summary>Hears of starts whose time passed while the portal was off or paused: remembers when a late run was due, and writes down one that will not happen.</summary>
internal sealed class MissedStarts(StartScheduleHandler start) : ITriggerListener
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);

    public string Name => "missed starts";

    public async ValueTask TriggerMisfired(ITrigger trigger, IScheduler scheduler, CancellationToken cancellationToken = default)
    {
        if (trigger.NextFireTimeUtc is not { } due) return;
        if (trigger is ICronTrigger { MisfireInstruction: CronTriggerMisfireInstruction.DoNothing }) await start.WriteDownMissedAsync(trigger.Key.Name, due, cancellationToken);
        else _due[trigger.Key.Name] = due;
    }

    /// <summary>When the late run should have begun; asked once.</summary>
    public DateTimeOffset? Take(string name) => _due.TryRemove(name, out var due) ? due : null;
}
