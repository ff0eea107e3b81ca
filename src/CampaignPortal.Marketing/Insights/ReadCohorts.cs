using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Marketing.Insights;

/// <param name="From">First month of first orders; null is twelve months before the last.</param>
/// <param name="To">Last month of first orders; null is the newest.</param>
public sealed record ReadCohorts(MonthNumber? From, MonthNumber? To);

/// <summary>One month of a cohort's life.</summary>
/// <param name="Buyers">Customers who ordered in it.</param>
/// <param name="Orders">Orders in it.</param>
/// <param name="Revenue">Ordered less returned in it.</param>
/// <param name="IsOpen">The month is not over.</param>
public readonly record struct CohortMonth(int Buyers, int Orders, decimal Revenue, bool IsOpen);

/// <param name="Months">Month 0 is that of the first order; empty for a cohort of too few to show.</param>
public sealed record CohortRow(MonthNumber Month, int CustomerCount, IReadOnlyList<CohortMonth> Months);

/// <summary>Share that ordered k months after the first order, over cohorts that are old enough.</summary>
/// <param name="Rate">With its 95 % score interval.</param>
public sealed record RetentionPoint(int Months, int Buyers, int Customers, Estimate Rate);

/// <param name="Earlier">Curve of the earlier half of the cohorts.</param>
/// <param name="Later">Curve of the later half: do newer customers stay as long?</param>
/// <param name="FirstMonth">Of any first order.</param>
public sealed record CohortOverview(
    IReadOnlyList<CohortRow> Rows, IReadOnlyList<RetentionPoint> All, IReadOnlyList<RetentionPoint> Earlier, IReadOnlyList<RetentionPoint> Later,
    MonthNumber From, MonthNumber To, MonthNumber FirstMonth, MonthNumber LastMonth, DateTimeOffset AsOf);

/// <summary>Who came back, by calendar month of the first order.</summary>
public sealed class ReadCohortsHandler(OrderBooks books)
{
    /// <summary>Smaller cohorts are not shown.</summary>
    public const int LeastCustomers = 10;

    private const int MonthCount = 12;

    private volatile Made? _made;

    /// <summary>Null while there is no order.</summary>
    public async Task<CohortOverview?> HandleAsync(ReadCohorts query, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        if (book.Range is not { } range) return null;
        if (_made is { } made && made.Book == book && made.Query == query) return made.Overview;
        var (first, last) = (MonthNumber.Of(range.First), MonthNumber.Of(Math.Max(range.First, book.EndDay - 1)));
        var to = query.To is { } asked && asked < last && asked >= first ? asked : last;
        var from = query.From is { } begun && begun <= to ? begun : to + -MonthCount;
        if (from < first) from = first;
        var rows = Rows(book, from, to);
        var shown = rows.Where(r => r.CustomerCount >= LeastCustomers).ToList();
        var overview = new CohortOverview(rows, Curve(shown), Curve([.. shown.Take(shown.Count / 2)]), Curve([.. shown.Skip(shown.Count / 2)]), from, to, first, last, book.AsOf);
        _made = new Made(book, query, overview);
        return overview;
    }

    private static List<CohortRow> Rows(OrderBook book, MonthNumber from, MonthNumber to)
    {
        var endMonth = MonthNumber.Of(book.EndDay); // not known whole, or not begun
        var cohorts = Enumerable.Range(0, to - from + 1).Select(i => new Cohort(from + i, Math.Max(0, Math.Min(MonthCount, MonthNumber.Of(book.EndDay - 1) - (from + i))) + 1)).ToArray();
        for (var customer = 0; customer < book.CustomerCount; customer++)
        {
            var firstDay = book.FirstOrderDay(customer);
            if (firstDay < 0 || firstDay >= book.EndDay || MonthNumber.Of(firstDay) - from is var at && (at < 0 || at >= cohorts.Length)) continue;
            cohorts[at].Add(book, customer);
        }
        return [.. cohorts.Select(c => new CohortRow(c.Month, c.CustomerCount, c.CustomerCount < LeastCustomers ? [] : c.Months(endMonth)))];
    }

    private static List<RetentionPoint> Curve(IReadOnlyList<CohortRow> rows)
    {
        var points = new List<RetentionPoint>();
        for (var k = 0; k <= MonthCount; k++)
        {
            var old = rows.Where(r => r.Months.Count > k && !r.Months[k].IsOpen).ToList();
            var (buyers, customers) = (old.Sum(r => r.Months[k].Buyers), old.Sum(r => r.CustomerCount));
            if (customers == 0) break;
            points.Add(new RetentionPoint(k, buyers, customers, ProportionInterval.Of(new ProportionStatistic(customers, buyers)).Value));
        }
        return points;
    }

    private sealed class Cohort(MonthNumber month, int monthCount)
    {
        private readonly int[] _buyers = new int[monthCount], _orders = new int[monthCount];
        private readonly long[] _money = new long[monthCount];

        public MonthNumber Month { get; } = month;

        public int CustomerCount { get; private set; }

        public void Add(OrderBook book, int customer)
        {
            CustomerCount++;
            var last = -1;
            for (var i = book.Start[customer]; i < book.Start[customer + 1] && book.Day[i] < book.EndDay; i++)
            {
                var k = MonthNumber.Of(book.Day[i]) - Month;
                if (k < 0 || k >= _buyers.Length) continue;
                _money[k] += book.Net[i];
                if (!book.IsOrder[i]) continue;
                _orders[k]++;
                if (k != last) _buyers[k]++;
                last = k;
            }
        }

        public CohortMonth[] Months(MonthNumber endMonth) =>
            [.. _buyers.Select((buyers, k) => new CohortMonth(buyers, _orders[k], _money[k] / 10_000m, Month + k >= endMonth))];
    }

    private sealed record Made(OrderBook Book, ReadCohorts Query, CohortOverview Overview);
}
