using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>Where people clicked, why messages came back, how a difference settled, and what the past lets expect.</summary>
public sealed class CampaignReportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_map_counts_people_once_names_chosen_products_and_leaves_machines_out()
    {
        await using var shop = await CampaignShop.OpenAsync(200);
        var (id, version, people) = await SentAsync(shop);
        await ClickAsync(people.Take(30), 0, "https://shop.example.com/linen");
        await ClickAsync(people.Take(10), 0, "https://shop.example.com/linen"); // again: the same people
        await ClickAsync(people.Skip(30).Take(4), 1, "https://shop.example.com/item-1");
        await ClickAsync(people.Skip(34).Take(2), 1, "https://shop.example.com/item-2");
        await ClickAsync(people.Skip(50).Take(20), 2, "https://shop.example.com/hidden", "machine");
        await shop.ReactAsync(KnownEvents.MessageClicked, id, [.. people.Skip(80).Take(3).Select(c => (c, version))]); // another system says no more than that

        var links = new ReadCampaignLinksHandler(shop.Store.Database).Handle(id);
        Assert.Equal(
            [
                new CampaignLink(version, 0, "https://shop.example.com/linen", 1, 30),
                new CampaignLink(version, 1, "https://shop.example.com/item-1", 2, 6),
                new CampaignLink(version, -1, null, 1, 3),
            ],
            links);
        Assert.Equal((await ResultAsync(shop, id)).Sent.Clicked, links.Sum(l => l.People)); // here nobody followed two links

        Task ClickAsync(IEnumerable<string> customers, int link, string url, string by = "human")
        {
            shop.Store.Clock.Advance(TimeSpan.FromMinutes(1));
            return shop.ReactAsync(KnownEvents.MessageClicked, id, [.. customers.Select(c => (c, version))], $$"""{"by":"{{by}}","link":{{link}},"url":"{{url}}"}""");
        }
    }

    [Theory]
    [InlineData("""{"link":"first"}"""), InlineData("""{"link":-7,"url":5}"""), InlineData("""{"link":1e30}""")]
    public async Task A_click_that_names_its_link_badly_is_a_click_all_the_same(string properties)
    {
        await using var shop = await CampaignShop.OpenAsync(40);
        var (id, version, people) = await SentAsync(shop);
        await shop.ReactAsync(KnownEvents.MessageClicked, id, [(people[0], version)], properties);
        Assert.Equal([new CampaignLink(version, -1, null, 1, 1)], new ReadCampaignLinksHandler(shop.Store.Database).Handle(id));
    }

    [Fact]
    public async Task Bounces_are_told_by_reason_and_reply_and_add_up_to_their_people()
    {
        await using var shop = await CampaignShop.OpenAsync(40);
        var (id, version, people) = await SentAsync(shop);
        await BouncedAsync(people.Take(3), $$"""{"kind":"hard","reason":"{{MessageReasons.Bounced}}","code":550}""");
        await BouncedAsync(people.Skip(3).Take(1), $$"""{"kind":"soft","reason":"{{MessageReasons.Policy}}"}""");
        await BouncedAsync(people.Skip(4).Take(2), """{"kind":"soft"}"""); // another system says no more than that
        await BouncedAsync(people.Skip(6).Take(1), null);
        shop.Store.Clock.Advance(TimeSpan.FromHours(1));
        await BouncedAsync(people.Take(2), """{"reason":"again"}"""); // the same people: their first one counts
        var result = await ResultAsync(shop, id);
        Assert.Equal(
            [((MessageReasons.Bounced, 550), 3L), ((MessageReasons.Policy, 0), 1L), ((MessageReasons.SoftBounce, 0), 2L), ((MessageReasons.Unknown, 0), 1L)],
            result.Progress.Bounces.Select(b => (b.Key, b.Value)).OrderBy(b => b.Key.Reason is MessageReasons.Bounced ? 0 : b.Key.Reason is MessageReasons.Policy ? 1 : b.Key.Reason is MessageReasons.SoftBounce ? 2 : 3));
        Assert.Equal(result.Sent.Bounced, result.Progress.Bounces.Values.Sum());

        Task BouncedAsync(IEnumerable<string> customers, string? properties) => shop.ReactAsync(KnownEvents.MessageBounced, id, [.. customers.Select(c => (c, version))], properties);
    }

    [Fact]
    public async Task Nothing_is_expected_before_three_campaigns_and_then_a_range_around_what_they_brought()
    {
        await using var shop = await CampaignShop.OpenAsync(1);
        var expectations = shop.Store.Get<ExpectationReader>();
        await PastAsync(shop, 1, clicked: 50, daysAgo: 200);
        await PastAsync(shop, 2, clicked: 60, daysAgo: 100);
        Assert.Equal(new Expectation(null, null, null, 2), expectations.For(500));

        await PastAsync(shop, 3, clicked: 40, daysAgo: 20); // its orders are complete, its revenue not yet
        await PastAsync(shop, 4, clicked: 900, daysAgo: 2); // its windows are open
        var expected = expectations.For(500)!; // somebody is reached
        Assert.Equal(3, expected.CampaignCount);
        Assert.Null(expected.Revenue);
        // Rates 5, 6 and 4 % of 500: 25 people; t(2) at 0.9 is 1.8856, between 0.01² · 4/3, within 0.05 · 0.95 / 500.
        var halfWidth = 1.8856 * Math.Sqrt(0.0001 * 4 / 3 + 0.05 * 0.95 / 500) * 500;
        Assert.Equal(25 - halfWidth, expected.Clicks!.Low, 0.01);
        Assert.Equal(25 + halfWidth, expected.Clicks.High, 0.01);
        Assert.Null(expectations.For(0));
    }

    [Fact]
    public void The_lift_curve_begins_with_enough_data_and_its_band_is_wider_than_one_look_allows()
    {
        ArmHour[] control = [new(10, 500, 10), new(11, 1_000, 40), new(13, 1_000, 60)];
        ArmHour[] treatment = [new(10, 500, 12), new(12, 1_000, 70), new(13, 1_000, 90)];
        var curve = LiftCurve.Of(control, treatment, 2_000);
        Assert.Equal([12L, 13L], curve.Select(p => p.Hour));
        Assert.Equal(0.07 - 0.04, curve[0].Difference.Point, 1e-12);
        var atTheEnd = MetricComparison.Of(ResultMetric.Clicks, Arm(60), Arm(90)).Absolute!.Value; // the counts are above the minimum
        Assert.True(curve[^1].Difference.Lower < atTheEnd.Lower && curve[^1].Difference.Upper > atTheEnd.Upper);
        Assert.Empty(LiftCurve.Of(control, [], 2_000));

        static ArmSums Arm(long clicked) => new() { Sent = 1_000, Clicked = clicked };
    }

    private static async Task PastAsync(CampaignShop shop, long campaign, long clicked, int daysAgo)
    {
        var day = (shop.Store.Clock.GetUtcNow() - TimeSpan.FromDays(daysAgo)).Ticks / TimeSpan.TicksPerDay;
        await shop.Store.Database.WriteAsync(
            t => t.Execute(
                "insert into \"CampaignArmDays\" select @0, 0, 0, @0, @1, 1000, 1000, 0, 300, 0, @2, 0, 0, 0, 20, 5, 20, 20000000, 8000000.0, 0, 0", campaign, day, clicked), Ct);
    }

    private static async Task<(long Id, long Version, IReadOnlyList<string> People)> SentAsync(CampaignShop shop)
    {
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 });
        var version = (await shop.ReadAsync(id)).Draft.Variants[0].Id;
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        return (id, version, await shop.ArmAsync(id, version));
    }

    private static async Task<CampaignResult> ResultAsync(CampaignShop shop, long id) =>
        (await ActivatorUtilities.CreateInstance<ReadCampaignResultHandler>(shop.Store.Services, new SendingProgressReader(shop.Store.Database, shop.Store.Clock)).HandleAsync(id, Ct))!; // it was made above
}
