using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;

namespace CampaignPortal.Web.Tests.Pages;

public sealed class CustomerListTests : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test

    private ListCustomersHandler Customers => _store.Get<ListCustomersHandler>();

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        await SampleShop.FillAsync(_store.Get<IServiceProvider>(), _store.Clock.GetUtcNow(), customerCount: 47);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(CustomerSort.LastOrder), InlineData(CustomerSort.Orders), InlineData(CustomerSort.Spent), InlineData(CustomerSort.Expected), InlineData(CustomerSort.Purchase), InlineData(CustomerSort.Leave), InlineData(CustomerSort.LastSeen), InlineData(CustomerSort.Since)]
    public async Task Pages_in_a_row_show_everybody_once_in_order(CustomerSort sort)
    {
        foreach (var isAscending in new[] { false, true })
        {
            var rows = await ReadAllAsync(new ListCustomers(null, CustomerFilter.None, sort, isAscending, null, PageSize: 10));
            Assert.Equal(47, rows.Count);
            Assert.Equal(47, rows.Select(r => r.Id).Distinct().Count());
            var keys = rows.Select(r => Key(r, sort)).TakeWhile(k => k is not null).ToArray();
            Assert.Equal(isAscending ? keys.Order() : keys.OrderDescending(), keys);
        }
    }

    [Fact]
    public async Task Filters_leave_the_others_out_and_count_what_they_leave()
    {
        var everybody = await ReadAllAsync(new ListCustomers(null, CustomerFilter.None, CustomerSort.LastOrder, false, null, PageSize: 10));
        foreach (var stage in Enum.GetValues<LifeStage>())
        {
            var query = new ListCustomers(null, new CustomerFilter { Stage = stage }, CustomerSort.Expected, false, null, PageSize: 10);
            var rows = await ReadAllAsync(query);
            Assert.Equal(everybody.Where(r => r.LifeStage == stage).Select(r => r.Id).Order(), rows.Select(r => r.Id).Order());
            Assert.Equal(rows.Count, (await Customers.HandleAsync(query, CancellationToken.None)).MatchCount);
        }
        var segment = await ReadAllAsync(new ListCustomers(null, new CustomerFilter { Segment = 1 }, CustomerSort.LastOrder, false, null, PageSize: 10));
        Assert.NotEmpty(segment);
        Assert.All(segment, row => Assert.Equal(1, row.Segment));
    }

    [Fact]
    public async Task Any_filter_in_any_order_shows_each_match_once_and_counts_it()
    {
        var everybody = await ReadAllAsync(new ListCustomers(null, CustomerFilter.None, CustomerSort.Spent, false, null));
        CustomerFilter[] filters =
        [
            new() { Consent = "email" }, new() { Consent = "sms" }, new() { Consent = "none" }, new() { Country = "DE" }, new() { Country = "Nowhere" }, new() { LastOrderWithinDays = 60 }, new() { NoOrderForDays = 60 },
            new() { Tenth = 1 }, new() { Tenth = 10, Stage = LifeStage.Active }, new() { Recency = 5 }, new() { Frequency = 5, Recency = 4 }, new() { LeaveAtLeast = 50 }, new() { BuyAtLeast = 30, Segment = 2 },
        ];
        foreach (var filter in filters)
        {
            var expected = everybody.Where(row => Holds(filter, row)).Select(r => r.Id).Order().ToArray();
            foreach (var sort in Enum.GetValues<CustomerSort>())
            {
                var query = new ListCustomers(null, filter, sort, IsAscending: (int)sort % 2 == 0, null, PageSize: 7);
                var ids = (await ReadAllAsync(query)).Select(r => r.Id).ToArray();
                if (filter is { Tenth: null, Recency: null, Frequency: null }) Assert.Equal(expected, ids.Order());
                Assert.Equal(ids.Length, ids.Distinct().Count());
                Assert.Equal(ids.Length, (await Customers.HandleAsync(query, CancellationToken.None)).MatchCount);
                Assert.Equal(ids, await Customers.NumbersAsync(query, CancellationToken.None));
            }
        }
    }

    // The same question asked of a row that came from the store; tenths and classes are ranks and not in a row.
    private static bool Holds(CustomerFilter filter, CustomerRow row) =>
        (filter.Consent is not ("email" or "sms") || row.Consents.Any(c => c.Channel == filter.Consent && c.IsGranted)) && (filter.Consent is not "none" || !row.Consents.Any(c => c.IsGranted))
        && (filter.Country is null || row.Country == filter.Country) && (filter.LeaveAtLeast is not { } leave || row.Leave?.Value >= leave / 100.0)
        && (filter.BuyAtLeast is not { } buy || row.Purchase?.Value >= buy / 100.0) && (filter.Segment is not { } segment || row.Segment == segment)
        && (filter.LastOrderWithinDays is not { } within || row.LastOrderAt >= ManualClock.Noon.AddDays(-within)) && (filter.NoOrderForDays is not { } silent || row.LastOrderAt < ManualClock.Noon.AddDays(-silent));

    [Theory]
    [InlineData("na.marten@exam", "Lena Marten"), InlineData("5550 0000", "Lena Marten"), InlineData("20714", "Lena Marten"), InlineData("LENA MAR", "Lena Marten")]
    public async Task Any_fragment_finds_the_person(string fragment, string name) =>
        Assert.Equal(name, (await Customers.HandleAsync(new ListCustomers(fragment, CustomerFilter.None, CustomerSort.LastOrder, false, null), CancellationToken.None)).Rows[0].Name);

    [Theory]
    [InlineData("zzzzz"), InlineData("ab"), InlineData("' or 1=1 --"), InlineData("%%%")]
    public async Task What_nobody_has_finds_nobody(string fragment) =>
        Assert.Empty((await Customers.HandleAsync(new ListCustomers(fragment, CustomerFilter.None, CustomerSort.LastOrder, false, null), CancellationToken.None)).Rows);

    [Theory]
    [InlineData("x"), InlineData("k_1"), InlineData("k_x_y"), InlineData("k_1_1; drop table Customers"), InlineData("r__0")]
    public async Task A_mistyped_address_of_a_page_is_no_error(string after) =>
        Assert.NotNull(await Customers.HandleAsync(new ListCustomers(null, CustomerFilter.None, CustomerSort.Spent, false, after), CancellationToken.None));

    [Fact]
    public async Task The_rule_of_life_stages_is_the_same_in_the_query()
    {
        foreach (var days in new[] { 0, 100, 400 })
        {
            _store.Clock.SetTo(ManualClock.Noon.AddDays(days));
            foreach (var stage in Enum.GetValues<LifeStage>())
            {
                var rows = await ReadAllAsync(new ListCustomers(null, new CustomerFilter { Stage = stage }, CustomerSort.Orders, false, null));
                Assert.All(rows, row => Assert.Equal(stage, row.LifeStage)); // the row by C#, the filter by SQL
            }
        }
    }

    [Fact]
    public async Task The_timeline_tells_orders_and_visits_as_one_thing_each_and_misses_nothing()
    {
        var timelines = _store.Get<ReadTimelineHandler>();
        var entries = new List<TimelineEntry>();
        string? before = null;
        do
        {
            var page = await timelines.HandleAsync(1, TimelineFilter.All, before, CancellationToken.None);
            entries.AddRange(page.Entries);
            before = page.Next;
        }
        while (before is not null);

        Assert.Equal(12, entries.Count(e => e.Type == "order_placed"));
        Assert.Equal(5, Assert.Single(entries, e => e.Type == "item_viewed").EventCount);
        Assert.Equal(entries.OrderByDescending(e => e.At).Select(e => e.At), entries.Select(e => e.At));
        Assert.All((await timelines.HandleAsync(1, TimelineFilter.Orders, null, CancellationToken.None)).Entries, e => Assert.StartsWith("order_", e.Type, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_of_a_customer_has_scores_reasons_that_add_up_and_offers()
    {
        var page = await _store.Get<ReadCustomerHandler>().HandleAsync(1, CustomerScope.Everybody, CancellationToken.None);
        Assert.NotNull(page);
        Assert.Equal(12, page.OrderCount);
        var purchase = page.Prediction("purchase-30")!;
        Assert.Equal(purchase.Value, purchase.Reasons.Sum(r => r.Contribution), 2);
        Assert.Equal(5, page.Recommendations.Count);
        Assert.Equal("DE", page.Traits["country"]);
        Assert.Null(await _store.Get<ReadCustomerHandler>().HandleAsync(9_999, CustomerScope.Everybody, CancellationToken.None));
    }

    private async Task<List<CustomerRow>> ReadAllAsync(ListCustomers query)
    {
        var rows = new List<CustomerRow>();
        while (true)
        {
            var page = await Customers.HandleAsync(query, CancellationToken.None);
            rows.AddRange(page.Rows);
            if (page.Next is null) return rows;
            query = query with { After = page.Next };
        }
    }

    private static double? Key(CustomerRow row, CustomerSort sort) => sort switch
    {
        CustomerSort.LastOrder => row.LastOrderAt?.UtcTicks,
        CustomerSort.Orders => row.OrderCount,
        CustomerSort.Spent => (double)row.Spent,
        CustomerSort.Expected => row.Expected?.Value,
        CustomerSort.Purchase => row.Purchase?.Value,
        CustomerSort.LastSeen => row.LastSeenAt?.UtcTicks,
        CustomerSort.Since => row.FirstOrderAt?.UtcTicks,
        _ => row.Leave?.Value,
    };
}
