using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>What a person can do with a launched campaign.</summary>
public enum CampaignAction
{
    /// <summary>Nothing more leaves until somebody resumes it.</summary>
    Pause,
    /// <summary>Goes on with exactly those who have not got it.</summary>
    Resume,
    /// <summary>Ends it for good; what has left has left.</summary>
    Stop,
    /// <summary>Takes a scheduled campaign back to the composer.</summary>
    Unschedule,
    /// <summary>Sends a missed one after all.</summary>
    SendNow,
    /// <summary>Tries a failed run again.</summary>
    Retry,
}

/// <param name="By">A user's number.</param>
public sealed record ControlCampaign(long Id, CampaignAction Action, string By)
{
    public string? Reason { get; init; }
}

/// <summary>Pauses, resumes, stops. In force at the next mark of a message, which asks for the state in its own transaction.</summary>
public sealed class ControlCampaignHandler(PortalDatabase database, DeliveryQueue outbox, CampaignStarter starter, TimeProvider clock)
{
    /// <summary>Answers the state afterwards, or why it cannot be done.</summary>
    public async Task<Result<CampaignState>> HandleAsync(ControlCampaign command, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (state, run, problem) = await database.WriteAsync(transaction => Act(transaction, command, now), ct);
        if (problem is not null) return problem;
        outbox.Wake();
        if (run is { } id) await starter.StartAsync(id, command.By, ct);
        return state;
    }

    private (CampaignState State, long? StartRun, Problem? Problem) Act(DbTransaction transaction, ControlCampaign command, DateTimeOffset now)
    {
        if (CampaignTransitions.StateOf(transaction, command.Id) is not { } from) return (default, null, Problem.Of("There is no such campaign any more."));
        var hasOpenRun = OpenRun(transaction, command.Id) is not null;
        CampaignState? target = (command.Action, from) switch
        {
            (CampaignAction.Pause, CampaignState.Sending or CampaignState.Scheduled) => CampaignState.Paused,
            (CampaignAction.Resume, CampaignState.Paused) => hasOpenRun ? CampaignState.Sending : CampaignState.Scheduled,
            (CampaignAction.Stop, _) when CampaignStates.Allows(from, CampaignState.Cancelled) => CampaignState.Cancelled,
            (CampaignAction.Unschedule, CampaignState.Scheduled or CampaignState.Missed) when !HasSent(transaction, command.Id) => CampaignState.Draft,
            (CampaignAction.SendNow, CampaignState.Missed) => CampaignState.Sending,
            (CampaignAction.Retry, CampaignState.Failed) => CampaignState.Sending,
            _ => null,
        };
        if (target is not { } to) return (from, null, Problem.Of($"A campaign that is {from} cannot do this."));
        CampaignTransitions.Move(transaction, command.Id, from, to, command.By, command.Reason, now);
        transaction.Write(new AuditEntry { At = now, Actor = command.By, Action = "campaigns.pause " + command.Action.ToString().ToLowerInvariant(), Target = string.Create(CultureInfo.InvariantCulture, $"campaign {command.Id}"), Detail = command.Reason });
        return (to, Follow(transaction, command, from, to, now), null);
    }

    private long? Follow(DbTransaction transaction, ControlCampaign command, CampaignState from, CampaignState to, DateTimeOffset now)
    {
        switch (to)
        {
            case CampaignState.Cancelled:
                outbox.Cancel(transaction, command.Id);
                transaction.Execute(
                    "update \"CampaignRuns\" set \"Phase\" = 'Cancelled', \"EndedAt\" = @1 where \"CampaignId\" = @0 and \"Phase\" in ('Planning', 'Sending', 'Testing', 'Rolling')", command.Id, Stored.Ticks(now));
                transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = null where \"Id\" = @0", command.Id);
                return null;
            case CampaignState.Draft:
                transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = null, \"LaunchedAt\" = null where \"Id\" = @0", command.Id);
                return null;
            case CampaignState.Sending when from is CampaignState.Missed or CampaignState.Failed:
                transaction.Execute(
                    "update \"CampaignRuns\" set \"Phase\" = 'Planning', \"DueAt\" = @1, \"EndedAt\" = null, \"Failure\" = null where \"CampaignId\" = @0 and \"Id\" = (select max(\"Id\") from \"CampaignRuns\" where \"CampaignId\" = @0) and \"Phase\" in ('Missed', 'Failed')",
                    command.Id, Stored.Ticks(now));
                return OpenRun(transaction, command.Id);
            default:
                return to is CampaignState.Sending ? OpenRun(transaction, command.Id, onlyUnplanned: true) : null;
        }
    }

    private static long? OpenRun(DbTransaction transaction, long campaignId, bool onlyUnplanned = false)
    {
        using var find = transaction.Prepare(
            "select max(\"Id\") from \"CampaignRuns\" where \"CampaignId\" = @0 and " + (onlyUnplanned ? "\"Phase\" in ('Planning', 'Rolling')" : "\"Phase\" in ('Planning', 'Sending', 'Testing', 'Rolling')"), 1);
        return find.RunScalar(campaignId);
    }

    private static bool HasSent(DbTransaction transaction, long campaignId)
    {
        using var find = transaction.Prepare("select count(*) from \"CampaignRuns\" where \"CampaignId\" = @0 and \"PlannedAt\" is not null", 1);
        return find.RunScalar(campaignId) > 0;
    }
}
