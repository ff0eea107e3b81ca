using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Sends a draft now, or gives it its time.</summary>
/// <param name="Version">What the person looked at: a newer one is not launched unseen.</param>
/// <param name="By">A user's number.</param>
public sealed record LaunchCampaign(long Id, long Version, string By);

/// <param name="StartsAt">When it begins.</param>
/// <param name="WasLaunched">Somebody, or a second click, was quicker; nothing happened twice.</param>
public sealed record LaunchedCampaign(CampaignState State, DateTimeOffset StartsAt, bool WasLaunched);

/// <summary>Checks once more, freezes the content and starts: in one transaction, so that two clicks make one run.</summary>
public sealed class LaunchCampaignHandler(PortalDatabase database, CampaignStore campaigns, PreFlightHandler preFlight, CampaignStarter starter, ShopSettingsStore shop, TimeProvider clock)
{
    /// <summary>A problem's field is one of <see cref="CampaignProblems"/>, or the code of a check.</summary>
    public async Task<Result<LaunchedCampaign>> HandleAsync(LaunchCampaign command, CancellationToken ct)
    {
        if (await campaigns.ReadAsync(command.Id, ct) is not { } stored) return Problem.At(CampaignProblems.Gone, "There is no such campaign any more.");
        var now = clock.GetUtcNow();
        if (stored.IsLaunched) return new LaunchedCampaign(stored.State, now, WasLaunched: true);
        if (stored.Version != command.Version) return Problem.At(CampaignProblems.Changed, "Somebody changed the campaign since you looked at it.");
        var report = await preFlight.HandleAsync(command.Id, stored.Draft, ct);
        if (report.Checks.FirstOrDefault(c => c.Level is CheckLevel.Error) is { } blocking) return Problem.At(blocking.Code, string.Create(CultureInfo.InvariantCulture, $"The campaign cannot be launched: {blocking.Code}."));

        var schedule = stored.Draft.Settings.Schedule;
        var isNow = schedule.Kind is ScheduleKind.Now;
        var startsAt = isNow ? now : ScheduleDates.Next(schedule, shop.Read().Zone, now, 1)[0]; // the check has seen one
        var launched = await database.WriteAsync(transaction => Launch(transaction, command, isNow, startsAt, now), ct);
        if (launched.RunId is { } run) await starter.StartAsync(run, command.By, ct);
        return new LaunchedCampaign(isNow ? CampaignState.Sending : CampaignState.Scheduled, startsAt, launched.WasQuicker);
    }

    private static (long? RunId, bool WasQuicker) Launch(DbTransaction transaction, LaunchCampaign command, bool isNow, DateTimeOffset startsAt, DateTimeOffset now)
    {
        if (!CampaignTransitions.Move(transaction, command.Id, CampaignState.Draft, isNow ? CampaignState.Sending : CampaignState.Scheduled, command.By, null, now)) return (null, true);
        transaction.Execute(
            "update \"Campaigns\" set \"LaunchedAt\" = @1, \"NextRunAt\" = @2 where \"Id\" = @0", command.Id, Stored.Ticks(now), isNow ? null : Stored.Ticks(startsAt));
        transaction.Write(new AuditEntry { At = now, Actor = command.By, Action = "campaigns.send launch", Target = string.Create(CultureInfo.InvariantCulture, $"campaign {command.Id}") });
        return (isNow ? CampaignStarter.AddRun(transaction, command.Id, occurrence: 0, now, RunPhase.Planning) : null, false);
    }
}

/// <summary>Adds runs and asks for the job that plans them.</summary>
public sealed class CampaignStarter(StartJobHandler jobs)
{
    /// <summary>Adds a run, or answers null when this occurrence has one already.</summary>
    internal static long? AddRun(DbTransaction transaction, long campaignId, long occurrence, DateTimeOffset dueAt, RunPhase phase)
    {
        using var insert = transaction.Prepare(
            "insert into \"CampaignRuns\" (\"CampaignId\", \"Occurrence\", \"DueAt\", \"Phase\", \"Funnel\", \"PlannedThrough\", \"PlannedSequence\", \"RolledThrough\") values (@0, @1, @2, @3, @4, 0, 0, 0) "
            + "on conflict (\"CampaignId\", \"Occurrence\") do nothing returning \"Id\"",
            5);
        return insert.RunScalar(campaignId, occurrence, Stored.Ticks(dueAt), phase.ToString(), new ReachFunnel().ToJson());
    }

    /// <summary>Asks for the job; one that is under way already will do.</summary>
    public async Task StartAsync(long runId, string by, CancellationToken ct)
    {
        var started = await jobs.HandleAsync(new StartJob(SendCampaignJob.JobKey, new SendCampaignParameters(runId), by), ct);
        if (started.Problem is { } problem) throw new InvalidOperationException(problem.Message);
    }
}
