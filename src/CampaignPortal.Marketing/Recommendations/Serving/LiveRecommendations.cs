using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>The version that answers, joined with the catalogue of now, and the plan of each strategy.</summary>
public sealed record ServingModel(int Version, string Folder, RecommendationModel Model, IReadOnlyList<ItemRow> Catalogue, IReadOnlySet<long> SoldOut, (long Count, long Stamp) CatalogueStamp)
{
    /// <summary>Rows of the catalogue by portal id.</summary>
    public IReadOnlyDictionary<long, ItemRow> Items { get; } = Catalogue.ToDictionary(i => i.Id);
}

/// <summary>Keeps the live recommendation model in memory; reads it again when another version answers or the catalogue changed.</summary>
public sealed class LiveRecommendations(PortalDatabase database, ModelRegistry registry, TimeProvider clock) : IDisposable
{
    /// <summary>The catalogue is looked at no more often than this: a new product appears within seconds, and a request costs no count of a million rows.</summary>
    private static readonly TimeSpan CatalogueMemory = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ServingModel? _current;
    private DateTimeOffset _lookedAt;

    /// <summary>Null while no version answers.</summary>
    public async Task<ServingModel?> ReadAsync(CancellationToken ct)
    {
        if (registry.FindLive(ModelNames.Recommendations) is not { } live) return null;
        var now = clock.GetUtcNow();
        if (IsFresh(live, now)) return _current;
        await _turn.WaitAsync(ct); // one reads, the others wait for what it has read
        try
        {
            if (IsFresh(live, now)) return _current;
            _current = await Task.Run(() => Load(live), ct);
            _lookedAt = now;
            return _current;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private bool IsFresh(LiveModel live, DateTimeOffset now) =>
        _current is { } known && known.Version == live.Version && known.Folder == live.Folder && now >= _lookedAt && now - _lookedAt < CatalogueMemory;

    private ServingModel Load(LiveModel live)
    {
        using var connection = database.OpenReader();
        var stamp = Stamp(connection);
        if (_current is { } known && known.Version == live.Version && known.Folder == live.Folder && known.CatalogueStamp == stamp) return known;
        var (items, soldOut) = ReadCatalogue(connection);
        var model = _current is { } same && same.Folder == live.Folder && same.Version == live.Version ? same.Model.With(items) : RecommendationModel.Load(live.Folder, items);
        return new ServingModel(live.Version, live.Folder, model, items, soldOut, stamp);
    }

    private static (long, long) Stamp(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*), coalesce(max(\"UpdatedAt\"), 0) from \"Items\"";
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : default;
    }

    private static (ItemRow[] Items, HashSet<long> SoldOut) ReadCatalogue(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Id\", \"ExternalId\", \"Name\", \"Category\", \"Price\", \"Description\", \"IsOffered\", \"Stock\" from \"Items\" order by \"Id\"";
        using var reader = command.ExecuteReader();
        var items = new List<ItemRow>();
        var soldOut = new HashSet<long>();
        while (reader.Read())
        {
            items.Add(new ItemRow(reader.GetInt64(0), reader.GetString(1), reader.TextOrNull(2), reader.TextOrNull(3), reader.NumberOrNull(4) / 10_000.0, reader.TextOrNull(5), reader.GetBoolean(6)));
            if (reader.NumberOrNull(7) is <= 0) soldOut.Add(items[^1].Id);
        }
        return ([.. items], soldOut);
    }
}
