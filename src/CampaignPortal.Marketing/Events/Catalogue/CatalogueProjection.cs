using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Counts what sources send: events per name and hour, properties per kind. Pages read these few rows instead of the log.</summary>
/// <remarks>A broken client may invent names without end: beyond a bound they are counted together under <see cref="Others"/>.</remarks>
public sealed class CatalogueProjection : IProjection
{
    /// <summary>Names that one source may have, and properties that one event may have.</summary>
    public const int MaxNameCount = 500, MaxPropertyCount = 200;

    /// <summary>Stands for the names beyond the bound.</summary>
    public const string Others = "(others)";

    public string Name => "catalogue";

    public int Version => 1;

    public IReadOnlyList<string> Tables { get; } = ["EventTypes", "EventHours", "EventProperties"];

    public void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        var shape = new EventShape();
        var hours = new Dictionary<(string Name, string Source, long Hour), long>();
        var types = new EventTypeTallies(transaction);
        var properties = new EventPropertyTallies(transaction);
        foreach (var e in events)
        {
            var (ownName, found) = shape.Read(e.Kind, e.Properties);
            var name = types.Add(ownName, e);
            CollectionsMarshal.GetValueRefOrAddDefault(hours, (name, e.Source, e.OccurredAt / TimeSpan.TicksPerHour), out _)++;
            var known = properties.Of(name);
            AddColumns(known, e);
            foreach (var property in found) known.Add(property.Name, property.Kind, e);
        }
        types.Save();
        properties.Save();
        SaveHours(transaction, hours);
    }

    /// <summary>What the log keeps in columns of its own counts as properties too: their names begin with a dollar sign.</summary>
    private static void AddColumns(PropertiesOfEvent known, in LoggedEvent e)
    {
        if (e.CustomerId is not null) known.Add("$customer", PropertyKind.Text, e);
        if (e.ItemId is not null) known.Add("$item", PropertyKind.Text, e);
        if (e.OrderId is not null) known.Add("$order", PropertyKind.Text, e);
        if (e.Quantity is not null) known.Add("$quantity", PropertyKind.Number, e);
        if (e.Amount is not null) known.Add("$amount", PropertyKind.Number, e);
    }

    private static void SaveHours(DbTransaction transaction, Dictionary<(string Name, string Source, long Hour), long> hours)
    {
        using var save = transaction.Prepare(
            "insert into \"EventHours\" (\"Name\", \"Source\", \"Hour\", \"Count\") values (@0, @1, @2, @3) "
            + "on conflict (\"Hour\", \"Name\", \"Source\") do update set \"Count\" = \"EventHours\".\"Count\" + excluded.\"Count\"",
            4);
        foreach (var (key, count) in hours) save.Run(key.Name, key.Source, key.Hour, count);
    }
}

/// <summary>Counts of the names of one page of the log, laid over those that are stored.</summary>
internal sealed class EventTypeTallies
{
    private const int RecentCount = 20;

    private readonly DbTransaction _transaction;
    private readonly Dictionary<(string Name, string Source), Tally> _known = [];
    private readonly Dictionary<string, int> _nameCounts = new(StringComparer.Ordinal);

    public EventTypeTallies(DbTransaction transaction)
    {
        _transaction = transaction;
        using var command = transaction.Prepare("select \"Name\", \"Source\", \"Count\", \"FirstAt\", \"LastAt\", \"Recent\" from \"EventTypes\"", 0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var source = reader.GetString(1);
            _known[(reader.GetString(0), source)] = new Tally
            {
                Count = reader.GetInt64(2),
                FirstAt = reader.GetInt64(3),
                LastAt = reader.GetInt64(4),
                Recent = new Queue<long>(reader.GetString(5).Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))),
            };
            CollectionsMarshal.GetValueRefOrAddDefault(_nameCounts, source, out _)++;
        }
    }

    /// <summary>Answers the name under which it is counted.</summary>
    public string Add(string name, in LoggedEvent e)
    {
        if (!_known.TryGetValue((name, e.Source), out var tally)) (name, tally) = Begin(name, e.Source);
        if (tally.Count is 0 || e.OccurredAt < tally.FirstAt) tally.FirstAt = e.OccurredAt;
        if (tally.Count is 0 || e.OccurredAt > tally.LastAt) tally.LastAt = e.OccurredAt;
        tally.Count++;
        tally.Recent.Enqueue(e.Sequence);
        if (tally.Recent.Count > RecentCount) tally.Recent.Dequeue();
        tally.IsTouched = true;
        return name;
    }

    public void Save()
    {
        using var save = _transaction.Prepare(
            "insert into \"EventTypes\" (\"Name\", \"Source\", \"Count\", \"FirstAt\", \"LastAt\", \"Recent\") values (@0, @1, @2, @3, @4, @5) on conflict (\"Name\", \"Source\") do update set "
            + "\"Count\" = excluded.\"Count\", \"FirstAt\" = excluded.\"FirstAt\", \"LastAt\" = excluded.\"LastAt\", \"Recent\" = excluded.\"Recent\"",
            6);
        foreach (var ((name, source), t) in _known.Where(k => k.Value.IsTouched))
            save.Run(name, source, t.Count, t.FirstAt, t.LastAt, string.Join(' ', t.Recent.Select(n => n.ToString(CultureInfo.InvariantCulture))));
    }

    private (string Name, Tally Tally) Begin(string name, string source)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_nameCounts, source, out _);
        if (count >= CatalogueProjection.MaxNameCount && !KnownEvents.Contains(name))
        {
            name = CatalogueProjection.Others;
            if (_known.TryGetValue((name, source), out var others)) return (name, others);
        }
        count++;
        return (name, _known[(name, source)] = new Tally());
    }

    private sealed class Tally
    {
        public long Count, FirstAt, LastAt;
        public bool IsTouched;
        public Queue<long> Recent { get; init; } = new();
    }
}
