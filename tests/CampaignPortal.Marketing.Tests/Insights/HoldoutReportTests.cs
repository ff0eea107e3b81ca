using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Insights.Messages;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Insights;

/// <summary>What all campaigns of the third quarter of 2026 caused together, on people whose groups and orders are known to the test.</summary>
public sealed class HoldoutReportTests
{
    private static readonly DateTimeOffset Start = Day(6, 10), Consented = Day(6, 1), Summer = Day(7, 20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Expected numbers: Welch's interval by Student's distribution with Satterthwaite's 597.41 and 555.76 degrees of freedom, Newcombe's by Wilson's two intervals, computed outside this program.
    [Fact]
    public async Task A_planted_effect_is_found_with_the_intervals_of_the_textbook()
    {
        await using var store = await OpenAsync();
        await FillAsync(store);
        var report = await ReportAsync(store);

        Assert.Equal((300L, 1_200L), (report.Book.Holdout.Sums.Exposed, report.Book.Treated.Sums.Exposed));
        Assert.Equal((140L, 900L), (report.Book.Holdout.OrderCount, report.Book.Treated.OrderCount));
        AssertEstimate(0.2833333333, 0.1988214794, 0.3678451873, report.OrdersPerPerson);
        AssertEstimate(340, 238.5857752, 441.4142248, report.IncrementalOrders);
        AssertEstimate(0.1833333333, 0.1203462152, 0.2438238832, report.Effect.Orders.Absolute);
        AssertEstimate(220, 144.4154582, 292.5886599, report.Effect.IncrementalOrders);
        AssertEstimate(5.5833333333, 3.4265999060, 7.7400667607, report.Effect.Revenue.Absolute);
        AssertEstimate(6_700, 4_111.9198872, 9_288.0801128, report.Effect.IncrementalRevenue);
    }

    // Of 821 people who spent something the 99 % quantile lies among those with 75; the one with 100,000 counts as one of them.
    [Fact]
    public async Task One_very_large_customer_counts_up_to_the_cap_and_does_not_decide()
    {
        await using var store = await OpenAsync();
        await FillAsync(store);
        await OrderAsync(store, Drawn(0.2, 1, 1_200)[1_199..], 100_000, Summer);
        var report = await ReportAsync(store);
        Assert.Equal((75m, 1L), (report.Book.Cap, report.Book.CappedCount));
        Assert.Equal((119_500m, 19_575m, 3_200m), (report.Book.Treated.Sums.Revenue, report.Book.Treated.Capped.Revenue, report.Book.Holdout.Capped.Revenue));
        Assert.Equal(19_575 / 1_200.0 - 3_200 / 300.0, report.Effect.Revenue.Absolute!.Value.Point, 9);
        Assert.Equal(119_500 / 1_200.0 - 3_200 / 300.0, report.Uncapped!.Revenue.Absolute!.Value.Point, 9);
        Assert.Equal((Marketing.Experiments.Finding.Better, Marketing.Experiments.Finding.CannotTell), (report.Effect.Revenue.Finding, report.Uncapped.Revenue.Finding));
        Assert.Equal(report.Book.Treated.Sums.Buyers, report.Book.Treated.Capped.Buyers);
    }

    [Fact]
    public async Task The_quarter_before_keeps_its_people_and_its_orders()
    {
        await using var store = await OpenAsync();
        await FillAsync(store);
        store.Clock.SetTo(Day(10, 20));
        await OrderAsync(store, Drawn(0, 0.2, 300), 5, Day(10, 10));
        var before = await ReportAsync(store, isBefore: true);
        Assert.Equal((new HoldoutQuarter(2026, 3), false, 300L, 140L, 900L), (before.Book.Quarter, before.IsRunning, before.Book.Holdout.Sums.Exposed, before.Book.Holdout.OrderCount, before.Book.Treated.OrderCount));
        AssertEstimate(340, 238.5857752, 441.4142248, before.IncrementalOrders);

        var running = await ReportAsync(store);
        var held = Enumerable.Range(1, 4_000).Select(Name).Where(Known().Contains).Count(name => StableHash.ToUnit("global-holdout-2026-q4", name) < 0.2);
        Assert.Equal((new HoldoutQuarter(2026, 4), true, (long)held, 300L), (running.Book.Quarter, running.IsRunning, running.Book.Holdout.Sums.Exposed, running.Book.Holdout.OrderCount + running.Book.Treated.OrderCount));
    }

    // 820 of 1,500 ordered within 87.5 days: 24.06 % a month. The people needed are those of the unpooled formula with four treated for each one held out.
    [Fact]
    public async Task How_long_it_takes_follows_from_how_often_people_order()
    {
        await using var store = await OpenAsync();
        await FillAsync(store);
        var report = await ReportAsync(store);
        Assert.Equal(0.2405793072, report.Book.MonthlyShare!.Value, 9); // the history is long enough
        Assert.Equal([new HoldoutPlan(0.05, 3_048, 33), new HoldoutPlan(0.1, 759, 9), new HoldoutPlan(0.2, 188, 3)], report.Plans);
    }

    [Fact]
    public async Task Below_the_minimum_it_says_how_many_people_are_missing_in_which_group()
    {
        await using var store = await OpenAsync();
        var (held, free) = (Drawn(0, 0.2, 60), Drawn(0.2, 1, 240));
        await JoinAsync(store, [.. held, .. free]);
        store.Clock.SetTo(Day(8, 15));
        await OrderAsync(store, free[..1], 20, Day(5, 20));
        await OrderAsync(store, [.. held[..10], .. free[..40]], 20, Summer);
        var report = await ReportAsync(store);
        Assert.Equal(new Missing(MissingKind.Units, 60, 100, 0), report.Effect.Orders.Lacking);
        Assert.Equal((null, null, null), (report.OrdersPerPerson, report.IncrementalOrders, report.Effect.IncrementalRevenue));
        Assert.All(report.Plans, plan => Assert.True(plan.People > 0 && plan.Months > 0));
        Assert.NotEmpty(report.Plans);
    }

    // Each orders for another power of two, so that the sum tells who was counted.
    [Fact]
    public async Task Who_is_compared_is_decided_by_what_was_true_when_the_quarter_began()
    {
        await using var store = await OpenAsync();
        var free = Drawn(0.2, 1, 8);
        await JoinAsync(store, free[..5]);
        await store.Log.AppendAsync(new EventBatch("shop", []) { Contacts = [.. free[5..7].Select(Contact)] }, Ct);
        store.Clock.SetTo(Day(8, 15));
        await store.Log.AppendAsync(An.Batch(
            Consent(free[0], "withdrawn", "shop", Day(7, 5)), // counted: 1
            Consent(free[1], "withdrawn", "shop", Day(6, 8)), Consent(free[1], "granted", "import", Day(6, 9)), // a file does not undo it
            An.Event("complained-early", KnownEvents.MessageComplained, free[2], Day(6, 9), item: null),
            An.Event("complained-late", KnownEvents.MessageComplained, free[3], Day(7, 9), item: null), // counted: 8
            Consent(free[5], "granted", "shop", Day(7, 2)), // consent of later
            Consent(free[6], "withdrawn", "shop", Day(6, 2)), Consent(free[6], "granted", "shop", Day(6, 3)), // counted: 64; free[4] as well: 16
            Consent(free[7], "granted", "shop", Consented)), Ct); // without an address
        for (var i = 0; i < free.Length; i++) await OrderAsync(store, [free[i]], 1 << i, Summer);
        var treated = (await ReportAsync(store)).Book.Treated;
        Assert.Equal((4L, 4L, 1 + 8 + 16 + 64m), (treated.Sums.Exposed, treated.OrderCount, treated.Sums.Revenue));
    }

    [Fact]
    public async Task Who_was_held_out_for_a_part_of_the_quarter_is_in_neither_group()
    {
        await using var store = await OpenAsync();
        await JoinAsync(store, [.. Drawn(0, 0.1, 30), .. Drawn(0.1, 0.2, 40), .. Drawn(0.2, 1, 50)]);
        store.Clock.SetTo(Day(7, 15));
        await HoldOutAsync(store, 20, 10);
        AssertGroups(await ReportAsync(store));

        store.Clock.SetTo(Day(10, 5));
        await HoldOutAsync(store, 10, 0);
        AssertGroups(await ReportAsync(store, isBefore: true)); // a change of later is none of the quarter

        static void AssertGroups(HoldoutReport report) => Assert.Equal(
            (new HeldShares(0.1, 0.2), 30L, 40L, 50L), (report.Book.Shares, report.Book.Holdout.Sums.Exposed, report.Book.Moved, report.Book.Treated.Sums.Exposed));
    }

    [Fact]
    public async Task A_quarter_in_which_nobody_was_held_out_all_the_time_claims_nothing()
    {
        await using var store = await OpenAsync(percent: 0);
        await FillAsync(store);
        var off = await ReportAsync(store);
        Assert.Equal((false, true, 0L), (off.IsMeasured, off.IsOff, off.Book.Treated.Sums.Exposed));
        Assert.Null(off.IncrementalOrders);

        await HoldOutAsync(store, 0, 10);
        var late = await ReportAsync(store);
        Assert.Equal((false, false), (late.IsMeasured, late.IsOff));
        store.Clock.SetTo(Day(10, 5));
        var next = await ReportAsync(store);
        Assert.Equal((true, new HeldShares(0.1, 0.1)), (next.IsMeasured, next.Book.Shares));
    }

    [Fact]
    public async Task Held_out_people_whom_a_message_reached_are_counted_and_stay_where_chance_put_them()
    {
        await using var store = await OpenAsync();
        var (held, free) = (Drawn(0, 0.2, 30), Drawn(0.2, 1, 30));
        await JoinAsync(store, [.. held, .. free]);
        store.Clock.SetTo(Day(8, 15));
        Assert.True((await ReportAsync(store)).IsSilent);
        await SendAsync(store, [held[0], held[1], free[0]], Summer);
        await SendAsync(store, [held[2]], Day(6, 20)); // of the quarter before
        var report = await ReportAsync(store);
        Assert.Equal((2L, 30L, 3L, false), (report.Book.Reached, report.Book.Holdout.Sums.Exposed, report.Attributed.Sent, report.IsSilent));
    }

    private static DateTimeOffset Day(int month, int day) => new(2026, month, day, 12, 0, 0, TimeSpan.Zero);

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"c-{number}");

