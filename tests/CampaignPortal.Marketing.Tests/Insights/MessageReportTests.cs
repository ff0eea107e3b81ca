using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Insights.Messages;
using CampaignPortal.Marketing.Tests.Campaigns;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Insights;

/// <summary>What Home, the list of campaigns and the report of messages say is the sum of their people.</summary>
public sealed class MessageReportTests
{
    private const string ByHuman = """{"by":"human"}""", ByMachine = """{"by":"machine"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_shows_the_sum_of_the_same_people()
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        var id = await ReactedAsync(shop);
        await using var db = await shop.Store.ContextAsync();
        var people = await db.CampaignRecipients.AsNoTracking().Where(r => r.CampaignId == id && r.VariantId > 0).ToListAsync(Ct);
        var counted = (Sent: people.Count(r => r.SentAt != null), Clicked: people.Count(r => r.ClickedAt != null), Ordered: people.Count(r => r.OrderedAt != null), Left: people.Count(r => r.UnsubscribedAt != null));
        Assert.True(counted is { Sent: > 300, Clicked: 30, Left: 2 });

        var row = Assert.Single((await Get<ListCampaignsHandler>(shop).HandleAsync(CampaignTab.All, null, Ct)).Rows);
        Assert.Equal(((long)counted.Sent, (long)counted.Clicked, (long)counted.Ordered), (row.Sums!.Sent, row.Sums.Clicked, row.Sums.Ordered)); // it was sent
        var overview = await OverviewAsync(shop);
        Assert.Equal(row.Holdout!.Exposed, Assert.Single(overview.Running).Effect!.Orders.Control.Exposed); // one in ten was held out
        var home = overview.Messages.Now;
        Assert.Equal(((long)counted.Sent, (long)counted.Clicked, (long)counted.Ordered, (long)counted.Left), (home.Sent, home.Clicked, home.Ordered, home.Unsubscribed));
        foreach (var split in Enum.GetValues<MessageSplit>())
        {
            var report = await ReportAsync(shop, new ReadMessageReport(null, null, null, null, split));
            Assert.Equal(home, report.All.Sums);
            Assert.Equal(home, report.Lines.Aggregate(default(MessageSums), (sum, line) => sum + line.Sums));
        }
    }

    [Fact]
    public async Task Click_rate_is_of_the_delivered_and_conversion_of_the_clicks_without_machines()
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        var id = await ReactedAsync(shop);
        var line = Assert.Single((await ReportAsync(shop, new ReadMessageReport(null, null, id, null, MessageSplit.Campaign))).Lines);
        Assert.Equal((30L, 6L, 60m), (line.Sums.Clicked, line.Sums.OrderedAfterClick, line.Sums.AttributedRevenue));
        Assert.Equal(line.Sums.Sent - 5, line.Sums.Delivered);
        Assert.Equal(30.0 / line.Sums.Delivered, line.ClickRate!.Value.Point, 12); // somebody received it
        Assert.Equal(0.2, line.ConversionRate!.Value.Point, 12); // as above
        Assert.True(line.ClickRate.Value.Lower < line.ClickRate.Value.Point && line.ClickRate.Value.Upper > line.ClickRate.Value.Point);
        Assert.Empty((await ReportAsync(shop, new ReadMessageReport(null, null, id + 1, null, MessageSplit.Campaign))).Lines);
        Assert.Empty((await ReportAsync(shop, new ReadMessageReport(null, DateOnly.FromDateTime(ManualClock.Noon.DateTime).AddDays(-40), null, null, MessageSplit.Period))).Lines);
    }

    [Fact]
    public async Task Recommendations_count_clicks_of_impressions_and_orders_within_a_week_of_a_click()
    {
        await using var shop = await CampaignShop.OpenAsync(3);
        var day = ManualClock.Noon.AddDays(-10);
        await shop.Store.Log.AppendAsync(An.Batch(
            An.Event("s1", KnownEvents.RecommendationShown, "c-1", day), An.Event("s2", KnownEvents.RecommendationShown, "c-1", day.AddMinutes(1)), An.Event("s3", KnownEvents.RecommendationShown, "c-2", day), An.Event("s4", KnownEvents.RecommendationShown, "c-3", day),
            An.Event("k1", KnownEvents.RecommendationClicked, "c-1", day.AddMinutes(2)), An.OrderLine("o1", 0, "c-1", at: day.AddDays(2)),
            An.Event("k2", KnownEvents.RecommendationClicked, "c-2", day.AddMinutes(2)), An.OrderLine("o2", 0, "c-2", at: day.AddDays(8))), Ct);
        await shop.FollowAsync();
        var figures = (await ReportAsync(shop, new ReadMessageReport(null, null, null, null, MessageSplit.Campaign))).Recommendations;
        Assert.Equal((4L, 2L, 1L, 0.5, 0.5), (figures.Impressions, figures.Clicks, figures.Conversions, figures.ClickRate, figures.ConversionRate));
    }

    [Fact]
    public async Task A_funnel_leaves_out_what_machines_opened_and_begins_with_the_message()
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        await ReactedAsync(shop);
        var funnel = Get<ReadFunnelHandler>(shop);
        var steps = (await funnel.HandleAsync(new ReadFunnel([EventKind.MessageSent, EventKind.MessageOpened, EventKind.MessageClicked, EventKind.OrderPlaced], null, null, 7, FunnelSplit.None), Ct)).Groups[0].Steps;
        Assert.Equal([40, 30, 6], steps.Skip(1).Select(s => s.CustomerCount));
    }

    [Fact]
    public void A_drop_off_asks_for_the_steps_before_and_the_absence_of_the_next_one()
    {
        var (from, to) = (new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 28));
        EventKind[] steps = [EventKind.MessageClicked, EventKind.CartAdded, EventKind.OrderPlaced];
        var funnel = new FunnelOverview([], null, steps, new Dictionary<EventKind, int>(), from, to, ManualClock.Noon);
        var rule = DropOffRule.Of(funnel, 2, 7);
        Assert.Collection(
            rule.Conditions(),
            c => Assert.Equal(new MessageCondition(MessageAction.Clicked, [], new NumberTest(NumberOperator.AtLeast, 1), new EventWindow(From: from, To: to)), c),
            c => Assert.Equal(new EventCondition(EventQuery.Of(KnownEvents.CartAdded, new EventWindow(From: from, To: to.AddDays(7))), new NumberTest(NumberOperator.AtLeast, 1)), c),
            c => Assert.Equal(new EventCondition(EventQuery.Of(KnownEvents.OrderPlaced, new EventWindow(From: from, To: to.AddDays(7))), new NumberTest(NumberOperator.Equal, 0)), c));
        Assert.Equal(rule, RuleJson.Read(RuleJson.Write(rule)).Value);
    }

    [Fact]
    public async Task A_message_tells_why_it_was_sent_and_what_was_kept_back_stands_on_the_timeline()
    {
        await using var shop = await CampaignShop.OpenAsync(200);
        var id = await shop.CreateAsync(s => s with { TestShare = 1, HoldoutShare = 0.2 }, "A", "B");
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await using var db = await shop.Store.ContextAsync();
        var message = await db.Messages.AsNoTracking().OrderBy(m => m.Id).FirstAsync(m => m.CampaignId == id, Ct);
        await shop.Store.Database.WriteAsync(
            t => t.Execute(FormattableString.Invariant($"update \"Messages\" set \"State\" = {(int)MessageState.Suppressed}, \"Reason\" = '{MessageReasons.FrequencyCap}', \"EndedAt\" = \"PlannedAt\" where \"Id\" = @0"), message.Id), Ct);

        var messages = await Get<ReadMessageStoriesHandler>(shop).HandleAsync(message.CustomerId, Ct);
        var story = Assert.Single(messages.Stories).Value;
        Assert.Equal((message.Id, "Spring", MessageState.Suppressed, MessageReasons.FrequencyCap, 2), (story.Id, story.Campaign, story.State, story.Reason, story.VersionCount));
        Assert.InRange(story.Position!.Value, 0, 1); // the version is there
        Assert.Equal((0.2, false, "shop", 0), (story.Why.HoldoutShare, story.Why.IsOfRest, story.Why.ConsentOrigin, story.Why.InWeekBefore));
        Assert.NotNull(story.Why.ChosenAt);

        var timeline = Get<ReadTimelineHandler>(shop);
        var kept = Assert.Single((await timeline.HandleAsync(message.CustomerId, TimelineFilter.Messages, null, Ct)).Entries);
        Assert.Equal((TimelineEntry.NotSent, (long?)message.Id), (kept.Type, kept.MessageNumber));
        var heldOut = await db.CampaignRecipients.AsNoTracking().FirstAsync(r => r.CampaignId == id && r.VariantId == CampaignRecipient.Holdout, Ct);
        var entry = Assert.Single((await timeline.HandleAsync(heldOut.CustomerId, TimelineFilter.Messages, null, Ct)).Entries);
        Assert.Equal(KnownEvents.ExperimentAssigned, entry.Type);
        Assert.Equal("Spring", (await Get<ReadMessageStoriesHandler>(shop).HandleAsync(heldOut.CustomerId, Ct)).Campaigns[id]);
    }

    [Fact]
    public async Task A_mail_is_shown_for_its_own_customer_alone()
    {
        await using var shop = await CampaignShop.OpenAsync(3);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 });
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await using var db = await shop.Store.ContextAsync();
        var message = await db.Messages.AsNoTracking().OrderBy(m => m.Id).FirstAsync(m => m.CampaignId == id, Ct);
        var bodies = Get<BodyStore>(shop);
        var mail = new SentMail("shop@example.com", "Shop", new MailContent("c@example.com", "Hello", "<p>Hello</p>", "Hello"), ManualClock.Noon, "<1@example.com>");
        var sealedMail = bodies.Seal(message.CustomerId, mail);
        await shop.Store.Database.WriteAsync(t => BodyStore.Write(t, message.Id, message.CustomerId, sealedMail), Ct);
        var handler = Get<ReadSentMailHandler>(shop);
        Assert.Equal("<p>Hello</p>", (await handler.HandleAsync(message.CustomerId, message.Id, CustomerScope.Everybody, Ct))?.Content.Html);
        Assert.Null(await handler.HandleAsync(message.CustomerId + 1, message.Id, CustomerScope.Everybody, Ct));
        await shop.Store.Database.WriteAsync(t => t.Execute(FormattableString.Invariant($"insert into \"CustomerOwners\" (\"CustomerId\", \"UserId\", \"AssignedAt\", \"AssignedBy\") values ({message.CustomerId}, 7, 0, 1)")), Ct);
        Assert.Null(await handler.HandleAsync(message.CustomerId, message.Id, new CustomerScope(8), Ct));
    }

    // 40 opened and 30 clicked in person, 50 more by machines; 6 ordered after a click, 4 without; 5 came back, 2 left.
    private static async Task<long> ReactedAsync(CampaignShop shop)
    {
        var id = await shop.CreateAsync(s => s with { TestShare = 1 });
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        var variant = (await shop.ReadAsync(id)).Draft.Variants[0].Id;
        var people = (await shop.ArmAsync(id, variant)).Select(c => (c, variant)).ToArray();
        shop.Store.Clock.Advance(TimeSpan.FromMinutes(5));
        await shop.ReactAsync(KnownEvents.MessageOpened, id, people[..40], ByHuman);
        await shop.ReactAsync(KnownEvents.MessageOpened, id, people[60..110], ByMachine);
        shop.Store.Clock.Advance(TimeSpan.FromMinutes(5));
        await shop.ReactAsync(KnownEvents.MessageClicked, id, people[..30], ByHuman);
        await shop.ReactAsync(KnownEvents.MessageClicked, id, people[60..110], ByMachine);
        await shop.ReactAsync(KnownEvents.MessageBounced, id, people[120..125]);
        await shop.ReactAsync(KnownEvents.Unsubscribed, id, people[..2]);
        shop.Store.Clock.Advance(TimeSpan.FromHours(2));
        await shop.OrderAsync(people[..6].Select(p => p.c), 10);
        await shop.OrderAsync(people[200..204].Select(p => p.c), 10);
        return id;
    }

    private static T Get<T>(CampaignShop shop) where T : notnull => shop.Store.Get<T>();

    private static Task<HomeOverview> OverviewAsync(CampaignShop shop) => Get<ReadOverviewHandler>(shop).HandleAsync(28, Ct);

    private static Task<MessageReport> ReportAsync(CampaignShop shop, ReadMessageReport query) => Get<ReadMessageReportHandler>(shop).HandleAsync(query, Ct);
}
