using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Predictions;

/// <param name="CustomerCount">Customers with a score or a list.</param>
/// <param name="AsOf">The newest moment that scores are of.</param>
public sealed record ScoredCount(long CustomerCount, DateTimeOffset AsOf);

/// <summary>How many customers each model has scored. Counted once after each scoring, and every hour for those erased since: it reads every score there is.</summary>
public sealed class ScoredCounts : IDisposable
{
    private readonly PortalDatabase _database;
    private readonly Snapshot<(long Scoring, long Hour), IReadOnlyDictionary<string, ScoredCount>> _snapshot;

    public ScoredCounts(PortalDatabase database, ScoreWriter scores, TimeProvider clock)
    {
        _database = database;
        _snapshot = new(() => (scores.ChangeCount, clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerHour), (_, _) => Read(), clock);
    }

    /// <summary>By name of the model; a model that scored nobody is absent.</summary>
    public Task<IReadOnlyDictionary<string, ScoredCount>> ReadAsync(CancellationToken ct) => _snapshot.ReadAsync(ct);

    public void Dispose() => _snapshot.Dispose();

    // Recommendations are lists instead of scores.
    private Dictionary<string, ScoredCount> Read()
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select "Model", count(*), max("AsOf") from "CustomerScores" group by "Model"
            union all select '{ModelNames.Recommendations}', count(distinct "CustomerId"), max("AsOf") from "RecommendationLists" having count(*) > 0
            """;
        var counts = new Dictionary<string, ScoredCount>(StringComparer.Ordinal);
        using var reader = command.ExecuteReader();
        while (reader.Read()) counts[reader.GetString(0)] = new ScoredCount(reader.GetInt64(1), Stored.Time(reader.GetInt64(2)));
        return counts;
    }
}
