using System.Data.Common;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>All orders of known customers as columns in memory, ordered by customer and time: 25 bytes for each, so a million fit in 25 MB.</summary>
/// <remarks>Customer c (a row, not an id) owns the entries <c>Start[c] .. Start[c + 1]</c>. An entry is an order, or a return that came under a number of its own.</remarks>
public sealed class OrderBook
{
    private OrderBook()
    {
    }

    internal long[] CustomerIds { get; private init; } = [];
    internal int[] Start { get; private init; } = [];
    /// <summary>Day of the shop.</summary>
    internal int[] Day { get; private init; } = [];
    internal bool[] IsOrder { get; private init; } = [];
    /// <summary>Ordered, in ten-thousandths.</summary>
    internal long[] Gross { get; private init; } = [];
    /// <summary>Ordered less returned, in ten-thousandths.</summary>
    internal long[] Net { get; private init; } = [];

    /// <summary>The moment up to which it is complete.</summary>
    public DateTimeOffset AsOf { get; private init; }

    /// <summary>First day of the shop that is not known whole.</summary>
    public int EndDay { get; private init; }

    /// <summary>First and last day with an order; null without one.</summary>
    public (int First, int Last)? Range { get; private init; }

    public int CustomerCount => CustomerIds.Length;

    public int EntryCount => Day.Length;

    /// <summary>Day of the first order of each customer, −1 without one.</summary>
    internal int FirstOrderDay(int customer)
    {
        for (var i = Start[customer]; i < Start[customer + 1]; i++)
        {
            if (IsOrder[i]) return Day[i];
        }
        return -1;
    }

    /// <summary>Whole months of orders: what a forecast has seen.</summary>
    public int HistoryMonths => Range is { } range ? (int)((EndDay - range.First + 1) / (365.25 / 12)) : 0;

    internal static OrderBook Read(DbConnection connection, TimeZoneInfo zone, DateTimeOffset asOf, CancellationToken ct)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """select min("PlacedAt"), max("PlacedAt") from "Orders" """;
        var (from, to) = (asOf.UtcTicks, asOf.UtcTicks);
        using (var range = command.ExecuteReader())
        {
            if (range.Read() && !range.IsDBNull(0)) (from, to) = (Stored.Time(range.GetInt64(0)).UtcTicks, Stored.Time(range.GetInt64(1)).UtcTicks);
        }
        var calendar = new LocalCalendar(zone, from, Math.Max(to, asOf.UtcTicks));
        List<long> ids = [], gross = [], net = [];
        List<int> start = [], days = [];
        List<bool> isOrder = [];
        command.CommandText = """select "CustomerId", "PlacedAt", "Amount", "ReturnedAmount", "LineCount" from "Orders" where "CustomerId" is not null order by "CustomerId", "PlacedAt", "OrderId" """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if ((days.Count & 0xFFFF) == 0) ct.ThrowIfCancellationRequested();
            var id = reader.GetInt64(0);
            if (ids.Count == 0 || ids[^1] != id)
            {
                ids.Add(id);
                start.Add(days.Count);
            }
            days.Add(calendar.Day(Stored.Time(reader.GetInt64(1)).UtcTicks));
            gross.Add(reader.GetInt64(2));
            net.Add(reader.GetInt64(2) - reader.GetInt64(3));
            isOrder.Add(reader.GetInt64(4) > 0);
        }
        start.Add(days.Count);
        var ordered = Enumerable.Range(0, days.Count).Where(i => isOrder[i]).Select(i => days[i]).ToArray();
        return new OrderBook
        {
            CustomerIds = [.. ids], Start = [.. start], Day = [.. days], IsOrder = [.. isOrder], Gross = [.. gross], Net = [.. net], AsOf = asOf,
            EndDay = calendar.CutDay(asOf), Range = ordered.Length == 0 ? null : (ordered.Min(), ordered.Max()),
        };
    }
}

/// <summary>Holds the newest <see cref="OrderBook"/>, so that a page of sums over all customers reads no table.</summary>
public sealed class OrderBooks : IDisposable
{
    private readonly PortalDatabase _database;
    private readonly ShopSettingsStore _shop;
    private readonly PageMoment _moment;
    private readonly Snapshot<Key, OrderBook> _snapshot;

    public OrderBooks(PortalDatabase database, ShopSettingsStore shop, PageMoment moment, TimeProvider clock)
    {
        (_database, _shop, _moment) = (database, shop, moment);
        _snapshot = new Snapshot<Key, OrderBook>(ReadKey, Build, clock);
    }

    public Task<OrderBook> ReadAsync(CancellationToken ct) => _snapshot.ReadAsync(ct);

    public void Dispose() => _snapshot.Dispose();

    // An erased customer takes the orders along without an event; whatever else changes orders is in the log.
    private Key ReadKey()
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            select (select coalesce(max("Sequence"), 0) from "ProjectionCheckpoints" where "Name" = 'orders'),
              (select coalesce(max("Id"), 0) from "AuditEntries" where "Action" = 'customers.erase')
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        var zone = _shop.Read().Zone;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(_moment.Read().AddTicks(-1), zone).DateTime);
        return new Key(reader.GetInt64(0), reader.GetInt64(1), today, zone.Id);
    }

    private OrderBook Build(Key key, CancellationToken ct)
    {
        using var connection = _database.OpenReader();
        using var snapshot = _database.BeginSnapshot(connection);
        return OrderBook.Read(connection, _shop.Read().Zone, _moment.Read(), ct);
    }

    private readonly record struct Key(long Sequence, long Erased, DateOnly Today, string Zone);
}
