using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Insights;

/// <summary>The sums of the pages against the same sums made row by row from the tables.</summary>
public sealed class InsightsTests : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test
    private List<(long Customer, DateOnly Day, bool IsOrder, decimal Gross, decimal Net)> _orders = []; // as above

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        await SampleShop.FillAsync(_store.Get<IServiceProvider>(), _store.Clock.GetUtcNow(), customerCount: 120);
        await using var db = await _store.ContextAsync();
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        _orders = (await db.Orders.AsNoTracking().Where(o => o.CustomerId != null).ToListAsync(Stop))
            .ConvertAll(o => (o.CustomerId!.Value, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(o.PlacedAt, zone).DateTime), o.LineCount > 0, o.Amount, o.Amount - o.ReturnedAmount)); // filtered
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Dictionary<long, DateOnly> FirstDays => _orders.Where(o => o.IsOrder).GroupBy(o => o.Customer).ToDictionary(g => g.Key, g => g.Min(o => o.Day));

    private static MonthNumber MonthOf(DateOnly day) => MonthNumber.Of(day.DayNumber);

    [Fact]
    public async Task Known_months_are_the_ordered_money_with_repeat_orders_apart()
    {
        var page = await _store.Get<ReadLifetimeValueHandler>().HandleAsync(Stop);
        var first = FirstDays;

        Assert.Equal((double)_orders.Where(o => o.IsOrder).Sum(o => o.Gross), page.Known.Sum(m => m.Revenue), 0.01);
        foreach (var month in page.Known)
        {
            var own = _orders.Where(o => o.IsOrder && MonthOf(o.Day) == month.Month).ToList();
            Assert.Equal((double)own.Sum(o => o.Gross), month.Revenue, 0.01);
            Assert.Equal((double)own.Where(o => o.Day != first[o.Customer]).Sum(o => o.Gross), month.Repeat, 0.01);
        }
        Assert.Null(page.Forecast); // sample models have no files: the page says so instead of drawing
        Assert.False(page.Needs.IsMet);
        Assert.Equal(first.Count, page.Needs.Customers);
    }

    [Fact]
    public async Task Cohorts_count_who_came_back()
    {
        var overview = (await _store.Get<ReadCohortsHandler>().HandleAsync(new ReadCohorts(null, null), Stop))!;
        var first = FirstDays;
        foreach (var row in overview.Rows)
        {
            var members = first.Where(f => MonthOf(f.Value) == row.Month).Select(f => f.Key).ToHashSet();
            Assert.Equal(members.Count, row.CustomerCount);
            if (members.Count < ReadCohortsHandler.LeastCustomers)
            {
                Assert.Empty(row.Months);
                continue;
            }
            for (var k = 0; k < row.Months.Count; k++)
            {
                var own = _orders.Where(o => members.Contains(o.Customer) && MonthOf(o.Day) == row.Month + k).ToList();
                Assert.Equal(own.Where(o => o.IsOrder).Select(o => o.Customer).Distinct().Count(), row.Months[k].Buyers);
                Assert.Equal(own.Count(o => o.IsOrder), row.Months[k].Orders);
                Assert.Equal(own.Sum(o => o.Net), row.Months[k].Revenue);
            }
        }
        Assert.Contains(overview.Rows, r => r.Months.Count > 1);
        Assert.All(overview.All, p => Assert.True(p.Rate.Lower <= p.Rate.Point && p.Rate.Point <= p.Rate.Upper));
        Assert.Equal(1, overview.All[0].Rate.Point);
        foreach (var point in overview.All)
        {
            var old = overview.Rows.Where(r => r.Months.Count > point.Months && !r.Months[point.Months].IsOpen).ToList();
            Assert.Equal((old.Sum(r => r.Months[point.Months].Buyers), old.Sum(r => r.CustomerCount)), (point.Buyers, point.Customers));
        }
    }

    [Theory]
    [InlineData(RfmLimits.Fixed), InlineData(RfmLimits.Quantile)]
    public async Task Everybody_with_an_order_is_in_one_cell_and_moves_add_up(RfmLimits limits)
    {
        var overview = await _store.Get<ReadRfmHandler>().HandleAsync(new ReadRfm(null, null, limits), Stop);
        var known = _orders.Where(o => o.IsOrder && o.Day <= overview.On).GroupBy(o => o.Customer).ToList();

        Assert.Equal(known.Count, overview.Cells.Sum(c => c.CustomerCount));
        Assert.Equal(25, overview.Cells.Count);
        var yearAgo = overview.On.AddDays(-364);
        var buyers = known.Select(g => g.Key).ToHashSet();
        Assert.Equal(_orders.Where(o => buyers.Contains(o.Customer) && o.Day >= yearAgo && o.Day <= overview.On).Sum(o => o.Net), overview.Cells.Sum(c => c.Money));
        foreach (var region in overview.Regions)
        {
            Assert.Equal(overview.Cells.Where(c => c.Region == region.Region).Sum(c => c.CustomerCount), region.Now);
            Assert.Equal(region.Now - region.Before, region.From.Sum(f => f.CustomerCount) - region.To.Sum(f => f.CustomerCount));
        }
        if (limits is not RfmLimits.Fixed) return;
        var champions = known.Count(g => g.Count() >= 5 && overview.On.DayNumber - g.Max(o => o.Day.DayNumber) <= 30);
        var cell = overview.Cells.Single(c => c is { Recency: 5, Frequency: 5 });
        Assert.Equal(champions, cell.CustomerCount);
        var listed = await _store.Get<ReadRfmHandler>().CustomersAsync(new ReadRfm(null, null, limits), 5, 5, 500, CustomerScope.Everybody, Stop);
        Assert.Equal(champions, listed.Count);
    }

    [Fact]
    public async Task A_new_order_is_in_the_next_answer()
    {
        var handler = _store.Get<ReadRfmHandler>();
        var query = new ReadRfm(null, null, RfmLimits.Fixed);
        var before = await handler.HandleAsync(query, Stop);
        await _store.Log.AppendAsync(An.Batch(An.OrderLine("new-order", 0, customer: "somebody-new")), Stop);
        await _store.Get<ProjectionHost>().CatchUpAsync(Stop);
        Assert.Equal(before.CustomerCount + 1, (await handler.HandleAsync(query, Stop)).CustomerCount);
    }

    [Fact]
    public async Task The_file_of_the_customers_has_the_total_of_the_tenths_and_is_audited()
    {
        var concentration = await _store.Get<ValueConcentrations>().ReadAsync(Stop);
        var file = await _store.Get<ExportLifetimeValueHandler>().HandleAsync(new ExportLifetimeValue("user 7"), Stop);
        var lines = System.Text.Encoding.UTF8.GetString(file.Csv).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(concentration.CustomerCount, file.RowCount);
        Assert.Equal(concentration.CustomerCount + 1, lines.Length);
        Assert.Equal(concentration.Total, file.Total, 1e-6);
        Assert.Equal(concentration.Total, lines.Skip(1).Sum(l => double.Parse(l.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)), 1.0);
        Assert.Equal(1, concentration.Tenths.Sum(t => t.Share), 1e-9);
        Assert.True(concentration.Tenths[0].Share > concentration.Tenths[9].Share);
        var entry = Assert.Single(await AuditAsync(), e => e.Action == "customers.export lifetime-value");
        Assert.Equal(("user 7", $"{file.RowCount} customers"), (entry.Actor, entry.Detail));
    }

    [Fact]
    public async Task A_segment_keeps_the_name_that_a_person_gave_it()
    {
        var handler = _store.Get<RenameSegmentHandler>();
        var segments = (await _store.Get<ReadSegmentsHandler>().HandleAsync("en", Stop))!;
        var (first, second) = (segments.Segments[0], segments.Segments[1]);

        Assert.Equal(RenameProblem.Taken, await handler.HandleAsync(new RenameSegment(first.Number, second.Name.ToUpperInvariant(), "user 7"), Stop));
        Assert.Equal(RenameProblem.TooLong, await handler.HandleAsync(new RenameSegment(first.Number, new string('x', 61), "user 7"), Stop));
        Assert.Equal(RenameProblem.NoSuchSegment, await handler.HandleAsync(new RenameSegment(99, "Nobody", "user 7"), Stop));
        Assert.Equal(RenameProblem.None, await handler.HandleAsync(new RenameSegment(first.Number, " Garden people ", "user 7"), Stop));

        Assert.Equal("Garden people", (await _store.Get<ReadSegmentsHandler>().HandleAsync("zh", Stop))!.Segments[0].Name);
        Assert.Equal("Garden people", (await _store.Get<SegmentNamesHandler>().HandleAsync("en", Stop))[first.Number]);
        Assert.Contains(await AuditAsync(), e => e.Detail == $"{first.Name} → Garden people");

        Assert.Equal(RenameProblem.None, await handler.HandleAsync(new RenameSegment(first.Number, "", "user 7"), Stop));
        Assert.Equal(first.Name, (await _store.Get<ReadSegmentsHandler>().HandleAsync("en", Stop))!.Segments[0].Name);
    }

    private async Task<List<AuditEntry>> AuditAsync()
    {
        await using var db = await _store.ContextAsync();
        return await db.AuditEntries.AsNoTracking().ToListAsync(Stop);
    }
}
