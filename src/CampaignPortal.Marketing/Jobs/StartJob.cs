using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Asks for a run.</summary>
/// <param name="Key">Which handler.</param>
/// <param name="Parameters">What it shall work on, serialised as one JSON object; null is none. No contact data.</param>
/// <param name="StartedBy">A user's number, or one of <see cref="JobStarters"/>.</param>
public sealed record StartJob(string Key, object? Parameters, string StartedBy)
{
    /// <summary>Runs even when nothing has changed since the last time. True unless a schedule asks.</summary>
    public bool IsForced { get; init; } = true;

    /// <summary>When it should have begun; null is now.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>The run that will do it.</summary>
/// <param name="WasUnderWay">It was asked for already; nothing new was queued.</param>
public sealed record StartedJob(long RunId, bool WasUnderWay);

/// <summary>Queues a run, or names the one that is under way: of one single-flight key there is never more than one.</summary>
public sealed class StartJobHandler(PortalDatabase database, JobHandlers handlers, JobSignal signal, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<Result<StartedJob>> HandleAsync(StartJob command, CancellationToken ct)
    {
        if (handlers.Find(command.Key) is not { } handler) return Problem.At(nameof(command.Key), $"There is no job '{command.Key}'; there are {string.Join(", ", handlers.Keys)}.");
        var parameters = command.Parameters switch
        {
            null => JsonSerializer.SerializeToElement(new { }),
            JsonElement element => element,
            var given => JsonSerializer.SerializeToElement(given, Json),
        };
        var singleFlightKey = handler.SingleFlightKeyOf(parameters);
        var started = await database.WriteAsync(transaction => Queue(transaction, command, singleFlightKey, parameters.GetRawText()), ct);
        signal.Ring();
        return started;
    }

    private StartedJob Queue(DbTransaction transaction, StartJob command, string singleFlightKey, string parameters)
    {
        var now = Stored.Ticks(clock.GetUtcNow());
        using var active = transaction.Prepare("select \"Id\" from \"JobRuns\" where \"SingleFlightKey\" = @0 and \"Status\" in ('Queued', 'Running')", 1);
        if (active.RunScalar(singleFlightKey) is { } underWay)
        {
            // An attempt that waits for its pause to end: a person who asks does not want to wait.
            if (command.IsForced) transaction.Execute("update \"JobRuns\" set \"DueAt\" = @1, \"IsForced\" = @2 where \"Id\" = @0 and \"Status\" = 'Queued' and \"DueAt\" > @1", underWay, now, true);
            return new StartedJob(underWay, WasUnderWay: true);
        }
        transaction.Execute(
            "insert into \"JobRuns\" (\"Key\", \"SingleFlightKey\", \"Status\", \"Attempt\", \"Parameters\", \"StartedBy\", \"IsForced\", \"QueuedAt\", \"DueAt\", \"Share\", \"FencingToken\", \"DroppedLines\") "
            + "values (@0, @1, 'Queued', 1, @2, @3, @4, @5, @6, 0, 0, 0)",
            command.Key, singleFlightKey, parameters, command.StartedBy, command.IsForced, now, command.DueAt is { } due ? Stored.Ticks(due) : now);
        var runId = active.RunScalar(singleFlightKey) ?? 0; // just inserted
        if (command.StartedBy is not JobStarters.Schedule) JobAudit.Write(transaction, clock, command.StartedBy, "jobs.control start", singleFlightKey, runId);
        return new StartedJob(runId, WasUnderWay: false);
    }
}
