using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>How far a campaign is.</summary>
/// <param name="ByState">Messages in each state.</param>
/// <param name="ByReason">Messages that did not leave, by <see cref="MessageReasons"/>.</param>
/// <param name="NextAt">When the next waiting message is due; null when none waits.</param>
/// <param name="LastMinute">Messages that the other side took within the last minute.</param>
public sealed record CampaignProgress(IReadOnlyDictionary<MessageState, int> ByState, IReadOnlyDictionary<string, int> ByReason, DateTimeOffset? NextAt, int LastMinute)
{
    public int Total => ByState.Values.Sum();

    public int Waiting => Of(MessageState.Planned) + Of(MessageState.Deferred) + Of(MessageState.Claimed) + Of(MessageState.Sending);

    public int Of(MessageState state) => ByState.GetValueOrDefault(state);

    /// <summary>Time until the waiting ones have left, at the speed of the last minute; null while that cannot be said.</summary>
    public TimeSpan? TimeLeft => LastMinute > 0 && Waiting > 0 ? TimeSpan.FromMinutes((double)Waiting / LastMinute) : null;
}

/// <summary>Counts for pages that follow a campaign.</summary>
public sealed class DeliveryProgress(PortalDatabase database, TimeProvider clock)
{
    /// <param name="campaignId">The campaign.</param>
    /// <param name="runId">One run of it; null for all.</param>
    public CampaignProgress Read(long campaignId, long? runId = null)
    {
        using var reader = database.OpenReader();
        using var snapshot = database.BeginSnapshot(reader);
        var byState = new Dictionary<MessageState, int>();
        var byReason = new Dictionary<string, int>(StringComparer.Ordinal);
        using (var counts = Of(snapshot, "\"State\", \"Reason\", count(*)", " group by \"State\", \"Reason\"", campaignId, runId))
        using (var rows = counts.ExecuteReader())
        {
            while (rows.Read())
            {
                var (state, count) = ((MessageState)rows.GetInt32(0), rows.GetInt32(2));
                byState[state] = byState.GetValueOrDefault(state) + count;
                if (rows.TextOrNull(1) is { } reason && state is not MessageState.Accepted) byReason[reason] = byReason.GetValueOrDefault(reason) + count;
            }
        }
        using var next = Of(snapshot, "min(\"DueAt\")", " and \"State\" in (0, 1)", campaignId, runId);
        using var recent = Of(snapshot, "count(*)", FormattableString.Invariant($" and \"State\" = {(int)MessageState.Accepted} and \"EndedAt\" > {Stored.Ticks(clock.GetUtcNow().AddMinutes(-1))}"), campaignId, runId);
        return new CampaignProgress(byState, byReason, next.ExecuteScalar() is long at ? Stored.Time(at) : null, (int)(long)(recent.ExecuteScalar() ?? 0L));
    }

    private static DbCommand Of(DbTransaction snapshot, string columns, string rest, long campaignId, long? runId)
    {
        var command = snapshot.Prepare($"select {columns} from \"Messages\" where \"CampaignId\" = @0 and (@1 is null or \"RunId\" = @1){rest}", 2);
        command.Set(0, campaignId);
        command.Set(1, runId);
        return command;
    }
}
