using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Testing;

/// <summary>Builds an <see cref="EventTable"/> from events in any order, the way the log's reader does: by customer, time, sequence.</summary>
public sealed class EventTableBuilder(TimeZoneInfo? zone = null)
{
    private readonly TimeZoneInfo _zone = zone ?? TimeZoneInfo.Utc;
    private readonly List<Row> _rows = [];
    private readonly List<(int Customer, long At, string Name, string Value)> _traits = [];
    private readonly Dictionary<string, int> _customers = new(StringComparer.Ordinal), _items = new(StringComparer.Ordinal), _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Customer, string Trait), string> _traitNow = [];
    private readonly List<(string Code, string? Name, string? Category, double? Price, bool IsOffered)> _itemRows = [];
    private readonly Dictionary<int, List<double>> _prices = [];
    private readonly List<string> _channels = [], _devices = [];

    private readonly record struct Row(int Customer, long At, long Sequence, EventKind Kind, int Item, int Order, float Quantity, double Amount, float Discount, sbyte Channel, sbyte Device, long KnownAt);

    /// <summary>"Now"; without it the end of the local day of the newest event.</summary>
    public DateTimeOffset? AsOf { get; set; }

    public int CustomerRow(string id) => Number(_customers, id);

    public int Item(string code, string? name = null, string? category = null, double? price = null, bool isOffered = true)
    {
        var item = Number(_items, code);
        if (item == _itemRows.Count) _itemRows.Add((code, name, category, price, isOffered));
        else if (_itemRows[item].Name is null && name is not null) _itemRows[item] = _itemRows[item] with { Name = name };
        return item;
    }

    public void SawPrice(int item, double price)
    {
        if (!_prices.TryGetValue(item, out var seen)) _prices[item] = seen = [];
        seen.Add(price);
    }

    public DateTimeOffset Utc(DateTime local) => new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();

    /// <param name="knownAt">For what a browser did before: when it said whose it is.</param>
    public EventTableBuilder Add(string customer, DateTimeOffset at, EventKind kind, int item = -1, string? order = null,
        double quantity = 0, double amount = 0, double discount = 0, string? channel = null, string? device = null, long? sequence = null, DateTimeOffset? knownAt = null)
    {
        _rows.Add(new Row(CustomerRow(customer), at.UtcTicks, sequence ?? _rows.Count + 1, kind, item, order is null ? -1 : Number(_orders, order),
            (float)quantity, amount, (float)discount, Index(_channels, channel), Index(_devices, device), knownAt?.UtcTicks ?? long.MinValue));
        return this;
    }

    /// <summary>Records a trait where it changes.</summary>
    public EventTableBuilder Trait(string customer, DateTimeOffset at, string name, string value)
    {
        var key = (CustomerRow(customer), name);
        if (_traitNow.TryGetValue(key, out var now) && now == value) return this;
        _traitNow[key] = value;
        _traits.Add((key.Item1, at.UtcTicks, name, value));
        return this;
    }

    public EventTable Build()
    {
        var rows = _rows.OrderBy(r => r.Customer).ThenBy(r => r.At).ThenBy(r => r.Sequence).ToArray();
        var traits = _traits.Select((t, i) => (t, i)).OrderBy(t => t.t.Customer).ThenBy(t => t.t.At).ThenBy(t => t.i).Select(t => t.t).ToArray();
        return new EventTable
        {
            CustomerIds = Enumerable.Range(1, _customers.Count).Select(i => (long)i).ToArray(),
            Start = Starts(rows.Select(r => r.Customer)),
            OccurredAt = rows.Select(r => r.At).ToArray(),
            Kind = rows.Select(r => r.Kind).ToArray(),
            Item = rows.Select(r => r.Item).ToArray(),
            Order = rows.Select(r => r.Order).ToArray(),
            Quantity = rows.Select(r => r.Quantity).ToArray(),
            Amount = rows.Select(r => r.Amount).ToArray(),
            Discount = rows.Select(r => r.Discount).ToArray(),
            Channel = rows.Select(r => r.Channel).ToArray(),
            Device = rows.Select(r => r.Device).ToArray(),
            KnownAt = rows.Any(r => r.KnownAt != long.MinValue) ? rows.Select(r => r.KnownAt).ToArray() : null,
            ChannelNames = _channels,
            DeviceNames = _devices,
            Items = _itemRows.Select((r, i) => new ItemRow(i + 1, r.Code, r.Name, r.Category, r.Price ?? MedianPrice(i), null, r.IsOffered)).ToArray(),
            Traits = new TraitHistory(Starts(traits.Select(t => t.Customer)), traits.Select(t => t.At).ToArray(),
                traits.Select(t => t.Name).ToArray(), traits.Select(t => t.Value).ToArray()),
            Zone = _zone,
            LastSequence = rows.Length == 0 ? 0 : rows.Max(r => r.Sequence),
            AsOf = AsOf ?? EndOfNewestDay(rows),
        };
    }

    private DateTimeOffset EndOfNewestDay(Row[] rows)
    {
        var newest = rows.Length == 0 ? DateTimeOffset.UnixEpoch : new DateTimeOffset(rows.Max(r => r.At), TimeSpan.Zero);
        return Utc(TimeZoneInfo.ConvertTime(newest, _zone).Date.AddDays(1));
    }

    private int[] Starts(IEnumerable<int> customers)
    {
        var start = new int[_customers.Count + 1];
        foreach (var customer in customers) start[customer + 1]++;
        for (var i = 0; i < _customers.Count; i++) start[i + 1] += start[i];
        return start;
    }

    private double? MedianPrice(int item)
    {
        if (!_prices.TryGetValue(item, out var seen)) return null;
        seen.Sort();
        return seen[seen.Count / 2];
    }

    private static int Number(Dictionary<string, int> numbers, string key)
    {
        if (!numbers.TryGetValue(key, out var number)) numbers[key] = number = numbers.Count;
        return number;
    }

    private static sbyte Index(List<string> names, string? name)
    {
        if (name is null) return -1;
        var index = names.IndexOf(name);
        if (index >= 0) return (sbyte)index;
        names.Add(name);
        return (sbyte)(names.Count - 1);
    }
}
