using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Statistics;
using CampaignPortal.Testing;
using CampaignPortal.Web.Charts;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;

namespace CampaignPortal.Web.Tests.Components;

/// <summary>The shared parts in each of their states.</summary>
public sealed class PartsTests
{
    private static readonly DateTimeOffset Noon = ManualClock.Noon;

    public PartsTests() => Speak("en-GB", "en");

    [Fact]
    public async Task Loadable_shows_what_was_loaded()
    {
        var part = await LoadAsync(_ => Task.FromResult<string?>("here it is"));
        Assert.Equal("here it is", part.Find("p").TextContent);
    }

    [Fact]
    public async Task Loadable_shows_the_empty_state_for_nothing_and_for_what_counts_as_nothing()
    {
        Assert.Equal("empty", (await LoadAsync(_ => Task.FromResult<string?>(null))).Find("i").TextContent);
        Assert.Equal("empty", (await LoadAsync(_ => Task.FromResult<string?>(""), isEmpty: text => text.Length == 0)).Find("i").TextContent);
    }

    [Fact]
    public async Task Loadable_keeps_a_failure_inside_and_can_try_again()
    {
        var isBroken = true;
        var part = await LoadAsync(_ => isBroken ? throw new InvalidOperationException("secret detail") : Task.FromResult<string?>("well again"));
        Assert.Matches("^[A-Z2-9]{6}$", part.Find(".mono").TextContent);
        Assert.DoesNotContain("secret detail", part.Html, StringComparison.Ordinal);

        isBroken = false;
        await part.ClickAsync("button");
        Assert.Equal("well again", part.Find("p").TextContent);
    }

