using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>Reads the whole log once into an <see cref="EventTable"/>.</summary>
public sealed class EventTableReader(PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    /// <summary>Source of everything that came from files; a log that holds nothing else is history, and "now" is its end.</summary>
    public const string ImportSource = "import";

    /// <summary>What people write down in the portal's own pages. It says nothing of when the shop is.</summary>
    public const string PortalSource = "portal";

    /// <summary>The log up to its newest committed event.</summary>
    public Task<EventTable> ReadAsync(CancellationToken ct) => Task.Factory.StartNew(() => Read(shop.Read().Zone, ct), ct, TaskCreationOptions.DenyChildAttach, BackgroundOrPool);

    /// <summary>"Now" for features, models and pages: the clock's time, or, while only imported history is known, the end of the shop's day of the newest event.</summary>
    public static DateTimeOffset AsOf(DbConnection connection, TimeZoneInfo zone, DateTimeOffset now)
    {
        // Ranges of the (Source, MessageId) index instead of a comparison that would read the whole table.
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select exists(select 1 from "Events" where "Source" < '{ImportSource}')
              or exists(select 1 from "Events" where "Source" > '{ImportSource}' and "Source" < '{PortalSource}') or exists(select 1 from "Events" where "Source" > '{PortalSource}')
            """;
        var isLive = Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) != 0;
        if (isLive) return now;
        command.CommandText = $"select max(\"OccurredAt\") from \"Events\" where \"Source\" <> '{PortalSource}'";
        if (command.ExecuteScalar() is not long newest) return now;
        var day = TimeZoneInfo.ConvertTime(Stored.Time(newest), zone).Date.AddDays(1);
        return new DateTimeOffset(day, zone.GetUtcOffset(day)).ToUniversalTime();
    }

    // A job's threads give way to pages; everybody else reads on the pool.
    private static TaskScheduler BackgroundOrPool => TaskScheduler.Current;

    private EventTable Read(TimeZoneInfo zone, CancellationToken ct)
    {
        using var connection = database.OpenReader();
        using var snapshot = database.BeginSnapshot(connection); // customers, items and events of one moment
        var customerIds = ReadCustomerIds(connection);
        var (items, itemRows) = ReadItems(connection);
        var columns = ReadEvents(connection, customerIds, itemRows, ct);
        var order = columns.OrderByCustomer(customerIds.Length, out var start);
        return new EventTable
        {
            CustomerIds = customerIds,
            Start = start,
            OccurredAt = Pick(columns.OccurredAt, order),
            Kind = Pick(columns.Kind, order),
            Item = Pick(columns.Item, order),
            Order = Pick(columns.Order, order),
            Quantity = Pick(columns.Quantity, order),
            Amount = Pick(columns.Amount, order),
            Discount = Pick(columns.Discount, order),
            Channel = Pick(columns.Channel, order),
            Device = Pick(columns.Device, order),
            KnownAt = columns.KnownAt is { } knownAt ? Pick(knownAt, order) : null,
            ChannelNames = columns.Details.ChannelNames,
            DeviceNames = columns.Details.DeviceNames,
            Items = items,
            Traits = columns.Details.TraitsOf(columns, order, start),
            Zone = zone,
            LastSequence = columns.LastSequence,
            AsOf = AsOf(connection, zone, clock.GetUtcNow()),
        };
    }

    private static long[] ReadCustomerIds(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Id\" from \"Customers\" where \"ErasedAt\" is null order by \"Id\"";
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read()) ids.Add(reader.GetInt64(0));
        return [.. ids];
    }

    private static (ItemRow[] Items, Dictionary<long, int> Rows) ReadItems(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Id\", \"ExternalId\", \"Name\", \"Category\", \"Price\", \"Description\", \"IsOffered\" from \"Items\" order by \"Id\"";
        using var reader = command.ExecuteReader();
        var items = new List<ItemRow>();
        var rows = new Dictionary<long, int>();
        while (reader.Read())
        {
            rows[reader.GetInt64(0)] = items.Count;
            items.Add(new ItemRow(
                reader.GetInt64(0), reader.GetString(1), reader.TextOrNull(2), reader.TextOrNull(3), reader.NumberOrNull(4) / 10_000.0, reader.TextOrNull(5), reader.GetBoolean(6)));
        }
        return ([.. items], rows);
    }

    private static Columns ReadEvents(DbConnection connection, long[] customerIds, Dictionary<long, int> itemRows, CancellationToken ct)
    {
        var takers = JoinedHistory.Read(connection);
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select "Sequence", "CustomerId", "OccurredAt", "Type", "ItemId", "OrderId", "Quantity", "Amount", "Properties", "VisitorId" from "Events"
            where "CustomerId" is not null {(takers.Count > 0 ? "or \"VisitorId\" is not null" : "")} order by "Sequence"
            """;
        using var reader = command.ExecuteReader();
        var columns = new Columns(takers.Count > 0);
        while (reader.Read())
        {
            if (OwnerOf(reader, takers) is not var (owner, knownAt)) continue; // nobody's
            var customer = Array.BinarySearch(customerIds, owner);
            if (customer < 0) continue; // erased
            if ((columns.Count & 0xFFFF) is 0) ct.ThrowIfCancellationRequested();
            columns.Add(
                reader.GetInt64(0), customer, knownAt, reader.GetInt64(2), KnownEvents.KindOf(reader.GetString(3)),
                reader.NumberOrNull(4) is { } item ? itemRows.GetValueOrDefault(item, -1) : -1,
                reader.TextOrNull(5), reader.NumberOrNull(6) ?? 0, reader.NumberOrNull(7) ?? 0, reader.TextOrNull(8));
        }
        return columns;
    }

    private static (long Customer, long KnownAt)? OwnerOf(DbDataReader reader, Dictionary<long, (long CustomerId, long Sequence, long At)> takers)
    {
        if (reader.NumberOrNull(1) is { } customer) return (customer, long.MinValue);
        return takers.TryGetValue(reader.GetInt64(9), out var taker) && reader.GetInt64(0) < taker.Sequence ? (taker.CustomerId, taker.At) : null;
    }

    private static T[] Pick<T>(List<T> column, int[] order)
    {
        var picked = new T[order.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = column[order[i]];
        return picked;
    }

    /// <summary>The columns in the order of the log.</summary>
    /// <param name="hasHistory">Whether events of browsers that were identified later are among them.</param>
    private sealed class Columns(bool hasHistory)
    {
        private readonly Dictionary<string, int> _orders = new(StringComparer.Ordinal);

        public List<int> Customer { get; } = [];
        public List<long> OccurredAt { get; } = [];
        public List<EventKind> Kind { get; } = [];
        public List<int> Item { get; } = [];
        public List<int> Order { get; } = [];
        public List<float> Quantity { get; } = [];
        public List<double> Amount { get; } = [];
        public List<float> Discount { get; } = [];
        public List<sbyte> Channel { get; } = [];
        public List<sbyte> Device { get; } = [];
        public List<long>? KnownAt { get; } = hasHistory ? [] : null;
        public Details Details { get; } = new();
        public long LastSequence { get; private set; }
        public int Count => Customer.Count;

        public void Add(long sequence, int customer, long knownAt, long occurredAt, EventKind kind, int item, string? orderId, long quantity, long amount, string? properties)
        {
            var (discount, channel, device) = Details.Read(Count, kind, properties, knownAt is long.MinValue);
            KnownAt?.Add(knownAt);
            Customer.Add(customer);
            OccurredAt.Add(occurredAt);
            Kind.Add(kind);
            Item.Add(item);
            Order.Add(NumberOf(orderId));
            Quantity.Add(quantity / 10_000f);
            Amount.Add(amount / 10_000.0);
            Discount.Add(discount);
            Channel.Add(channel);
            Device.Add(device);
            LastSequence = sequence;
        }

        /// <summary>Rows by customer, then time; rows of one moment keep the order of the log.</summary>
        public int[] OrderByCustomer(int customerCount, out int[] start)
        {
            start = new int[customerCount + 1];
            foreach (var customer in Customer) start[customer + 1]++;
            for (var c = 0; c < customerCount; c++) start[c + 1] += start[c];
            var next = start.AsSpan(0, customerCount).ToArray();
            var order = new int[Count];
            for (var row = 0; row < order.Length; row++) order[next[Customer[row]]++] = row;
            for (var c = 0; c < customerCount; c++) SortByTime(order.AsSpan(start[c], start[c + 1] - start[c]));
            return order;
        }

        private void SortByTime(Span<int> rows)
        {
            for (var i = 1; i < rows.Length; i++)
            {
                if (OccurredAt[rows[i]] >= OccurredAt[rows[i - 1]]) continue;
                rows.Sort((a, b) => OccurredAt[a] != OccurredAt[b] ? OccurredAt[a].CompareTo(OccurredAt[b]) : a.CompareTo(b)); // rows differ, so the order is total
                return;
            }
        }

        private int NumberOf(string? orderId)
        {
            if (orderId is null) return -1;
            if (_orders.TryGetValue(orderId, out var number)) return number;
            return _orders[orderId] = _orders.Count;
        }
    }

    /// <summary>What the properties say: discount, channel, device, and changes of traits.</summary>
    private sealed class Details
    {
        private readonly SmallNames _channels = new(), _devices = new();
        private readonly List<(int Row, string Name, string Value)> _traits = [];
        private string? _lastText;
        private (float Discount, sbyte Channel, sbyte Device) _last;

        public IReadOnlyList<string> ChannelNames => _channels.Names;

        public IReadOnlyList<string> DeviceNames => _devices.Names;

        /// <param name="isOfKnown">Traits change in the order of time; what is learnt of the past later has no place in it, and teaches none.</param>
        public (float Discount, sbyte Channel, sbyte Device) Read(int row, EventKind kind, string? properties, bool isOfKnown)
        {
            if (properties is null) return (0, -1, -1);
            foreach (var (name, value) in isOfKnown ? EventTraits.Of(kind, properties) : [])
            {
                if (!EventTraits.IsRaw(name)) _traits.Add((row, name, value)); // models learn from the one spelling
            }
            if (!ReferenceEquals(properties, _lastText) && properties != _lastText)
            {
                _lastText = properties;
                _last = Parse(properties);
            }
            return _last;
        }

        public TraitHistory TraitsOf(Columns columns, int[] order, int[] start)
        {
            var place = new int[order.Length];
            for (var i = 0; i < order.Length; i++) place[order[i]] = i;
            _traits.Sort((a, b) => a.Row != b.Row ? place[a.Row].CompareTo(place[b.Row]) : string.CompareOrdinal(a.Name, b.Name));

            var traitStart = new int[start.Length];
            List<long> at = [];
            List<string> names = [], values = [];
            var known = new Dictionary<string, string>(StringComparer.Ordinal);
            var next = 0;
            for (var c = 0; c + 1 < start.Length; c++)
            {
                known.Clear();
                for (; next < _traits.Count && place[_traits[next].Row] < start[c + 1]; next++)
                {
                    var (row, name, value) = _traits[next];
                    if (known.TryGetValue(name, out var before) && before == value) continue; // only changes are history
                    known[name] = value;
                    at.Add(columns.OccurredAt[row]);
                    names.Add(string.Intern(name));
                    values.Add(value);
                }
                traitStart[c + 1] = at.Count;
            }
            return new TraitHistory(traitStart, [.. at], [.. names], [.. values]);
        }

        private (float, sbyte, sbyte) Parse(string properties)
        {
            if (!properties.Contains("\"discount\"", StringComparison.Ordinal) && !properties.Contains("\"channel\"", StringComparison.Ordinal) && !properties.Contains("\"device\"", StringComparison.Ordinal))
                return (0, -1, -1);
            using var document = JsonDocument.Parse(properties);
            var root = document.RootElement;
            var discount = root.TryGetProperty("discount", out var d) && d.ValueKind is JsonValueKind.Number ? d.GetSingle() : 0;
            return (discount, _channels.NumberOf(root, "channel"), _devices.NumberOf(root, "device"));
        }
    }
}
