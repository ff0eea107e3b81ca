using CampaignPortal.Marketing.Common;
using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Something that is known of customers or items.</summary>
/// <param name="Scope">Customers' traits or items' attributes.</param>
/// <param name="Count">Customers or items that have it.</param>
/// <param name="FilledShare">The same as a share of all.</param>
/// <param name="Samples">The commonest values of non-contact attributes with few values; values that fewer than ten share stay away.</param>
public sealed record AttributeRow(CatalogueScope Scope, string Name, PropertyKind Kind, long Count, double FilledShare, long DistinctCount, IReadOnlyList<string> Samples)
{
    /// <summary>When a value was first and last stated; null for items, whose changes carry no time of their own.</summary>
    public DateTimeOffset? FirstAt { get; init; }
    public DateTimeOffset? LastAt { get; init; }
    public string? Owner { get; init; }
    public string? Description { get; init; }
}

public sealed record AttributeCatalogue(IReadOnlyList<AttributeRow> Rows, long CustomerCount, long ItemCount, DateTimeOffset AsOf);

/// <summary>What is known of customers and items. Counting goes over all of them, so it is done once for each state of the store.</summary>
public sealed class ReadAttributesHandler : IDisposable
{
    private const int SampleCount = 3, MinShared = 10, MaxSampleLength = 40;

    private readonly PortalDatabase _database;
    private readonly IDbContextFactory<PortalDbContext> _databases;
    private readonly TimeProvider _clock;
    private readonly Snapshot<Key, AttributeCatalogue> _snapshot;

    public ReadAttributesHandler(PortalDatabase database, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
    {
        (_database, _databases, _clock) = (database, databases, clock);
        _snapshot = new Snapshot<Key, AttributeCatalogue>(ReadKey, (_, ct) => Count(ct), clock);
    }

    public async Task<AttributeCatalogue> HandleAsync(CancellationToken ct)
    {
        var counted = await _snapshot.ReadAsync(ct);
        await using var db = await _databases.CreateDbContextAsync(ct);
        var entries = await db.CatalogueEntries.AsNoTracking().Where(e => e.Scope != CatalogueScope.Event).ToDictionaryAsync(e => (e.Scope, e.Name), ct);
        return counted with { Rows = [.. counted.Rows.Select(r => entries.TryGetValue((r.Scope, r.Name), out var entry) ? r with { Owner = entry.Owner, Description = entry.Description } : r)] };
    }

    public void Dispose() => _snapshot.Dispose();

    // Traits follow the log; items change beside it; an erased customer takes the traits along without an event.
    private Key ReadKey()
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            select (select coalesce(max("Sequence"), 0) from "ProjectionCheckpoints" where "Name" = 'profiles'), (select coalesce(max("Id"), 0) from "Items"),
              (select coalesce(max("UpdatedAt"), 0) from "Items"), (select coalesce(max("Id"), 0) from "AuditEntries" where "Action" = 'customers.erase')
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        return new Key(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private AttributeCatalogue Count(CancellationToken ct)
    {
        using var connection = _database.OpenReader();
        using var snapshot = _database.BeginSnapshot(connection);
        var customers = Scalar(connection, "select count(*) from \"Customers\" where \"ErasedAt\" is null");
        var items = Scalar(connection, "select count(*) from \"Items\"");
        return new AttributeCatalogue([.. Traits(connection, customers, ct), .. ItemColumns(connection, items), .. ItemAttributes(connection, items)], customers, items, _clock.GetUtcNow());
    }

    // Over the index on (Name, Value): distinct values come in order, one group after the other.
    private static List<AttributeRow> Traits(DbConnection connection, long customers, CancellationToken ct)
    {
        var times = Times(connection, ct);
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Name\", sum(\"Count\"), count(*) from (select \"Name\", \"Value\", count(*) as \"Count\" from \"CustomerTraits\" where \"Value\" <> '' group by \"Name\", \"Value\") group by \"Name\" order by 2 desc, 1";
        using var reader = command.ExecuteReader();
        var found = new List<(string Name, long Count, long Distinct)>();
        while (reader.Read()) found.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        return [.. found.Select(t => Trait(connection, t.Name, t.Count, t.Distinct, customers, times[t.Name]))];
    }

    // One walk over the table as it lies: by name it would jump from row to row, at 200,000 customers for half a minute.
    private static Dictionary<string, (long First, long Last)> Times(DbConnection connection, CancellationToken ct)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Name\", \"ChangedAt\" from \"CustomerTraits\" where +\"Value\" <> ''";
        using var reader = command.ExecuteReader();
        var times = new Dictionary<string, (long First, long Last)>(StringComparer.Ordinal);
        for (var row = 0; reader.Read(); row++)
        {
            if ((row & 0xFFFF) == 0) ct.ThrowIfCancellationRequested();
            var (name, at) = (reader.GetString(0), reader.GetInt64(1));
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(times, name, out var exists);
            known = exists ? (Math.Min(known.First, at), Math.Max(known.Last, at)) : (at, at);
        }
        return times;
    }

    private static AttributeRow Trait(DbConnection connection, string name, long count, long distinct, long customers, (long First, long Last) times)
    {
        var common = Common(connection, "select \"Value\", count(*) from \"CustomerTraits\" where \"Name\" = @0 and \"Value\" <> '' group by \"Value\" order by 2 desc, 1 limit 3", name);
        return new AttributeRow(CatalogueScope.Trait, name, KindOf(common.Select(c => c.Value)), count, Share(count, customers), distinct, Samples(name, common, ofPerson: true))
        {
            FirstAt = Stored.Time(times.First),
            LastAt = Stored.Time(times.Last),
        };
    }

    private static IEnumerable<AttributeRow> ItemColumns(DbConnection connection, long items)
    {
        (string Column, PropertyKind Kind)[] columns =
            [("Name", PropertyKind.Text), ("Description", PropertyKind.Text), ("Category", PropertyKind.Text), ("Price", PropertyKind.Number), ("ImageUrl", PropertyKind.Text), ("Url", PropertyKind.Text), ("Stock", PropertyKind.Number)];
        foreach (var (column, kind) in columns)
        {
            var count = Scalar(connection, $"select count(\"{column}\") from \"Items\"");
            var distinct = Scalar(connection, $"select count(distinct \"{column}\") from \"Items\"");
            var common = column is "Category" ? Common(connection, "select \"Category\", count(*) from \"Items\" where \"Category\" is not null and @0 = 'Category' group by 1 order by 2 desc, 1 limit 3", column) : [];
            yield return new AttributeRow(CatalogueScope.Item, "$" + char.ToLowerInvariant(column[0]) + column[1..], kind, count, Share(count, items), distinct, [.. common.Select(c => Short(c.Value))]);
        }
    }

    private static IEnumerable<AttributeRow> ItemAttributes(DbConnection connection, long items)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Attributes\" from \"Items\" where \"Attributes\" is not null";
        using var reader = command.ExecuteReader();
        var values = new SortedDictionary<string, Dictionary<string, long>>(StringComparer.Ordinal);
        while (reader.Read())
        {
            using var document = JsonDocument.Parse(reader.GetString(0));
            foreach (var attribute in document.RootElement.EnumerateObject())
            {
                if (!values.TryGetValue(attribute.Name, out var known)) values[attribute.Name] = known = new Dictionary<string, long>(StringComparer.Ordinal);
                var text = attribute.Value.ValueKind is JsonValueKind.String ? attribute.Value.GetString()! : attribute.Value.GetRawText();
                known[text] = known.GetValueOrDefault(text) + 1;
            }
        }
        return values.Select(v =>
        {
            var common = v.Value.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(SampleCount).Select(c => (c.Key, c.Value)).ToList();
            var count = v.Value.Values.Sum();
            return new AttributeRow(CatalogueScope.Item, v.Key, KindOf(common.Select(c => c.Key)), count, Share(count, items), v.Value.Count, [.. common.Select(c => Short(c.Key))]);
        });
    }

