using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Statistics;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Insights;
using CampaignPortal.Web.Features.LifetimeValue;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;

namespace CampaignPortal.Web.Tests.Components;

/// <summary>The parts of lifetime value and insights: what they say agrees with what they show.</summary>
public sealed class LifetimePartsTests
{
    private static readonly LifetimeForecast Forecast = SampleForecast.From(new DateOnly(2026, 3, 1));

    public LifetimePartsTests() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("en-GB"), CultureInfo.GetCultureInfo("en"));

    [Fact]
    public async Task Four_figures_follow_months_margin_and_discount()
    {
        var page = SampleForecast.Page(Forecast);
        var parameters = new Dictionary<string, object?> { ["Page"] = page, ["Forecast"] = Forecast, ["Months"] = 6, ["Discount"] = 0.0, ["Margin"] = 1.0 };
        var plain = await Rendered<LifetimeFigures>(parameters);
        Assert.Contains("€2,400", plain.Find(".kpi .v").TextContent, StringComparison.Ordinal); // six months of 400
        Assert.Contains("€60", plain.FindAll(".kpi .v")[1].TextContent, StringComparison.Ordinal); // among forty
        Assert.Equal("90%", plain.FindAll(".kpi .v")[3].TextContent);

        var half = await Rendered<LifetimeFigures>(new(parameters) { ["Margin"] = 0.5 });
        Assert.Contains("€1,200", half.Find(".kpi .v").TextContent, StringComparison.Ordinal);
        Assert.Contains("margin", half.Find(".kpi .l").TextContent, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_sentence_of_the_fan_is_the_sum_of_its_table()
    {
        var fan = await Rendered<ForecastFan>(new() { ["Page"] = SampleForecast.Page(Forecast), ["Forecast"] = Forecast, ["Months"] = 6 });
        await fan.ClickAsync("[data-chart-table]");
        var expected = fan.FindAll(".chart-data tbody tr").Select(row => row.Children[3].TextContent).Where(text => text.Length > 0).Sum(text => double.Parse(text, NumberStyles.Number, CultureInfo.CurrentCulture));
        Assert.Equal(2_400, expected);
        Assert.Contains("€2,400", fan.Find("figcaption").TextContent, StringComparison.Ordinal);
        Assert.Equal(12, fan.FindAll(".chart-data tbody tr").Count); // six months known, six ahead
    }

    [Fact]
    public async Task A_bad_record_and_a_short_history_are_said_before_the_figures()
    {
        var bad = SampleForecast.From(new DateOnly(2026, 3, 1), backTestForecast: 600);
        var notices = await Rendered<LifetimeNotices>(new() { ["Page"] = SampleForecast.Page(bad, historyMonths: 9) });
        Assert.Contains("Use with care", notices.Find(".alert.warn").TextContent, StringComparison.Ordinal);
        Assert.Contains("40.0% below", notices.Find(".alert.warn").TextContent, StringComparison.Ordinal);
        Assert.Contains("12 or 24 months", notices.Find(".alert.inf").TextContent, StringComparison.Ordinal);

        Assert.Empty((await Rendered<LifetimeNotices>(new() { ["Page"] = SampleForecast.Page(Forecast, historyMonths: 30) })).FindAll(".alert"));
    }

    [Fact]
    public async Task Too_little_data_says_each_missing_amount()
    {
        var missing = await Rendered<LifetimeMissing>(new() { ["Needs"] = new LifetimeNeeds(213, 40, 400) });
        Assert.Contains("500", missing.Html, StringComparison.Ordinal);
        Assert.Contains("213", missing.Html, StringComparison.Ordinal);
        Assert.Equal(2, missing.FindAll("[role=progressbar]").Count); // the history is long enough
        Assert.Contains("No forecast yet", (await Rendered<LifetimeMissing>(new() { ["Needs"] = new LifetimeNeeds(900, 400, 400) })).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_expected_in_a_triangle_is_hatched_and_not_filled()
    {
        TriangleRow[] rows = [new("Jan 2026", "40", [new("10", 10, false), new("25", 25, true)]), new("Feb 2026", "4", [], "fewer than 10")];
        var triangle = await Rendered<CohortTriangle>(new() { ["Rows"] = rows, ["Columns"] = new[] { "0", "1" }, ["Summary"] = "cohorts" });
        Assert.Equal(["var(--cp-seq-8)", "url(#tri-hatch)"], triangle.FindAll("g rect").Select(r => r.GetAttribute("fill")));
        Assert.Contains("fewer than 10", triangle.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cells_of_fewer_than_ten_people_say_no_amount()
    {
        RfmCell[] cells = [.. from f in Enumerable.Range(1, 5).Reverse() from r in Enumerable.Range(1, 5) select new RfmCell(r, f, RfmRegions.Of(r, f), (r, f) == (5, 5) ? 3 : (r, f) == (1, 1) ? 0 : 40, 4_000)];
        var overview = new RfmOverview(new DateOnly(2026, 3, 1), new DateOnly(2026, 2, 1), cells, new RfmSpan?[5], new RfmSpan?[5], [], 800, RfmLimits.Fixed, ManualClock.Noon);
        var card = await Rendered<RfmCard>(new() { ["Overview"] = overview, ["ViewLink"] = (Func<string, string>)(v => "?view=" + v), ["CellLink"] = (Func<string, string>)(c => "?cell=" + c) });
        Assert.Equal(25, card.FindAll("a.cell").Count);
        Assert.Contains("fewer than 10", card.Find("a[href='?cell=5-5']").TextContent, StringComparison.Ordinal);
        Assert.Contains("40 · €100", card.Find("a[href='?cell=4-5']").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("€", card.Find("a[href='?cell=1-1']").TextContent, StringComparison.Ordinal);
        Assert.Contains("80 people ordered as often as your best", card.Find("figcaption").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_funnel_names_its_weakest_step()
    {
        static FunnelStep Step(EventKind kind, int count, int before) => new(kind, count, new Estimate(count / 400.0, 0, 1, 0.95), before == 0 ? null : new Estimate(count / (double)before, 0.1, 0.9, 0.95), TimeSpan.FromHours(2), TimeSpan.FromDays(2));
        var group = new FunnelGroup(FunnelSplit.None, FunnelGroup.Unknown, null, [Step(EventKind.ItemViewed, 400, 0), Step(EventKind.CartAdded, 80, 400), Step(EventKind.OrderPlaced, 60, 80)]);
        var card = await Rendered<FunnelCard>(new() { ["Group"] = group });
        Assert.Contains("Put in basket", card.Find(".alert").TextContent, StringComparison.Ordinal);
        Assert.Contains("20.0%", card.Find(".alert").TextContent, StringComparison.Ordinal);
        Assert.Contains("400 people", card.Find("figcaption").TextContent, StringComparison.Ordinal);
        Assert.Contains("15.0%", card.Find("figcaption").TextContent, StringComparison.Ordinal); // 60 of 400
    }

    [Fact]
    public async Task Groups_of_a_funnel_under_ten_say_no_share_and_unknown_ones_have_words()
    {
        static FunnelStep Step(EventKind kind, int count, double share) => new(kind, count, new Estimate(share, share - 0.02, share + 0.02, 0.95), null, TimeSpan.FromMinutes(20), null);
        FunnelGroup Group(int number, string? name, int entered) => new(FunnelSplit.Device, number, name, [Step(EventKind.ItemViewed, entered, 1), Step(EventKind.CartAdded, entered / 4, 0.25)]);
        var funnel = new FunnelOverview([Group(0, "mobile", 400), Group(1, "tv", 40), Group(FunnelGroup.Unknown, null, 9)], null, [EventKind.ItemViewed, EventKind.CartAdded], new Dictionary<EventKind, int>(), default, default, ManualClock.Noon);
        var rows = (await Rendered<FunnelBreakdown>(new() { ["Funnel"] = funnel, ["Segments"] = new Dictionary<int, string>() })).FindAll("tbody tr").Select(row => string.Join(" | ", row.Children.Select(c => c.TextContent.Trim()))).ToArray();
        Assert.Equal(["Phone | 400 | 25.0%23.0% to 27.0% | 20 minutes", "tv | 40 | 25.0%23.0% to 27.0% | 20 minutes", "Not known | fewer than 10 | – | –"], rows);
    }

    [Fact]
    public async Task What_must_not_happen_in_between_can_be_chosen_and_taken_away_again()
    {
        var step = new FunnelStep(EventKind.ItemViewed, 40, null, null, null, null);
        var available = new Dictionary<EventKind, int> { [EventKind.ItemViewed] = 1, [EventKind.CartAdded] = 1, [EventKind.OrderPlaced] = 1, [EventKind.Searched] = 1 };
        var funnel = new FunnelOverview([], null, [EventKind.ItemViewed, EventKind.CartAdded], available, default, default, ManualClock.Noon)
        {
            All = new FunnelGroup(FunnelSplit.None, FunnelGroup.Unknown, null, [step]), Order = FunnelOrder.Strict, Without = [EventKind.OrderPlaced],
        };
        var part = await Rendered<FunnelSteps>(new() { ["Funnel"] = funnel, ["AddressOf"] = (Func<FunnelChoice, string>)(c => "?" + string.Join(',', c.Without ?? [])) });
        Assert.Equal("?", part.Find("a[aria-label='Allow “Ordered” again']").GetAttribute("href"));
        Assert.Equal(["Must not happen in between", "Searched"], part.FindAll("select")[2].Children.Select(o => o.TextContent));
        Assert.Equal("Directly one after the other", part.Find("option[selected]").TextContent);
    }

    private static Task<RenderedPart> Rendered<T>(Dictionary<string, object?> parameters) where T : IComponent => RenderedPart.RenderAsync<PartsTests.Host>(
        new Dictionary<string, object?>
        {
            ["Part"] = typeof(T), ["Parameters"] = parameters, ["Viewer"] = new Viewer(User(Roles.Admin), ShopSettings.Default, TimeZoneInfo.Utc, new ManualClock()),
        },
        services => services.AddSingleton<TimeProvider>(new ManualClock()).AddScoped<Downloads>());
}