    /// <summary>The first customers whose draw of the third quarter lies between the two shares. The seed is written out: another one would let people change sides in the midst of a quarter.</summary>
    private static string[] Drawn(double from, double to, int count) =>
        [.. Enumerable.Range(1, 4_000).Select(Name).Where(name => StableHash.ToUnit("global-holdout-2026-q3", name) is var draw && draw >= from && draw < to).Take(count)];

    private static HashSet<string> Known() => [.. Drawn(0, 0.2, 300), .. Drawn(0.2, 1, 1_200)];

    private static async Task<TestStore> OpenAsync(int percent = 20)
    {
        var store = await TestStore.OpenAsync(configure: services => services.AddInsights(), now: Start);
        if (percent is not 5) await HoldOutAsync(store, 5, percent);
        return store;
    }

    private static async Task HoldOutAsync(TestStore store, int before, int after)
    {
        var change = new SettingChange(KnownSettings.GlobalHoldout, before.ToString(CultureInfo.InvariantCulture), after.ToString(CultureInfo.InvariantCulture));
        var saved = await store.Get<SettingsHandler>().SaveAsync([change], new Actor("1", null), Ct);
        Assert.Empty(saved.Value.Conflicts);
    }

    /// <summary>300 held out: 100 order once for 20, 20 twice for 30. 1,200 others: 600 once for 20, 100 three times for 25. One of them ordered before the quarter; somebody without consent counts nowhere.</summary>
    private static async Task FillAsync(TestStore store)
    {
        var (held, free) = (Drawn(0, 0.2, 301), Drawn(0.2, 1, 1_200));
        await JoinAsync(store, [.. held[..300], .. free]);
        store.Clock.SetTo(Day(8, 15));
        await OrderAsync(store, free[..1], 500, Day(5, 20));
        await OrderAsync(store, held[300..], 1_000, Summer);
        await OrderAsync(store, [.. held[..100], .. free[..600]], 20, Summer);
        foreach (var day in new[] { 20, 25 }) await OrderAsync(store, held[100..120], 30, Day(7, day));
        foreach (var day in new[] { 1, 20, 25 }) await OrderAsync(store, free[600..700], 25, Day(7, day));
    }