    private static IReadOnlyList<string> Samples(string name, List<(string Value, long Count)> common, bool ofPerson) =>
        SafeProperties.IsContact(name, ofPerson) ? [] : [.. common.Where(c => c.Count >= MinShared && !EmailAddress.IsLikely(c.Value)).Select(c => Short(c.Value))];

    private static List<(string Value, long Count)> Common(DbConnection connection, string sql, string parameter)
    {
        using var command = connection.Prepare(sql, 1);
        command.Set(0, parameter);
        using var reader = command.ExecuteReader();
        var common = new List<(string, long)>();
        while (reader.Read()) common.Add((reader.GetString(0), reader.GetInt64(1)));
        return common;
    }

    // Traits lie as text: what all of the commonest values can be read as is the kind.
    private static PropertyKind KindOf(IEnumerable<string> values)
    {
        var all = values.ToArray();
        if (all.Length > 0 && all.All(v => v is "true" or "false")) return PropertyKind.Flag;
        if (all.Length > 0 && all.All(v => decimal.TryParse(v, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _))) return PropertyKind.Number;
        return all.Length > 0 && all.All(v => DateOnly.TryParseExact(v.AsSpan(0, Math.Min(10, v.Length)), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _)) ? PropertyKind.Moment : PropertyKind.Text;
    }

    private static string Short(string value) => value.Length > MaxSampleLength ? value[..MaxSampleLength] + "…" : value;

    private static double Share(long count, long all) => all is 0 ? 0 : (double)count / all;

    private static long Scalar(DbConnection connection, string sql)
    {
        using var command = connection.Prepare(sql, 0);
        return command.RunScalar() ?? 0;
    }

    private readonly record struct Key(long Sequence, long LastItem, long ItemsChanged, long Erased);
}
