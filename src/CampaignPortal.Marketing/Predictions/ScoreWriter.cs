using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Writes scores and lists set by set, in turns short enough that the log is not held up.</summary>
public sealed class ScoreWriter(PortalDatabase database, ScoreChanges changes)
{
    private const int ChunkSize = 4_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Counts up when scores were written or removed: whoever keeps a copy of them looks here whether it is still good.</summary>
    public long ChangeCount => changes.Count;

    /// <summary>Upserts the scores of a model; what another version said before is replaced.</summary>
    public async Task SaveAsync(string model, int version, DateTimeOffset asOf, IReadOnlyList<ScoreRow> scores, CancellationToken ct)
    {
        for (var from = 0; from < scores.Count; from += ChunkSize)
        {
            var (first, last) = (from, Math.Min(from + ChunkSize, scores.Count));
            await database.WriteAsync(transaction => SaveChunk(transaction, model, version, asOf, scores, first, last), ct);
        }
        changes.Add();
    }

    /// <summary>Upserts the lists of a model.</summary>
    public async Task SaveAsync(int version, DateTimeOffset asOf, IReadOnlyList<PreparedList> lists, CancellationToken ct)
    {
        for (var from = 0; from < lists.Count; from += ChunkSize)
        {
            var (first, last) = (from, Math.Min(from + ChunkSize, lists.Count));
            await database.WriteAsync(
                transaction =>
                {
                    using var save = transaction.Prepare(
                        "insert into \"RecommendationLists\" (\"CustomerId\", \"List\", \"Version\", \"Items\", \"ItemCount\", \"AsOf\") values (@0, @1, @2, @3, @4, @5) "
                        + "on conflict (\"CustomerId\", \"List\") do update set \"Version\" = excluded.\"Version\", \"Items\" = excluded.\"Items\", \"ItemCount\" = excluded.\"ItemCount\", \"AsOf\" = excluded.\"AsOf\"",
                        6);
                    for (var i = first; i < last; i++) save.Run(lists[i].CustomerId, lists[i].List, version, lists[i].Items, lists[i].ItemCount, Stored.Ticks(asOf));
                },
                ct);
        }
        changes.Add();
    }

    /// <summary>Removes scores of a model that an older version wrote: customers whom the new one does not score have no score.</summary>
    public async Task RemoveOlderAsync(string model, int version, CancellationToken ct)
    {
        await database.WriteAsync(
            (DbTransaction transaction) => transaction.Execute("delete from \"CustomerScores\" where (\"Model\" = @0 or \"Model\" like @1) and \"Version\" <> @2", model, model + ".%", version), ct);
        changes.Add();
    }

    /// <summary>Keeps the drift of the newest scoring whole, and of earlier ones what the lines of the page draw.</summary>
    public Task SaveDriftAsync(string model, int version, DateTimeOffset asOf, IReadOnlyList<InputDrift> inputs, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            var themes = inputs.GroupBy(d => d.Theme, StringComparer.Ordinal).ToDictionary(g => g.Key, g => Math.Round(g.Average(d => d.Psi), 4), StringComparer.Ordinal);
            transaction.Execute("update \"ModelDrifts\" set \"Inputs\" = null where \"Model\" = @0", model);
            transaction.Execute(
                "insert into \"ModelDrifts\" (\"Model\", \"AsOf\", \"Version\", \"Mean\", \"Themes\", \"Inputs\") values (@0, @1, @2, @3, @4, @5) "
                + "on conflict (\"Model\", \"AsOf\") do update set \"Version\" = excluded.\"Version\", \"Mean\" = excluded.\"Mean\", \"Themes\" = excluded.\"Themes\", \"Inputs\" = excluded.\"Inputs\"",
                model, Stored.Ticks(asOf), version, inputs.Average(d => d.Psi), JsonSerializer.Serialize(themes, ModelDrift.Json), JsonSerializer.Serialize(inputs, ModelDrift.Json));
        },
        ct);

    private static void SaveChunk(DbTransaction transaction, string model, int version, DateTimeOffset asOf, IReadOnlyList<ScoreRow> scores, int first, int last)
    {
        using var save = transaction.Prepare(
            "insert into \"CustomerScores\" (\"CustomerId\", \"Model\", \"Version\", \"Value\", \"Lower\", \"Upper\", \"Percentile\", \"Reasons\", \"AsOf\") values (@0, @1, @2, @3, @4, @5, @6, @7, @8) "
            + "on conflict (\"CustomerId\", \"Model\") do update set \"Version\" = excluded.\"Version\", \"Value\" = excluded.\"Value\", \"Lower\" = excluded.\"Lower\", \"Upper\" = excluded.\"Upper\", "
            + "\"Percentile\" = excluded.\"Percentile\", \"Reasons\" = excluded.\"Reasons\", \"AsOf\" = excluded.\"AsOf\"",
            9);
        using var remember = ScoreHistory.Prepare(transaction);
        for (var i = first; i < last; i++)
        {
            var score = scores[i];
            var name = score.Part is null ? model : model + "." + score.Part;
            if (score.Part is null) ScoreHistory.Add(remember, score.CustomerId, name, asOf, version, score.Value);
            save.Run(
                score.CustomerId, name, version, score.Value, score.Lower, score.Upper, score.Percentile,
                score.Reasons.Count is 0 ? null : JsonSerializer.Serialize(score.Reasons, Json), Stored.Ticks(asOf));
        }
    }
}
