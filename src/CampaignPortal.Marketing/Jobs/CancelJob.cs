using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Asks a run to stop.</summary>
public sealed record CancelJob(long RunId, string By);

/// <summary>Takes a waiting run out of the queue, or tells a running one to stop: between two mini-batches, without leaving files behind. What does not listen for 30 s is ended by force.</summary>
public sealed class CancelJobHandler(PortalDatabase database, RunningJobs running, JobSignal signal, TimeProvider clock)
{
    /// <summary>Answers false when it had ended already.</summary>
    public async Task<bool> HandleAsync(CancelJob command, CancellationToken ct)
    {
        var now = Stored.Ticks(clock.GetUtcNow());
        var changed = await database.WriteAsync(
            transaction =>
            {
                var count = transaction.Execute("update \"JobRuns\" set \"Status\" = 'Cancelled', \"CancelRequestedAt\" = @1, \"FinishedAt\" = @1 where \"Id\" = @0 and \"Status\" = 'Queued'", command.RunId, now)
                    + transaction.Execute("update \"JobRuns\" set \"CancelRequestedAt\" = @1 where \"Id\" = @0 and \"Status\" = 'Running'", command.RunId, now);
                if (count > 0) JobAudit.Write(transaction, clock, command.By, "jobs.control stop", "run", command.RunId);
                return count;
            },
            ct);
        if (running.Find(command.RunId) is { } live) await live.StopAsync();
        signal.Ring();
        return changed > 0;
    }
}
