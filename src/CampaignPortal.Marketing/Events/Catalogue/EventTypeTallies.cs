using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Counts of the names of one page of the log, laid over those that are stored.</summary>
internal sealed class EventTypeTallies
{
    private readonly DbTransaction _transaction;
    private readonly Dictionary<(string Name, string Source), EventTypeTally> _known = [];
    private readonly Dictionary<string, int> _nameCounts = new(StringComparer.Ordinal);

    public EventTypeTallies(DbTransaction transaction)
    {
        _transaction = transaction;
        using var command = transaction.Prepare("select \"Name\", \"Source\", \"Count\", \"FirstAt\", \"LastAt\", \"Recent\" from \"EventTypes\"", 0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (name, source) = (reader.GetString(0), reader.GetString(1));
            _known[(name, source)] = new EventTypeTally(name, reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetString(5));
            CollectionsMarshal.GetValueRefOrAddDefault(_nameCounts, source, out _)++;
        }
    }

    /// <summary>The count of a name, or of the names beyond the bound.</summary>
    public EventTypeTally Of(string name, string source)
    {
        if (_known.TryGetValue((name, source), out var tally)) return tally;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_nameCounts, source, out _);
        if (count >= CatalogueProjection.MaxNameCount && !KnownEvents.Contains(name))
        {
            name = CatalogueProjection.Others;
            if (_known.TryGetValue((name, source), out var others)) return others;
        }
        count++;
        return _known[(name, source)] = new EventTypeTally(name, 0, 0, 0, "");
    }

    public void Save()
    {
        using var save = _transaction.Prepare(
            "insert into \"EventTypes\" (\"Name\", \"Source\", \"Count\", \"FirstAt\", \"LastAt\", \"Recent\") values (@0, @1, @2, @3, @4, @5) on conflict (\"Name\", \"Source\") do update set "
            + "\"Count\" = excluded.\"Count\", \"FirstAt\" = excluded.\"FirstAt\", \"LastAt\" = excluded.\"LastAt\", \"Recent\" = excluded.\"Recent\"",
            6);
        using var saveHour = _transaction.Prepare(
            "insert into \"EventHours\" (\"Name\", \"Source\", \"Hour\", \"Count\") values (@0, @1, @2, @3) "
            + "on conflict (\"Hour\", \"Name\", \"Source\") do update set \"Count\" = \"EventHours\".\"Count\" + excluded.\"Count\"",
            4);
        foreach (var ((name, source), tally) in _known.Where(k => k.Value.IsTouched))
        {
            save.Run(name, source, tally.Count, tally.FirstAt, tally.LastAt, tally.Recent);
            foreach (var (hour, count) in tally.Hours) saveHour.Run(name, source, hour, count);
        }
    }
}

/// <summary>Counts of one name of one source.</summary>
internal sealed class EventTypeTally(string name, long count, long firstAt, long lastAt, string recent)
{
    private const int RecentCount = 20;

    private readonly Queue<long> _recent = new(recent.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, CultureInfo.InvariantCulture)));
    private readonly Dictionary<long, long> _hours = [];

    public string Name => name;
    public long Count { get; private set; } = count;
    public long FirstAt { get; private set; } = firstAt;
    public long LastAt { get; private set; } = lastAt;
    public string Recent => string.Join(' ', _recent.Select(n => n.ToString(CultureInfo.InvariantCulture)));
    public bool IsTouched => _hours.Count > 0;

    /// <summary>What this page of the log adds to each hour.</summary>
    public IReadOnlyDictionary<long, long> Hours => _hours;

    public PropertiesOfEvent? Properties { get; set; }

    public void Add(in LoggedEvent e)
    {
        if (Count is 0 || e.OccurredAt < FirstAt) FirstAt = e.OccurredAt;
        if (Count is 0 || e.OccurredAt > LastAt) LastAt = e.OccurredAt;
        Count++;
        _recent.Enqueue(e.Sequence);
        if (_recent.Count > RecentCount) _recent.Dequeue();
        CollectionsMarshal.GetValueRefOrAddDefault(_hours, e.OccurredAt / TimeSpan.TicksPerHour, out _)++;
    }
}
