using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Stops or lets go the starts of one schedule, or of all when there is no name. What runs goes on; "run now" works all the same.</summary>
public sealed record PauseJob(string? Name, bool IsPaused, string By);

/// <summary>Where the scheduler listens for changes of its rows.</summary>
public sealed class ScheduleChanges
{
    /// <summary>Raised after the change is stored.</summary>
    public event Action? Changed;

    public void Tell() => Changed?.Invoke();
}

/// <summary>Pauses and resumes.</summary>
public sealed class PauseJobHandler(PortalDatabase database, ScheduleChanges changes, RunningJobs running, TimeProvider clock)
{
    internal const string PausedSetting = "jobs.paused";

    /// <summary>Answers false when there is no such schedule.</summary>
    public async Task<bool> HandleAsync(PauseJob command, CancellationToken ct)
    {
        var changed = await database.WriteAsync(
            transaction =>
            {
                var count = command.Name is { } name
                    ? transaction.Execute("update \"JobSchedules\" set \"IsPaused\" = @1, \"ChangedAt\" = @2, \"ChangedBy\" = @3 where \"Name\" = @0", name, command.IsPaused, Stored.Ticks(clock.GetUtcNow()), command.By)
                    : transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", PausedSetting, command.IsPaused ? "true" : "false");
                if (count > 0) JobAudit.Write(transaction, clock, command.By, command.IsPaused ? "jobs.control pause" : "jobs.control resume", command.Name ?? "all");
                return count > 0;
            },
            ct);
        changes.Tell();
        running.Touch();
        return changed;
    }
}