    private static async Task JoinAsync(TestStore store, string[] customers)
    {
        await store.Log.AppendAsync(new EventBatch("shop", [.. customers.Select(c => Consent(c, "granted", "shop", Consented))]) { Contacts = [.. customers.Select(Contact)] }, Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private static ContactDraft Contact(string customer) => new(customer) { Email = $"{customer}@example.com" };

    private static NewEvent Consent(string customer, string state, string origin, DateTimeOffset at) => new()
    {
        MessageId = string.Create(CultureInfo.InvariantCulture, $"consent-{customer}-{at.UtcTicks:x}"),
        Type = KnownEvents.ConsentChanged,
        OccurredAt = at,
        Customer = customer,
        Properties = $$"""{"channel":"email","purpose":"marketing","state":"{{state}}","origin":"{{origin}}"}""",
    };

    private static async Task OrderAsync(TestStore store, string[] customers, decimal amount, DateTimeOffset at)
    {
        await store.Log.AppendAsync(An.Batch([.. customers.Select(c => An.OrderLine(string.Create(CultureInfo.InvariantCulture, $"o-{c}-{at.UtcTicks:x}"), 0, c, amount, at: at))]), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    // As the projection of results writes it.
    private static async Task SendAsync(TestStore store, string[] customers, DateTimeOffset at)
    {
        foreach (var customer in customers)
        {
            await store.Database.WriteAsync(
                t => t.Execute(
                    "insert into \"CampaignRecipients\" (\"CampaignId\", \"Occurrence\", \"CustomerId\", \"Part\", \"VariantId\", \"ExposedAt\", \"SentAt\", \"OrderedAfterClick\", \"Revenue\", \"AttributedRevenue\", \"SawAnother\") "
                    + "select 7, 0, \"Id\", 0, 71, @0, @0, 0, 0, 0, 0 from \"Customers\" where \"ExternalId\" = @1",
                    Stored.Ticks(at), customer),
                Ct);
        }
    }

    // With books of its own: a snapshot that took long would be shown a while longer.
    private static async Task<HoldoutReport> ReportAsync(TestStore store, bool isBefore = false)
    {
        using var books = new HoldoutBooks(store.Database, store.Clock);
        using var messages = new MessageBooks(store.Database, store.Get<ShopSettingsStore>(), store.Get<CustomerColumnsStore>(), store.Clock);
        return await new ReadHoldoutReportHandler(books, messages, store.Get<SettingsHandler>(), store.Clock).HandleAsync(new ReadHoldoutReport(isBefore), Ct);
    }

    private static void AssertEstimate(double point, double lower, double upper, Estimate? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(point, actual.Value.Point, point * 1e-8);
        Assert.Equal(lower, actual.Value.Lower, point * 1e-8);
        Assert.Equal(upper, actual.Value.Upper, point * 1e-8);
        Assert.Equal(0.95, actual.Value.Confidence);
    }
}
