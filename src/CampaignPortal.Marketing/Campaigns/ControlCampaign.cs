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
    /// <summary>Takes a scheduled or missed campaign, of which nothing was sent, back to the composer.</summary>
    Unschedule,
    /// <summary>Sends a missed one after all.</summary>
    SendNow,
    /// <summary>Leaves a missed date of a recurring campaign out.</summary>
    Skip,
    /// <summary>Tries a failed run again.</summary>
    Retry,
}

/// <param name="By">A user's number.</param>
public sealed record ControlCampaign(long Id, CampaignAction Action, string By)
{
    public string? Reason { get; init; }
}

/// <summary>Pauses, resumes, stops. In force at the next mark of a message, which asks for the state in its own transaction.</summary>
public sealed class ControlCampaignHandler(PortalDatabase database, DeliveryQueue outbox, CampaignStarter starter, CampaignEndings endings, TimeProvider clock)
{
    /// <summary>Answers the state afterwards, or why it cannot be done.</summary>
    public async Task<Result<CampaignState>> HandleAsync(ControlCampaign command, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var next = command.Action is CampaignAction.Skip ? await endings.NextRunAsync(command.Id, ct) : null;
        var (state, run, problem) = await database.WriteAsync(transaction => Act(transaction, command, next, now), ct);
        if (problem is not null) return problem;
        outbox.Wake();
        if (run is { } id) await starter.StartAsync(id, command.By, ct);
        return state;
    }

    private (CampaignState State, long? StartRun, Problem? Problem) Act(DbTransaction transaction, ControlCampaign command, DateTimeOffset? next, DateTimeOffset now)
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
            (CampaignAction.Skip, CampaignState.Missed) when next is not null => CampaignState.Scheduled,
            (CampaignAction.Retry, CampaignState.Failed) => CampaignState.Sending,
            _ => null,
        };
        if (target is not { } to) return (from, null, Problem.Of($"A campaign that is {from} cannot do this."));
        if (command.Action is CampaignAction.Resume) GiveBackTime(transaction, command.Id, now);
        if (next is { } date) transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = @1 where \"Id\" = @0", command.Id, Stored.Ticks(date));
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
                transaction.Execute("delete from \"CampaignRuns\" where \"CampaignId\" = @0 and \"Phase\" = 'Missed'", command.Id); // the next launch begins this occurrence anew
                transaction.Execute("update \"Campaigns\" set \"NextRunAt\" = null, \"LaunchedAt\" = null where \"Id\" = @0", command.Id);
                return null;
            case CampaignState.Sending when from is CampaignState.Missed or CampaignState.Failed:
                // The moment of a run by the customers' own clocks says at which time of their day, also when that has passed.
                transaction.Execute(
                    "update \"CampaignRuns\" set \"Phase\" = 'Planning', \"DueAt\" = coalesce(@1, \"DueAt\"), \"EndedAt\" = null, \"Failure\" = null where \"CampaignId\" = @0 and \"Id\" = (select max(\"Id\") from \"CampaignRuns\" where \"CampaignId\" = @0) and \"Phase\" in ('Missed', 'Failed')",
                    command.Id, FollowsCustomers(transaction, command.Id) ? null : Stored.Ticks(now));
                return OpenRun(transaction, command.Id);
            default:
                return to is CampaignState.Sending ? OpenRun(transaction, command.Id, onlyUnplanned: true) : null;
        }
    }

    /// <summary>What waited may wait as much longer as the pause took: a pause over the weekend must not let everybody's message expire.</summary>
    private static void GiveBackTime(DbTransaction transaction, long campaignId, DateTimeOffset now)
    {
        using var paused = transaction.Prepare("select max(\"At\") from \"CampaignTransitions\" where \"CampaignId\" = @0 and \"To\" = 'Paused'", 1);
        if (paused.RunScalar(campaignId) is not { } since) return;
        transaction.Execute(
            "update \"Messages\" set \"SendBefore\" = \"SendBefore\" + @1 where \"CampaignId\" = @0 and \"State\" in (@2, @3)", campaignId, Stored.Ticks(now) - since, (int)MessageState.Planned, (int)MessageState.Deferred);
    }

    private static bool FollowsCustomers(DbTransaction transaction, long campaignId)
    {
        using var find = transaction.Prepare("select \"Settings\" from \"Campaigns\" where \"Id\" = @0", 1);
        find.Set(0, campaignId);
        return find.ExecuteScalar() is string settings && CampaignSettings.FromJson(settings).Schedule.FollowsCustomers;
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
