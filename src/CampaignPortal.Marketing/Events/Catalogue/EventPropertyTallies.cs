using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Counts of the properties of one page of the log, laid over those that are stored; a name's rows are read when its first event comes.</summary>
internal sealed class EventPropertyTallies(DbTransaction transaction)
{
    private static readonly string[] Counts = ["TextCount", "NumberCount", "FlagCount", "MomentCount", "ListCount", "ObjectCount"]; // in the order of PropertyKind

    private static readonly string[] Replaced = ["FirstAt", "LastAt", "LastSequence", "ChangedKind", "ChangedSequence", "ChangedAt"];

    private readonly Dictionary<string, PropertiesOfEvent> _byEvent = new(StringComparer.Ordinal);

    public PropertiesOfEvent Of(string eventName)
    {
        if (_byEvent.TryGetValue(eventName, out var known)) return known;
        return _byEvent[eventName] = Load(eventName);
    }

    public void Save()
    {
        var columns = string.Join(", ", Counts.Select(c => $"\"{c}\""));
        using var save = transaction.Prepare(
            $"insert into \"EventProperties\" (\"EventName\", \"Name\", \"Kind\", \"FirstAt\", \"LastAt\", \"LastSequence\", \"ChangedKind\", \"ChangedSequence\", \"ChangedAt\", {columns}) "
            + "values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14) on conflict (\"EventName\", \"Name\") do update set "
            + string.Join(", ", Replaced.Concat(Counts).Select(c => $"\"{c}\" = excluded.\"{c}\"")),
            15);
        foreach (var (eventName, properties) in _byEvent)
        {
            foreach (var (name, t) in properties.Touched)
            {
                save.Run(
                    eventName, name, (long)t.Kind, t.FirstAt, t.LastAt, t.LastSequence, (long?)t.ChangedKind, t.ChangedSequence, t.ChangedAt,
                    t.Counts[0], t.Counts[1], t.Counts[2], t.Counts[3], t.Counts[4], t.Counts[5]);
            }
        }
    }

    private PropertiesOfEvent Load(string eventName)
    {
        var columns = string.Join(", ", Counts.Select(c => $"\"{c}\""));
        using var command = transaction.Prepare(
            $"select \"Name\", \"Kind\", \"FirstAt\", \"LastAt\", \"LastSequence\", \"ChangedKind\", \"ChangedSequence\", \"ChangedAt\", {columns} from \"EventProperties\" where \"EventName\" = @0", 1);
        command.Set(0, eventName);
        using var reader = command.ExecuteReader();
        var known = new PropertiesOfEvent();
        while (reader.Read())
        {
            var tally = new PropertyTally
            {
                Kind = (PropertyKind)reader.GetInt64(1),
                FirstAt = reader.GetInt64(2),
                LastAt = reader.GetInt64(3),
                LastSequence = reader.GetInt64(4),
                ChangedKind = (PropertyKind?)reader.NumberOrNull(5),
                ChangedSequence = reader.NumberOrNull(6),
                ChangedAt = reader.NumberOrNull(7),
            };
            for (var i = 0; i < Counts.Length; i++) tally.Counts[i] = reader.GetInt64(8 + i);
            known.Put(reader.GetString(0), tally);
        }
        return known;
    }
}

/// <summary>Properties of the events of one name.</summary>
internal sealed class PropertiesOfEvent
{
    private static readonly (string Name, PropertyKind Kind)[] Columns =
        [("$customer", PropertyKind.Text), ("$item", PropertyKind.Text), ("$order", PropertyKind.Text), ("$quantity", PropertyKind.Number), ("$amount", PropertyKind.Number)];

    private readonly Dictionary<string, PropertyTally> _byName = new(StringComparer.Ordinal);
    private readonly PropertyTally?[] _columns = new PropertyTally?[Columns.Length];

    public IEnumerable<KeyValuePair<string, PropertyTally>> Touched => _byName.Where(p => p.Value.IsTouched);

    public void Put(string name, PropertyTally tally) => _byName[name] = tally;

    public void Add(string name, PropertyKind kind, in LoggedEvent e) => TallyOf(name, kind, e).Add(kind, e);

    /// <summary>Counts a column of the log by its place, because every event has some.</summary>
    public void AddColumn(int column, in LoggedEvent e) => (_columns[column] ??= TallyOf(Columns[column].Name, Columns[column].Kind, e)).Add(Columns[column].Kind, e);

    private PropertyTally TallyOf(string name, PropertyKind kind, in LoggedEvent e)
    {
        if (_byName.TryGetValue(name, out var tally)) return tally;
        if (_byName.Count >= CatalogueProjection.MaxPropertyCount) name = CatalogueProjection.Others;
        if (!_byName.TryGetValue(name, out tally)) _byName[name] = tally = new PropertyTally { Kind = kind, FirstAt = e.OccurredAt, LastAt = e.OccurredAt };
        return tally;
    }
}

/// <summary>Counts of one property.</summary>
internal sealed class PropertyTally
{
    public PropertyKind Kind { get; init; }
    public long[] Counts { get; } = new long[Enum.GetValues<PropertyKind>().Length];
    public long FirstAt { get; set; }
    public long LastAt { get; set; }
    public long LastSequence { get; set; }
    public PropertyKind? ChangedKind { get; set; }
    public long? ChangedSequence { get; set; }
    public long? ChangedAt { get; set; }
    public bool IsTouched { get; private set; }

    public void Add(PropertyKind kind, in LoggedEvent e)
    {
        if (Counts[(int)kind]++ is 0 && kind != Kind) (ChangedKind, ChangedSequence, ChangedAt) = (kind, e.Sequence, e.OccurredAt);
        if (e.OccurredAt < FirstAt) FirstAt = e.OccurredAt;
        if (e.OccurredAt > LastAt) LastAt = e.OccurredAt;
        LastSequence = e.Sequence;
        IsTouched = true;
    }
}