    [Fact]
    public async Task PanelBoundary_shows_a_reference_and_no_detail_when_its_content_throws()
    {
        var part = await Rendered<PanelBoundary>(new() { ["ChildContent"] = (RenderFragment)(_ => throw new InvalidOperationException("secret detail")) });
        Assert.NotNull(part.Find("[role=alert] .mono"));
        Assert.DoesNotContain("secret detail", part.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1234.5", "€1,235"), InlineData("999.99", "€999.99"), InlineData("36", "€36"), InlineData("-12.4", "−€12.40"), InlineData("0", "€0"), InlineData("92.78", "€92.78")]
    public async Task Money_has_decimals_below_a_thousand_only(string amount, string text) =>
        Assert.Equal(text, (await Rendered<Money>(new() { ["Amount"] = decimal.Parse(amount, CultureInfo.InvariantCulture) })).Find("span").TextContent);

    [Fact]
    public async Task Money_that_is_not_known_is_a_dash_and_expected_money_is_violet_with_its_range()
    {
        Assert.Equal("–", (await Rendered<Money>(new() { ["Amount"] = null })).Find("span").TextContent);
        var expected = await Rendered<ExpectedMoney>(new() { ["Value"] = 540.4, ["Lower"] = 361.0, ["Upper"] = 760.0 });
        Assert.Equal("€540", expected.Find(".model").TextContent);
        Assert.Contains("€361–760", expected.Html.Replace("&#x20AC;", "€", StringComparison.Ordinal).Replace("&#x2013;", "–", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("No reliable prediction", (await Rendered<ExpectedMoney>(new() { ["Value"] = null })).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.64, "64%"), InlineData(0.9999, "> 99.9%"), InlineData(0.0, "< 0.1%"), InlineData(0.004, "0.4%"), InlineData(1.0, "> 99.9%")]
    public async Task Percent_is_never_certain(double value, string text) => Assert.Equal(text, (await Rendered<Percent>(new() { ["Value"] = value })).Find("span").TextContent);

    [Fact]
    public async Task Percent_carries_its_interval_its_time_or_the_reason_why_there_is_none()
    {
        var known = await Rendered<Percent>(new() { ["Value"] = 0.64, ["Interval"] = new Estimate(0.64, 0.57, 0.7, 0.95), ["AsOf"] = Noon });
        Assert.Equal("64% (57%–70%)", known.Find("span").TextContent);
        Assert.Contains("As of Mon 9 Mar 2026, 12:00", known.Find("span").GetAttribute("title"), StringComparison.Ordinal);
        Assert.Equal("fewer than 100 customers", (await Rendered<Percent>(new() { ["Value"] = null, ["Missing"] = "fewer than 100 customers" })).Find("span").GetAttribute("title"));
        Assert.Equal("5.03%", (await Rendered<Percent>(new() { ["Value"] = 0.0503, ["IsRate"] = true })).Find("span").TextContent);
    }

    [Theory]
    [InlineData(-20, "just now"), InlineData(-60, "1 minute ago"), InlineData(-7200, "2 hours ago"), InlineData(-86_400, "8 Mar"), InlineData(-86_400 * 200, "21 Aug 2025")]
    public async Task TimeAgo_is_relative_within_a_day_only(int seconds, string text)
    {
        var part = await Rendered<TimeAgo>(new() { ["At"] = Noon.AddSeconds(seconds) }, Viewer.Nobody with { Clock = new ManualClock() });
        Assert.Equal(text, part.Find("time").TextContent);
        Assert.Contains("(UTC)", part.Find("time").GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_an_imported_history_moments_are_days_and_its_last_midnight_closes_the_day_before()
    {
        var viewer = Viewer.Nobody with { Clock = new ManualClock(Noon.AddYears(1)) };
        Assert.Equal("9 Mar", (await Rendered<TimeAgo>(new() { ["At"] = Noon.AddHours(-2), ["Now"] = Noon }, viewer)).Find("time").TextContent);
        Assert.Equal("As of 8 Mar 2026", (await Rendered<AsOf>(new() { ["At"] = Noon.AddHours(-12) }, viewer)).Find("span").TextContent);
    }

    [Fact]
    public async Task TimeAgo_without_a_moment_is_a_dash() => Assert.Equal("–", (await Rendered<TimeAgo>(new() { ["At"] = null })).Find("span").TextContent);

    [Fact]
    public async Task AsOf_turns_amber_when_it_is_old()
    {
        var clock = new ManualClock(Noon);
        var viewer = Viewer.Nobody with { Clock = clock };
        Assert.Contains("sub", (await Rendered<AsOf>(new() { ["At"] = Noon.AddHours(-3), ["StaleAfter"] = TimeSpan.FromDays(1) }, viewer)).Find("span").ClassName, StringComparison.Ordinal);
        Assert.Contains("warn", (await Rendered<AsOf>(new() { ["At"] = Noon.AddDays(-3), ["StaleAfter"] = TimeSpan.FromDays(1) }, viewer)).Find("span").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatCard_shows_a_dash_and_the_reason_where_there_is_no_figure()
    {
        var part = await Rendered<StatCard>(new() { ["Label"] = "Orders", ["Value"] = null, ["Detail"] = "no order yet" });
        Assert.Equal("–", part.Find(".v").TextContent);
        Assert.Equal("no order yet", part.Find(".d").TextContent);
        Assert.NotNull((await Rendered<StatCard>(new() { ["Label"] = "Orders", ["Value"] = "12", ["Line"] = new double[] { 1, 3, 2 } })).Find("svg path"));
    }

    [Fact]
    public async Task EmptyState_names_the_next_step()
    {
        var part = await Rendered<EmptyState>(new() { ["Title"] = "No customer yet", ["Hint"] = "Bring your orders", ["Command"] = "import" });
        Assert.Equal(("No customer yet", "Bring your orders", "import"), (part.Find("h2").TextContent, part.Find("p").TextContent, part.Find("code").TextContent));
    }

    [Fact]
    public async Task NotEnoughData_says_exactly_how_much_is_missing()
    {
        var part = await Rendered<NotEnoughData>(new() { ["Have"] = 213L, ["Need"] = 500L, ["Unit"] = "customers with an order" });
        Assert.Equal("Needs 500 customers with an order; there are 213.", part.Find("p").TextContent);
        Assert.Equal("width:42.6%", part.Find(".bar i").GetAttribute("style"));
    }

    [Fact]
    public async Task RangeMeter_says_what_it_draws()
    {
        var part = await Rendered<RangeMeter>(new() { ["Label"] = "Buys again", ["Value"] = 0.64, ["Lower"] = 0.57, ["Upper"] = 0.7, ["Average"] = 0.21 });
        Assert.Equal("Buys again: 64%, shop average 21%", part.Find("svg").GetAttribute("aria-label"));
        Assert.Contains("likely range 57–70%", part.Html.Replace("&#x2013;", "–", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("range not known", (await Rendered<RangeMeter>(new() { ["Label"] = "Buys again", ["Value"] = 0.64 })).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sparkline_of_equal_values_is_a_level_line()
    {
        var part = await Rendered<Sparkline>(new() { ["Values"] = new double[] { 4, 4, 4 }, ["Label"] = "AUC" });
        Assert.Equal("M1 11L35 11L69 11", part.Find("path").GetAttribute("d"));
    }

    [Theory]
    [InlineData(0.1, 0.3, true, "var(--cp-chart-up)"), InlineData(0.1, 0.3, false, "var(--cp-chart-down)"), InlineData(-0.1, 0.3, true, "var(--cp-chart-flat)"), InlineData(-0.3, -0.1, true, "var(--cp-chart-down)")]
    public async Task IntervalPlot_is_grey_unless_zero_is_excluded(double low, double high, bool higherIsBetter, string colour)
    {
        var part = await Rendered<IntervalPlot>(new() { ["Estimate"] = new Estimate((low + high) / 2, low, high, 0.95), ["From"] = -1.0, ["To"] = 1.0, ["HigherIsBetter"] = higherIsBetter });
        Assert.Equal(colour, part.Find("circle").GetAttribute("fill"));
    }

    [Theory]
    [InlineData(Tone.Good, "b ok"), InlineData(Tone.Bad, "b bad"), InlineData(Tone.Model, "b mod")]
    public async Task StateBadge_carries_words_besides_its_colour(Tone tone, string name)
    {
        var part = await Rendered<StateBadge>(new() { ["Text"] = "Live", ["Tone"] = tone });
        Assert.Equal((name, "Live"), (part.Find("span").ClassName, part.Find("span").TextContent));
    }

    [Fact]
    public async Task Chart_offers_its_data_as_a_table()
    {
        var part = await Rendered<Chart>(new() { ["Options"] = new ChartOptions(new { }, "It falls.", ["Epoch", "Loss"], [["1", "0.5"], ["2", "0.4"]]) });
        Assert.Equal("It falls.", part.Find("[role=img]").GetAttribute("aria-label"));
        Assert.Empty(part.FindAll("table"));
        await part.ClickAsync("[data-chart-table]");
        Assert.Equal(2, part.FindAll("tbody tr").Count);
    }

    [Theory]
    [InlineData(true, false, true), InlineData(false, true, true), InlineData(false, false, true)]
    public async Task A_chart_menu_offers_pictures_of_drawings_only_and_a_file_always(bool isTable, bool hasDrawing, bool hasFile)
    {
        var part = await Rendered<ChartMenu>(new()
        {
            ["Title"] = "Moves", ["Summary"] = "It moved.", ["Columns"] = new[] { "From", "To" }, ["Rows"] = new IReadOnlyList<string>[] { ["a", "b"] }, ["IsTable"] = isTable, ["HasDrawing"] = hasDrawing,
            ["ChildContent"] = (RenderFragment)(builder => Element(builder, "p", "shown")),
        });
        var items = part.FindAll("button.item").Select(i => i.TextContent).ToArray();
        Assert.Equal((hasFile, !isTable && hasDrawing, !isTable), (items.Contains("CSV"), items.Contains("PNG"), items.Contains("Show as table")));
    }

    [Fact]
    public void Countries_languages_and_known_attributes_have_names_in_both_languages()
    {
        Speak("zh-CN", "zh-Hans");
        Assert.Equal(("德国", "国家或地区", "德语"), (Vocabulary.Country("DE"), Vocabulary.Trait("country"), Vocabulary.LanguageOf("de")));
        Assert.Equal("所在地：德国", Vocabulary.Feature("country:DE"));
        Assert.All(Countries.All(), country => Assert.DoesNotContain(country.Name, c => char.IsAsciiLetter(c)));
        Speak("en-GB", "en");
        Assert.Equal(("Germany", "Country", "German"), (Vocabulary.Country("DE"), Vocabulary.Trait("country"), Vocabulary.LanguageOf("de")));
        Assert.Equal(("Unspecified", "own_word", "not a code"), (Vocabulary.Country("Unspecified"), Vocabulary.Trait("own_word"), Vocabulary.LanguageOf("not a code")));
        Assert.Equal("lives in Germany", Vocabulary.Feature("country:DE"));
    }

    [Fact]
    public void Contact_data_are_whole_masked_or_absent_by_role()
    {
        Assert.Equal("lena.marten@example.com", Masked.Email("lena.marten@example.com", User(Roles.Admin)));
        Assert.Equal("lena.marten@example.com", Masked.Email("lena.marten@example.com", User(Roles.Representative)));
        Assert.Equal("l…n@example.com", Masked.Email("lena.marten@example.com", User(Roles.Marketer)));
        Assert.Equal("l…@example.com", Masked.Email("li@example.com", User(Roles.Marketer)));
        Assert.Null(Masked.Email("lena.marten@example.com", User(Roles.Analyst)));
        Assert.Null(Masked.Name("Lena Marten", User()));
        Assert.Equal("L… M…", Masked.Name("Lena Marten", User(Roles.Marketer)));
        Assert.Null(Masked.Address("Street 1", User(Roles.Marketer)));
    }

    [Fact]
    public void Chinese_pages_write_dates_and_points_in_Chinese()
    {
        Speak("zh-CN", "zh-Hans");
        Assert.Equal("3月9日", Figures.Day(Noon, TimeZoneInfo.Utc, Noon));
        Assert.Equal("+19\u00a0个百分点", Figures.Points(0.19));
        Assert.Equal("€84,210", Figures.Money(84_210.4m, "EUR"));
    }

    [Fact]
    public void A_sentence_with_a_missing_value_does_not_reach_a_page() => Assert.Throws<ArgumentException>(() => Say.With("{count} of {total}", ("count", "1")));

    internal static void Speak(string culture, string words) => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo(culture), CultureInfo.GetCultureInfo(words));

    private static Task<RenderedPart> LoadAsync(Func<CancellationToken, Task<string?>> load, Func<string, bool>? isEmpty = null) => Rendered<Loadable<string>>(new()
    {
        ["Load"] = load,
        ["IsEmpty"] = isEmpty,
        ["ChildContent"] = (RenderFragment<string>)(text => builder => Element(builder, "p", text)),
        ["Empty"] = (RenderFragment)(builder => Element(builder, "i", "empty")),
    });

    private static void Element(RenderTreeBuilder builder, string name, string text)
    {
        builder.OpenElement(0, name);
        builder.AddContent(1, text);
        builder.CloseElement();
    }

    /// <summary>The part under a viewer, as a page would hold it.</summary>
    internal static async Task<RenderedPart> Rendered<T>(Dictionary<string, object?> parameters, Viewer? viewer = null)
        where T : IComponent
    {
        return await RenderedPart.RenderAsync<Host>(
            new Dictionary<string, object?> { ["Part"] = typeof(T), ["Parameters"] = parameters, ["Viewer"] = viewer ?? Viewer.Nobody with { Shop = ShopSettings.Default } },
            services => services.AddSingleton<TimeProvider>(new ManualClock()).AddSingleton<Downloads>());
    }

    internal sealed class Host : ComponentBase
    {
        [Parameter] public required Type Part { get; set; }
        [Parameter] public required Dictionary<string, object?> Parameters { get; set; }
        [Parameter] public required Viewer Viewer { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<CascadingValue<Viewer>>(0);
            builder.AddComponentParameter(1, "Value", Viewer);
            builder.AddComponentParameter(2, "ChildContent", (RenderFragment)(inner =>
            {
                inner.OpenComponent(0, Part);
                foreach (var (name, value) in Parameters)
                {
                    if (value is not null) inner.AddComponentParameter(1, name, value);
                }
                inner.CloseComponent();
            }));
            builder.CloseComponent();
        }
    }
}
