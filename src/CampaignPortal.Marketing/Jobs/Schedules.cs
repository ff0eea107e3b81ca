using System.Text.Json;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>A schedule that a fresh portal has.</summary>
public sealed record DefaultSchedule(string Name, string Key, object? Parameters, string Cron, MissedRuns Missed);

/// <summary>A change by an admin.</summary>
/// <param name="Zone">Empty for the shop's.</param>
public sealed record ChangeSchedule(string Name, string Cron, string? Zone, MissedRuns Missed, string By);

/// <summary>Reads and changes the rows that the scheduler follows.</summary>
public sealed class SchedulesHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, ScheduleChanges changes, RunningJobs running, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<(IReadOnlyList<JobSchedule> Schedules, bool IsPaused)> ReadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.JobSchedules.AsNoTracking().OrderBy(s => s.Name).ToListAsync(ct);
        return (rows, await db.Settings.AnyAsync(s => s.Key == PauseJobHandler.PausedSetting && s.Value == "true", ct));
    }

    /// <summary>Adds what a fresh portal, or one before an upgrade, does not have; changes nothing that is there.</summary>
    public Task AddMissingAsync(IReadOnlyList<DefaultSchedule> defaults, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            using var add = transaction.Prepare(
                "insert into \"JobSchedules\" (\"Name\", \"Key\", \"Parameters\", \"Cron\", \"Missed\", \"IsPaused\", \"ChangedAt\") values (@0, @1, @2, @3, @4, 0, @5) on conflict do nothing", 6);
            foreach (var given in defaults) add.Run(given.Name, given.Key, JsonSerializer.Serialize(given.Parameters ?? new { }, Json), given.Cron, given.Missed.ToString(), Stored.Ticks(clock.GetUtcNow()));
        },
        ct);

    /// <summary>Answers false when there is no such schedule.</summary>
    public async Task<bool> ChangeAsync(ChangeSchedule command, CancellationToken ct)
    {
        var changed = await database.WriteAsync(
            transaction =>
            {
                var count = transaction.Execute(
                    "update \"JobSchedules\" set \"Cron\" = @1, \"Zone\" = @2, \"Missed\" = @3, \"ChangedAt\" = @4, \"ChangedBy\" = @5 where \"Name\" = @0",
                    command.Name, command.Cron, string.IsNullOrEmpty(command.Zone) ? null : command.Zone, command.Missed.ToString(), Stored.Ticks(clock.GetUtcNow()), command.By);
                if (count > 0) JobAudit.Write(transaction, clock, command.By, "jobs.control schedule " + command.Cron, command.Name);
                return count > 0;
            },
            ct);
        changes.Tell();
        running.Touch();
        return changed;
    }
}

/// <summary>Starts a schedule's run at its time, or writes down that it was missed.</summary>
public sealed class StartScheduleHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, StartJobHandler start, RunningJobs running, TimeProvider clock)
{
    /// <summary>Queues the run; when one of the name is under way already, that one will do.</summary>
    /// <param name="dueAt">When it should have begun: shown beside the start of a late run.</param>
    public async Task HandleAsync(string name, DateTimeOffset dueAt, CancellationToken ct)
    {
        if (await FindAsync(name, ct) is not { } schedule) return;
        if (await IsLeftOutAsync(name, dueAt, ct))
        {
            await WriteDownAsync(schedule, dueAt, new JobProblem("left-out", "An admin left this start out."), ct);
            return;
        }
        using var parameters = JsonDocument.Parse(schedule.Parameters);
        await start.HandleAsync(new StartJob(schedule.Key, parameters.RootElement, JobStarters.Schedule) { IsForced = false, DueAt = dueAt }, ct);
    }

    /// <summary>Leaves a row that says what did not happen; where the schedule asks, with the offer to run it now.</summary>
    public async Task WriteDownMissedAsync(string name, DateTimeOffset dueAt, CancellationToken ct)
    {
        if (await FindAsync(name, ct) is not { } schedule) return;
        var isAsked = schedule.Missed is MissedRuns.Ask;
        await WriteDownAsync(schedule, dueAt, new JobProblem(isAsked ? "missed-ask" : "missed", "The portal was off or paused at its time.") { Repair = isAsked ? JobRepairs.RunNow : null }, ct);
    }

    private async Task WriteDownAsync(JobSchedule schedule, DateTimeOffset dueAt, JobProblem problem, CancellationToken ct)
    {
        var now = Stored.Ticks(clock.GetUtcNow());
        await database.WriteAsync(
            transaction =>
            {
                transaction.Execute(
                    "insert into \"JobRuns\" (\"Key\", \"SingleFlightKey\", \"Status\", \"Attempt\", \"Parameters\", \"StartedBy\", \"IsForced\", \"QueuedAt\", \"DueAt\", \"FinishedAt\", \"Share\", \"ReasonCode\", \"Reason\", \"Repair\", \"FencingToken\", \"DroppedLines\") "
                    + "values (@0, @1, 'Skipped', 1, @2, @3, 0, @4, @5, @4, 0, @6, @7, @8, 0, 0)",
                    schedule.Key, schedule.Name, schedule.Parameters, JobStarters.Schedule, now, Stored.Ticks(dueAt),
                    problem.Code, problem.Text, problem.Repair);
            },
            ct);
        running.Touch();
    }

    private async Task<bool> IsLeftOutAsync(string name, DateTimeOffset dueAt, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var key = SkipStartHandler.SettingPrefix + name;
        return SkipStartHandler.Read(await db.Settings.AsNoTracking().Where(s => s.Key == key).Select(s => s.Value).FirstOrDefaultAsync(ct)) >= dueAt;
    }

    private async Task<JobSchedule?> FindAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.JobSchedules.AsNoTracking().FirstOrDefaultAsync(s => s.Name == name, ct);
    }
}
