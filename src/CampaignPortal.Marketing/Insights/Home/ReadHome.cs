using System.Collections.Concurrent;
using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>What was sold on one day of the shop's zone.</summary>
/// <param name="Revenue">Ordered less returned.</param>
/// <param name="Buyers">Different customers.</param>
/// <param name="Newcomers">Customers with their first order.</param>
public sealed record DayFigures(DateTimeOffset Day, decimal Revenue, int Orders, int Buyers, int Newcomers);

/// <summary>A range of days and the one of equal length before it, both whole, oldest day first.</summary>
public sealed record HomePeriod(IReadOnlyList<DayFigures> Days, IReadOnlyList<DayFigures> Before)
{
    /// <summary>Different customers who ordered in the whole range; days cannot be added up for it.</summary>
    public int Buyers { get; init; }
    public int BuyersBefore { get; init; }
}

/// <param name="HasEvents">False in an empty portal.</param>
/// <param name="Stages">Customers by life stage; empty stages are left out.</param>
public sealed record HomePage(DateTimeOffset AsOf, bool HasEvents, long CustomerCount, HomePeriod Period, IReadOnlyDictionary<LifeStage, long> Stages);

/// <summary>The figures of Home. Days are read from the orders of the two ranges through their index and remembered as long as the columns of customers stay the same.</summary>
public sealed class ReadHomeHandler(PortalDatabase database, ShopSettingsStore shop, CustomerColumnsStore store, PageMoment moment)
{
    /// <summary>Ranges that a page offers.</summary>
    public static IReadOnlyList<int> RangeDays { get; } = [7, 28, 91];

    private volatile Known? _known;

    /// <param name="dayCount">One of <see cref="RangeDays"/>.</param>
    public Task<HomePage> HandleAsync(int dayCount, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var (columns, zone) = (store.Read(), shop.Read().Zone);
        if (_known is not { } known || known.Columns != columns || known.Zone != zone.Id) _known = known = new Known(columns, zone.Id);
        // Lazy: of two readers at once, one adds up and the other waits for it.
        return Task.FromResult(known.Pages.GetOrAdd(dayCount, count => new Lazy<HomePage>(() => Read(columns, count, zone))).Value);
    }

    private HomePage Read(CustomerColumns columns, int dayCount, TimeZoneInfo zone)
    {
        var now = moment.Read();
        var today = TimeZoneInfo.ConvertTime(now.AddTicks(-1), zone).Date; // the end of an imported day is the midnight after it
        var end = now.TimeOfDay == TimeSpan.Zero || At(today.AddDays(1), zone) <= now ? today.AddDays(1) : today; // an unfinished day would look like a fall
        var starts = Enumerable.Range(0, 2 * dayCount + 1).Select(i => At(end.AddDays(i - 2 * dayCount), zone)).ToArray();
        var days = starts[..^1].Select(start => new Gathered(start)).ToArray();
        var (buyers, before) = (new HashSet<long>(), new HashSet<long>());
        ReadOrders(starts, (index, amount, isOrder, customer) =>
        {
            days[index].Revenue += amount;
            if (!isOrder) return;
            days[index].Orders++;
            if (customer is not { } id) return;
            days[index].Buyers.Add(id);
            (index < dayCount ? before : buyers).Add(id);
        });
        foreach (var first in columns.FirstOrderAt)
        {
            if (first != 0 && IndexOf(starts, first) is >= 0 and var index) days[index].Newcomers++;
        }
        var figures = Array.ConvertAll(days, d => new DayFigures(d.Start, Stored.Amount(d.Revenue), d.Orders, d.Buyers.Count, d.Newcomers));
        var stages = columns.Stage.CountBy(stage => stage).ToDictionary(pair => pair.Key, pair => (long)pair.Value);
        return new HomePage(now, HasEvents(), columns.Count, new HomePeriod(figures[dayCount..], figures[..dayCount]) { Buyers = buyers.Count, BuyersBefore = before.Count }, stages);
    }

    private void ReadOrders(DateTimeOffset[] starts, Action<int, long, bool, long?> take)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select "PlacedAt", "LineCount", "Amount", "ReturnedAmount", "CustomerId" from "Orders"
            where "PlacedAt" >= {Stored.Ticks(starts[0])} and "PlacedAt" < {Stored.Ticks(starts[^1])}
            """);
        using var reader = command.ExecuteReader();
        while (reader.Read()) take(IndexOf(starts, reader.GetInt64(0)), reader.GetInt64(2) - reader.GetInt64(3), reader.GetInt64(1) > 0, reader.NumberOrNull(4));
    }

    private bool HasEvents()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select exists(select 1 from \"Events\")";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) != 0;
    }

    // Days of a zone are not all 24 hours long: the borders are looked up, not divided.
    private static int IndexOf(DateTimeOffset[] starts, long ticks)
    {
        if (ticks < starts[0].UtcTicks || ticks >= starts[^1].UtcTicks) return -1;
        var (low, high) = (0, starts.Length - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (starts[middle].UtcTicks <= ticks) low = middle;
            else high = middle;
        }
        return low;
    }

    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15); // a day that begins after the clocks went forward
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private sealed class Gathered(DateTimeOffset start)
    {
        public DateTimeOffset Start { get; } = start;
        public long Revenue;
        public int Orders, Newcomers;
        public HashSet<long> Buyers { get; } = [];
    }

    private sealed record Known(CustomerColumns Columns, string Zone)
    {
        public ConcurrentDictionary<int, Lazy<HomePage>> Pages { get; } = new();
    }
}
