using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Marketing.Tests.Campaigns;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>What customers ask for instead of leaving, and caps by topic: at planning and at the last moment (PV-04, DE-05).</summary>
public sealed class MailWishTests
{
    private const string Offers = "offers";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wishes_hold_at_the_last_moment_and_each_names_itself()
    {
        await using var store = await OutboxTests.OpenAsync(6);
        store.Get<ScriptedMessageSource>().Topic = campaign => campaign is 2 ? Offers : null;
        await store.PlanAsync(OutboxTests.Range(1, 6), Ct, campaign: 2);
        // Everything below is said after planning; the last two take it back.
        await SayAsync(store, 1, Offers, isGranted: false);
        await SayAsync(store, 2, ContactWishes.Pause, isGranted: false, until: store.Clock.GetUtcNow().AddDays(30));
        await SayAsync(store, 3, ContactWishes.Frequency, isGranted: false, limitDays: 7);
        await SayAsync(store, 4, "news", isGranted: false);
        await SayAsync(store, 5, ContactWishes.Pause, isGranted: false, until: store.Clock.GetUtcNow().AddHours(3));
        await SayAsync(store, 6, Offers, isGranted: false);
        await SayAsync(store, 6, Offers, isGranted: true, minutes: 1);
        await store.Database.WriteAsync(t => CapBook.Reserve(t, new MessageTicket(900, 1, 0, 3, "c-3", 0, "email", 7, 3, 1), null, store.Clock.GetUtcNow().AddDays(-6)), Ct);

        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);

