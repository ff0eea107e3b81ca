using CampaignPortal.Marketing.Customers;
namespace CampaignPortal.Marketing.Insights;

/// <param name="On">Last day that counts; null is the newest known one.</param>
/// <param name="Since">Last day of the grid to compare with; null is a month earlier.</param>
/// <param name="Limits">How rows and columns are cut.</param>
public sealed record ReadRfm(DateOnly? On, DateOnly? Since, RfmLimits Limits);

/// <summary>A region now and then.</summary>
/// <param name="From">Where its newcomers came from, most first; null is "no order yet".</param>
/// <param name="To">Where those who left it went, most first.</param>
public sealed record RfmRegionRow(RfmRegion Region, int Now, int Before, IReadOnlyList<RfmFlow> From, IReadOnlyList<RfmFlow> To);

public sealed record RfmFlow(RfmRegion? Region, int CustomerCount);

/// <param name="Cells">Most orders first, then the longest ago first: in the order of reading.</param>
/// <param name="RecencySpans">Days since the last order in column 1 (longest ago) to 5.</param>
/// <param name="FrequencySpans">Orders in row 1 to 5.</param>
/// <param name="CustomerCount">Customers with an order on the day.</param>
public sealed record RfmOverview(
    DateOnly On, DateOnly Since, IReadOnlyList<RfmCell> Cells, IReadOnlyList<RfmSpan?> RecencySpans, IReadOnlyList<RfmSpan?> FrequencySpans,
    IReadOnlyList<RfmRegionRow> Regions, int CustomerCount, RfmLimits Limits, DateTimeOffset AsOf);

/// <summary>The grid of recency and frequency on a day, and how people moved through it since another.</summary>
public sealed class ReadRfmHandler(OrderBooks books, CustomerRowReader rows)
{
    /// <summary>Regions with fewer customers say so in place of a number.</summary>
    public const int LeastCustomers = 10;

    private volatile Made? _made;

    public async Task<RfmOverview> HandleAsync(ReadRfm query, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        if (_made is { } made && made.Book == book && made.Query == query) return made.Overview;
        var (on, since) = Days(query, book);
        var (now, before) = (RfmGrid.At(book, on.DayNumber + 1, query.Limits), RfmGrid.At(book, since.DayNumber + 1, query.Limits));
        var overview = new RfmOverview(on, since, now.Cells(), now.RecencySpans(), now.FrequencySpans(), Move(book, before, now), now.CustomerCount, query.Limits, book.AsOf);
        _made = new Made(book, query, overview);
        return overview;
    }

    /// <summary>The customers of a cell who spent most in the year.</summary>
    public async Task<IReadOnlyList<CustomerRow>> CustomersAsync(ReadRfm query, int recency, int frequency, int limit, CustomerScope scope, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        var (on, _) = Days(query, book);
        var grid = RfmGrid.At(book, on.DayNumber + 1, query.Limits);
        return rows.Read([.. grid.CustomersOf(recency, frequency).Take(limit).Select(row => book.CustomerIds[row])], book.AsOf, scope);
    }

    private static (DateOnly On, DateOnly Since) Days(ReadRfm query, OrderBook book)
    {
        var last = DateOnly.FromDayNumber(Math.Max(1, book.EndDay - 1));
        var on = query.On is { } asked && asked < last ? asked : last;
        var since = query.Since is { } earlier && earlier < on ? earlier : on.AddMonths(-1);
        return (on, since);
    }

    private static RfmRegionRow[] Move(OrderBook book, RfmGrid before, RfmGrid now)
    {
        var regions = Enum.GetValues<RfmRegion>();
        var none = regions.Length;
        var flows = new int[none + 1, none + 1];
        for (var customer = 0; customer < book.CustomerCount; customer++)
            flows[(int?)before.RegionOf(customer) ?? none, (int?)now.RegionOf(customer) ?? none]++;
        RfmRegion? Named(int index) => index == none ? null : regions[index];
        return [.. regions.Select((region, r) => new RfmRegionRow(
            region,
            Enumerable.Range(0, none + 1).Sum(other => flows[other, r]),
            Enumerable.Range(0, none + 1).Sum(other => flows[r, other]),
            [.. Enumerable.Range(0, none + 1).Where(other => other != r && flows[other, r] > 0).OrderByDescending(other => flows[other, r]).Select(other => new RfmFlow(Named(other), flows[other, r]))],
            [.. Enumerable.Range(0, none + 1).Where(other => other != r && flows[r, other] > 0).OrderByDescending(other => flows[r, other]).Select(other => new RfmFlow(Named(other), flows[r, other]))]))];
    }

    private sealed record Made(OrderBook Book, ReadRfm Query, RfmOverview Overview);
}
