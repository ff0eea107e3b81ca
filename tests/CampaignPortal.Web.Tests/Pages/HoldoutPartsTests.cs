using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Messages;
using CampaignPortal.Statistics;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Features.Insights;
using CampaignPortal.Web.Identity;
using static CampaignPortal.Web.Tests.Components.PartsTests;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>What the card of all campaigns together claims in each state, and what it keeps back.</summary>
public sealed class HoldoutPartsTests
{
    private static readonly HeldShares Five = new(0.05, 0.05);

    public HoldoutPartsTests() => Speak("en-GB", "en");

    [Fact]
    public async Task A_sure_effect_is_told_with_its_interval_beside_what_attribution_claims()
    {
        var part = await CardAsync(Report(Arm(19_000, 3_800), Arm(1_000, 100)));
        Assert.Matches(@"^The campaigns of this quarter caused about 1,900 orders together, most likely between 1,\d{3} and 2,\d{3}\.$", part.Find(".med").TextContent);
        Assert.Equal("40 orders after a click, €1,200", part.FindAll("dd")[0].TextContent);
        Assert.Contains("Quarter 3 of 2026, 1 Jul to 30 Sep", part.Html, StringComparison.Ordinal);
        Assert.Equal("/now", part.Find("nav a[aria-current=true]").GetAttribute("href"));
        Assert.DoesNotContain("Not enough data yet", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fewer_orders_are_told_as_a_loss_with_the_smaller_number_first() =>
        Assert.Matches(@"^With the campaigns of this quarter there were about 950 fewer orders, most likely between \d{2,3} and 1,\d{3}\.$", (await CardAsync(Report(Arm(19_000, 1_900), Arm(1_000, 150)))).Find(".med").TextContent);

    [Fact]
    public async Task An_interval_around_zero_says_that_nobody_can_tell_and_how_long_it_takes()
    {
        var part = await CardAsync(Report(Arm(19_000, 1_950), Arm(1_000, 100)));
        Assert.Matches(@"^Cannot tell yet whether the campaigns of this quarter caused orders: most likely between −\d+ and [\d,]+\.$", part.Find(".med").TextContent);
        Assert.Equal(["Touched, not caused", "To see 5% more people order", "To see 10% more people order", "To see 20% more people order"], part.FindAll("dt").Select(d => d.TextContent));
        Assert.Equal(["about 33 months, or 10,400 people held out for a quarter", "about 3 months", "about one month"], part.FindAll("dd").Skip(1).Select(d => d.TextContent));
    }

    [Fact]
    public async Task Below_the_minimum_stands_what_is_missing_and_no_number_is_claimed()
    {
        var part = await CardAsync(Report(Arm(1_900, 300), Arm(100, 7)));
        Assert.Equal("Not enough data yet: 7 of 25 people with an order in “Held out”.", part.Find(".med").TextContent);
        Assert.Contains("7 of 100 people with an order in “Held out”.", part.Find("tbody tr:last-child").TextContent, StringComparison.Ordinal);
        Assert.Equal(3, part.FindAll("td:last-child").Count(d => d.TextContent.Trim() == "–"));
    }

    [Fact]
    public async Task Without_a_message_no_difference_is_the_work_of_campaigns() =>
        Assert.Equal("No campaign went out in this quarter: any difference is chance.", (await CardAsync(Report(Arm(19_000, 3_800), Arm(1_000, 100)) with { Attributed = default })).Find(".med").TextContent);

    [Fact]
    public async Task A_changed_share_and_held_out_people_with_a_message_are_told()
    {
        var report = Report(Arm(19_000, 3_800), Arm(1_000, 100));
        var part = await CardAsync(report with { Book = report.Book with { Shares = new HeldShares(0.05, 0.1), Moved = 1_040, Reached = 12 } });
        foreach (var note in new[] { "consented by 1 Jul", "5% of them are held out", "1,040 people were held out for a part of it", "reached 12 of the 1,000 held-out people" }) Assert.Contains(note, part.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Admin, true), InlineData(Roles.Marketer, false)]
    public async Task Where_nobody_is_held_out_only_who_may_change_it_gets_a_way_there(string role, bool mayChange)
    {
        var report = Report(HoldoutArm.None, HoldoutArm.None);
        var part = await CardAsync(report with { IsOff = true, Book = report.Book with { Shares = default } }, role);
        Assert.Contains("Nobody is held out of all campaigns at present", part.Html, StringComparison.Ordinal);
        Assert.Empty(part.FindAll("table"));
        Assert.Equal(mayChange, part.FindAll("a[href='/settings/sending']").Count > 0);
    }

    [Fact]
    public async Task A_share_set_within_the_quarter_claims_nothing_for_it()
    {
        var report = Report(HoldoutArm.None, HoldoutArm.None);
        var part = await CardAsync(report with { IsRunning = false, Book = report.Book with { Shares = new HeldShares(0, 0.05) } });
        Assert.Contains("Nobody was held out through the whole of this quarter", part.Html, StringComparison.Ordinal);
        Assert.Equal("/before", part.Find("nav a[aria-current=true]").GetAttribute("href"));
    }

    [Fact]
    public async Task Money_is_compared_up_to_the_cap_and_the_figure_without_it_is_one_click_away()
    {
        var capped = Arm(1_000, 100).Sums with { Revenue = 1_500 };
        var report = Report(Arm(19_000, 3_800), Arm(1_000, 100) with { Capped = capped });
        report = report with
        {
            Effect = HoldoutEffect.Of(report.Book.Treated.Sums, capped, null, null), Uncapped = HoldoutEffect.Of(report.Book.Treated.Sums, report.Book.Holdout.Sums, null, null), Book = report.Book with { Cap = 250, CappedCount = 8 },
        };
        var part = await CardAsync(report);
        Assert.Contains("counts up to €250: the 99% quantile", part.Find(".cap-note").TextContent, StringComparison.Ordinal);
        Assert.Contains("8 people spent more", part.Find(".cap-note").TextContent, StringComparison.Ordinal);
        Assert.Equal("€1.50", part.Find("tbody tr:last-child td:nth-child(3)").TextContent.Trim());
        await part.ClickAsync(".cap-note button");
        Assert.StartsWith("Revenue per person, without the cap", part.Find("tbody tr:last-child").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal("€2", part.Find("tbody tr:last-child td:nth-child(3)").TextContent.Trim());
    }

    private static Task<RenderedPart> CardAsync(HoldoutReport report, string role = Roles.Marketer) => Rendered<HoldoutCard>(
        new() { ["Report"] = report, ["RunningAddress"] = "/now", ["BeforeAddress"] = "/before" }, Viewer.Nobody with { User = User(role), Clock = new ManualClock(), Shop = Marketing.Database.ShopSettings.Default });

    private static HoldoutReport Report(HoldoutArm treated, HoldoutArm holdout)
    {
        var effect = HoldoutEffect.Of(treated.Sums, holdout.Sums, costs: null, margin: null);
        // As many orders as people who ordered.
        Estimate? each = effect.Orders.Absolute;
        Estimate? all = effect.IncrementalOrders;
        return new HoldoutReport(
            new HoldoutBook(new HoldoutQuarter(2026, 3), Five, treated, holdout, 0, 0, 0.1), IsRunning: true, IsOff: false, effect, each, all,
            new MessageSums { Sent = 900, OrderedAfterClick = 40, AttributedRevenue = 1_200 }, [new HoldoutPlan(0.05, 10_400, 33), new HoldoutPlan(0.1, 900, 3), new HoldoutPlan(0.2, 200, 1)], new DateTimeOffset(2026, 8, 15, 12, 0, 0, TimeSpan.Zero));
    }

    private static HoldoutArm Arm(long people, long ordered) =>
        new(new ArmSums { Assigned = people, Exposed = people, Ordered = ordered, Buyers = ordered, Revenue = 20 * ordered, RevenueSquares = 400.0 * ordered }, ordered, ordered);
}