        var messages = (await OutboxTests.MessagesAsync(store)).ToDictionary(m => m.CustomerId);
        (MessageState, string?) Of(long customer) => (messages[customer].State, messages[customer].Reason);
        Assert.Equal((MessageState.Suppressed, MessageReasons.TopicLeft), Of(1));
        Assert.Equal((MessageState.Suppressed, MessageReasons.Paused), Of(2));
        Assert.Equal((MessageState.Suppressed, MessageReasons.PersonalCap), Of(3)); // one in the window is within the cap for all, not within theirs
        Assert.Equal((MessageState.Accepted, null), Of(4));
        Assert.Equal((MessageState.Deferred, MessageReasons.Paused), Of(5)); // the pause ends while the message is still useful
        Assert.Equal((MessageState.Accepted, null), Of(6));
        await using var db = await store.ContextAsync();
        Assert.Equal([Offers, Offers], await db.CapReservations.Where(r => r.MessageId != 900).Select(r => r.Topic).ToListAsync(Ct));
    }

    [Fact]
    public async Task Two_campaigns_of_a_topic_at_once_cannot_both_slip_under_its_cap_and_others_are_free()
    {
        await using var store = await OutboxTests.OpenAsync(100);
        store.Get<ScriptedMessageSource>().Topic = campaign => campaign is 3 ? null : Offers;
        store.Get<ScriptedMessageSource>().Running = [1, 2, 3];
        await SetAsync(store, (KnownSettings.CapCount, "0"), (KnownSettings.Topics, MailTopic.Write([new MailTopic(Offers, "Offers") { Cap = new FrequencyCap(1, 1, CapWindow.CalendarDays) }])));
        foreach (var campaign in new[] { 1, 2, 3 }) await store.PlanAsync(OutboxTests.Range(1, 100), Ct, campaign: campaign);

        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);

        var messages = await OutboxTests.MessagesAsync(store);
        Assert.Equal(OutboxTests.Range(1, 100), messages.Where(m => m.CampaignId is not 3 && m.State is MessageState.Accepted).Select(m => m.CustomerId).Order());
        Assert.All(messages.Where(m => m.State is not MessageState.Accepted), m => Assert.Equal((MessageState.Suppressed, MessageReasons.TopicCap), (m.State, m.Reason)));
        Assert.Equal(100, messages.Count(m => m.CampaignId is 3 && m.State is MessageState.Accepted));
    }

    [Fact]
    public async Task Planning_counts_whom_a_wish_or_a_cap_holds_back_by_its_name()
    {
        await using var shop = await CampaignShop.OpenAsync(100);
        await SetAsync(shop.Store, (KnownSettings.Topics, MailTopic.Write([new MailTopic(Offers, "Offers") { Cap = new FrequencyCap(1, 2, CapWindow.CalendarDays) }])));
        await SayAsync(shop.Store, 1, Offers, isGranted: false);
        await SayAsync(shop.Store, 2, ContactWishes.Pause, isGranted: false, until: shop.Store.Clock.GetUtcNow().AddDays(1));
        await SayAsync(shop.Store, 3, ContactWishes.Pause, isGranted: false, until: shop.Store.Clock.GetUtcNow().AddDays(-1)); // over
        foreach (var (customer, days) in new[] { (4, 7), (5, 30), (6, 7) }) await SayAsync(shop.Store, customer, ContactWishes.Frequency, isGranted: false, limitDays: days);
        var midnight = shop.Store.Clock.GetUtcNow() - shop.Store.Clock.GetUtcNow().TimeOfDay;
        await shop.Store.Database.WriteAsync(
            t =>
            {
                void Had(long id, long customer, string? topic, DateTimeOffset at) => CapBook.Reserve(t, new MessageTicket(id, 1, 0, customer, "", 0, "email", 7, 3, 1), topic, at);
                Had(901, 4, null, shop.Store.Clock.GetUtcNow().AddDays(-8));
                Had(902, 5, null, shop.Store.Clock.GetUtcNow().AddDays(-8));
                Had(903, 6, null, shop.Store.Clock.GetUtcNow().AddDays(-3));
                Had(904, 7, Offers, midnight.AddDays(-1)); // yesterday at 0:00: within two calendar days, not within 24 hours and some
                Had(905, 8, Offers, midnight.AddDays(-1).AddMinutes(-1));
                Had(906, 9, "news", midnight);
                t.Execute("insert into \"CustomerTraits\" values (8, 'timezone', 'Asia/Tokyo', 1)"); // where it was yesterday already
            },
            Ct);

        var about = await ReachAsync(shop, Offers);
        Assert.Equal((1, 1, 2, 2), (about.Of(DropReason.TopicLeft), about.Of(DropReason.Paused), about.Of(DropReason.PersonalCap), about.Of(DropReason.TopicCap)));
        var other = await ReachAsync(shop, null);
        Assert.Equal((0, 1, 2, 0), (other.Of(DropReason.TopicLeft), other.Of(DropReason.Paused), other.Of(DropReason.PersonalCap), other.Of(DropReason.TopicCap)));
    }

    [Theory]
    [InlineData(CapWindow.RollingHours, "2026-03-23T10:00:00Z")] // seven times 24 hours, whatever the clock on the wall did
    [InlineData(CapWindow.CalendarDays, "2026-03-23T23:00:00Z")] // midnight of the 24th in winter time, six days before the 30th
    public void A_window_is_either_hours_or_the_days_of_the_customer(CapWindow window, string since)
    {
        var at = new DateTimeOffset(2026, 3, 30, 10, 0, 0, TimeSpan.Zero); // the day after the clock of Berlin jumped
        var found = new FrequencyCap(1, 7, window).Since(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal(DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture), window is CapWindow.CalendarDays ? found.AddTicks(1) : found);
    }

    [Fact]
    public void Topics_survive_writing_and_what_breaks_a_rule_is_no_list()
    {
        MailTopic[] topics = [new(Offers, "Offers") { ChineseName = "优惠", Cap = new FrequencyCap(1, 3, CapWindow.CalendarDays) }, new(MailTopic.KeyFor("新品", [Offers]), "新品")];
        Assert.Equal(topics, MailTopic.Read(MailTopic.Write(topics)));
        Assert.Equal(("优惠", "Offers", "新品"), (topics[0].NameIn("zh-Hans"), topics[0].NameIn("en"), topics[1].NameIn("en")));
        Assert.Equal(["offers-2", "marketing-2", "a-b"], new[] { "Offers", "Marketing", "  A & b " }.Select(n => MailTopic.KeyFor(n, [Offers])));
        Assert.All(
            new[] { "", "{}", "[{}]", "[null]", MailTopic.Write([topics[0], topics[0]]), MailTopic.Write([topics[0] with { Name = " " }]), MailTopic.Write([topics[0] with { Key = "marketing" }]), MailTopic.Write([topics[0] with { Cap = new FrequencyCap(-1, 1) }]) },
            text => Assert.False(KnownSettings.Find(KnownSettings.Topics)!.IsAllowed(text), text));
    }

    [Fact]
    public async Task The_customer_page_shows_what_is_in_force_and_the_ledger_keeps_it_all()
    {
        await using var shop = await CampaignShop.OpenAsync(1);
        await SetAsync(shop.Store, (KnownSettings.Topics, MailTopic.Write([new MailTopic(Offers, "Offers")])));
        await SayAsync(shop.Store, 1, Offers, isGranted: false);
        await SayAsync(shop.Store, 1, ContactWishes.Frequency, isGranted: false, limitDays: 30);
        await SayAsync(shop.Store, 1, ContactWishes.Pause, isGranted: false, until: shop.Store.Clock.GetUtcNow().AddDays(-1));

        var page = await shop.Store.Get<ReadCustomerHandler>().HandleAsync(1, CustomerScope.Everybody, Ct);
        Assert.Equal([(ContactWishes.Frequency, 30, null), ("marketing", null, null), (Offers, null, "Offers")], page!.Consents.Select(c => (c.Purpose, c.LimitDays, c.Topic?.Name)));
        Assert.Equal(4, (await shop.Store.Get<ChangeConsentHandler>().HistoryAsync(1, Ct)).Count);
    }

    private static async Task<ReachFunnel> ReachAsync(CampaignShop shop, string? topic)
    {
        var id = await shop.CreateAsync(s => s with { Topic = topic, HoldoutShare = 0 });
        return (await shop.Store.Get<EstimateReachHandler>().HandleAsync(id, (await shop.ReadAsync(id)).Draft, Ct)).Funnel;
    }

    private static async Task SetAsync(TestStore store, params (string Key, string Value)[] values)
    {
        foreach (var (key, value) in values) await store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", key, value), Ct);
        store.Get<DeliverySettingsStore>().Forget();
    }

    private static async Task SayAsync(TestStore store, long customer, string purpose, bool isGranted, int? limitDays = null, DateTimeOffset? until = null, int minutes = 0)
    {
        var properties = System.Text.Json.JsonSerializer.Serialize(new { channel = "email", purpose, state = isGranted ? "granted" : "withdrawn", origin = "message-link", limit_days = limitDays, until });
        await store.Log.AppendAsync(
            new EventBatch("portal", [new NewEvent { MessageId = Guid.CreateVersion7().ToString("N"), Type = KnownEvents.ConsentChanged, Customer = FormattableString.Invariant($"c-{customer}"), OccurredAt = store.Clock.GetUtcNow().AddMinutes(minutes), Properties = properties }]), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }
}
