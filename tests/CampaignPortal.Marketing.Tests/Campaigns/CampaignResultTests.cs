using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>From events to figures.</summary>
public sealed class CampaignResultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Figures_are_the_sum_of_their_people_and_machines_are_left_out()
    {
        await using var shop = await CampaignShop.OpenAsync(600);
        var (id, versions) = await SentAsync(shop);
        var a = await shop.ArmAsync(id, versions[0]);
        await shop.ReactAsync(KnownEvents.MessageOpened, id, [.. a.Take(40).Select(c => (c, versions[0]))], """{"by":"human"}""");
        await shop.ReactAsync(KnownEvents.MessageOpened, id, [.. a.Skip(40).Take(30).Select(c => (c, versions[0]))], """{"by":"machine"}""");
        await shop.ReactAsync(KnownEvents.MessageClicked, id, [.. a.Take(20).Select(c => (c, versions[0]))], """{"by":"human"}""");
        await shop.ReactAsync(KnownEvents.MessageClicked, id, [.. a.Skip(60).Take(9).Select(c => (c, versions[0]))], """{"by":"unknown"}""");
        await shop.ReactAsync(KnownEvents.MessageBounced, id, [.. a.Skip(90).Take(2).Select(c => (c, versions[0]))]);
        await shop.ReactAsync(KnownEvents.MessageComplained, id, [.. a.Skip(5).Take(4).Select(c => (c, versions[0]))]);
        await shop.ReactAsync(KnownEvents.Unsubscribed, id, [.. a.Take(3).Select(c => (c, versions[0]))]);
        shop.Store.Clock.Advance(TimeSpan.FromDays(2));
        await shop.OrderAsync(a.Take(5), 30);
        await shop.OrderAsync(a.Skip(100).Take(5), 10);

        var result = await ReadAsync(shop, id);
        var test = result.Versions[0].Test;
        Assert.Equal((a.Count, 2L, 40L, 30L, 20L, 9L, 3L), (test.Sent, test.Bounced, test.Opened, test.OpenedByMachine, test.Clicked, test.ClickedByMachine, test.Unsubscribed));
        Assert.Equal((10L, 5L, 200m, 150m), (test.Ordered, test.OrderedAfterClick, test.Revenue, test.AttributedRevenue));
        Assert.Equal(5 * 900 + 5 * 100, test.RevenueSquares, 6);
        await using var db = await shop.Store.ContextAsync();
        var rows = await db.CampaignRecipients.AsNoTracking().Where(r => r.CampaignId == id && r.VariantId == versions[0]).ToListAsync(Ct);
        (string Figure, long Sum, Func<CampaignRecipient, bool> IsIn)[] figures =
        [
            ("assigned", test.Assigned, _ => true), ("sent", test.Sent, r => r.SentAt != null), ("bounced", test.Bounced, r => r.BouncedAt != null), ("delivered", test.Delivered, r => r.SentAt != null && r.BouncedAt == null),
            ("opened", test.Opened, r => r.OpenedAt != null), ("opened by machines alone", test.OpenedByMachine, r => r.OpenedAt == null && r.MachineOpenedAt != null),
            ("clicked", test.Clicked, r => r.ClickedAt != null), ("clicked by machines alone", test.ClickedByMachine, r => r.ClickedAt == null && r.MachineClickedAt != null),
            ("ordered", test.Ordered, r => r.OrderedAt != null), ("after a click", test.OrderedAfterClick, r => r.OrderedAfterClick), ("buyers", test.Buyers, r => r.Revenue > 0),
            ("unsubscribed", test.Unsubscribed, r => r.UnsubscribedAt != null), ("complained", test.Complained, r => r.ComplainedAt != null),
        ];
        Assert.Equal(figures.Select(f => (f.Figure, f.Sum)), figures.Select(f => (f.Figure, rows.LongCount(f.IsIn))));
        Assert.Equal((4L, test.Revenue, test.AttributedRevenue), (test.Complained, rows.Sum(r => r.Revenue), rows.Sum(r => r.AttributedRevenue)));
        Assert.Equal(result.Sent.Clicked, result.Hours.Sum(h => h.Clicked));
    }

    [Fact]
    public async Task Orders_count_seven_days_and_revenue_thirty_from_the_moment_the_message_was_due()
    {
        await using var shop = await CampaignShop.OpenAsync(60);
        var (id, versions) = await SentAsync(shop);
        var people = await shop.ArmAsync(id, versions[0]);
        var due = shop.Store.Clock.GetUtcNow();
        await OrderAt(people[0], due.AddTicks(-10)); // before
        await OrderAt(people[1], due.AddDays(7).AddTicks(-10));
        await OrderAt(people[2], due.AddDays(7)); // too late for an order, in time for revenue
        await OrderAt(people[3], due.AddDays(30).AddTicks(-10));
        await OrderAt(people[4], due.AddDays(30));

        var arm = (await ReadAsync(shop, id)).Versions[0].Test;
        Assert.Equal((1L, 3L, 30m), (arm.Ordered, arm.Buyers, arm.Revenue));

        async Task OrderAt(string customer, DateTimeOffset at)
        {
            await shop.Store.Log.AppendAsync(new EventBatch("shop", [An.OrderLine("o-" + customer, 1, customer, 10, at: at)]), Ct);
            await shop.FollowAsync();
        }
    }

    [Fact]
    public async Task A_rebuilt_projection_is_the_same_to_the_byte_however_the_log_is_cut()
    {
        await using var shop = await CampaignShop.OpenAsync(500);
        var (id, versions) = await SentAsync(shop);
        foreach (var version in versions)
        {
            var people = await shop.ArmAsync(id, version);
            await shop.ReactAsync(KnownEvents.MessageClicked, id, [.. people.Take(30).Select(c => (c, version))]);
            await shop.OrderAsync(people.Take(25), 19.99m);
            await shop.OrderAsync(people.Take(10), 5.01m);
        }
        string[] tables = ["CampaignRecipients", "CampaignArmDays", "CampaignHours", "CampaignClicks"];
        var before = Nonzero(shop.Store.Dump(tables));
        await shop.Store.Get<ProjectionHost>().RebuildAsync("campaign-results", Ct);
        Assert.Equal(before, Nonzero(shop.Store.Dump(tables)));

        // A sum that came and went, such as that of people who waited, is a row of zeros or none.
        static string Nonzero(string dump) => string.Join('\n', dump.Split('\n').Where(line => line.StartsWith('[') || line.Split('|').Skip(5).Any(f => f is not ("" or "0"))));
    }

    [Fact]
    public async Task Below_the_minimum_there_is_no_interval_and_the_page_can_say_what_is_missing()
    {
        await using var shop = await CampaignShop.OpenAsync(300);
        var (id, versions) = await SentAsync(shop);
        await shop.ReactAsync(KnownEvents.MessageClicked, id, [.. (await shop.ArmAsync(id, versions[0])).Take(7).Select(c => (c, versions[0]))]);
        var test = (await ReadAsync(shop, id)).Test!;
        Assert.Equal(VerdictState.Collecting, test.Verdict.State);
        Assert.Equal((MissingKind.Outcomes, 7d, 25d, 0), (test.Verdict.Lacking!.Kind, test.Verdict.Lacking.Have, test.Verdict.Lacking.Need, test.Verdict.Lacking.Position));
        Assert.All(test.Comparisons[ResultMetric.Clicks], c => Assert.True(c is { Absolute: null, PValue: null, Finding: Finding.TooFew }));
    }

    [Fact]
    public async Task A_clear_difference_is_a_winner_after_the_planned_time_and_not_before()
    {
        await using var shop = await CampaignShop.OpenAsync(1_500);
        var (id, versions) = await SentAsync(shop);
        await ClickAsync(0, 40);
        await ClickAsync(1, 120);
        Assert.Equal(MissingKind.Hours, (await ReadAsync(shop, id)).Test!.Verdict.Lacking?.Kind);
        shop.Store.Clock.Advance(TimeSpan.FromHours(4));
        var verdict = (await ReadAsync(shop, id)).Test!.Verdict;
        Assert.Equal((VerdictState.Winner, 1), (verdict.State, verdict.Position));
        Assert.True(verdict.Deciding!.Relative!.Value.Lower > 0);
        Assert.InRange(verdict.LikelyRelative!.Value, 0, verdict.Deciding.Relative.Value.Point);

        async Task ClickAsync(int position, int count) =>
            await shop.ReactAsync(KnownEvents.MessageClicked, id, [.. (await shop.ArmAsync(id, versions[position])).Take(count).Select(c => (c, versions[position]))]);
    }

    [Fact]
    public async Task A_lost_part_of_one_arm_hides_the_verdict()
    {
        await using var shop = await CampaignShop.OpenAsync(3_000);
        var (id, versions) = await SentAsync(shop);
        await shop.Store.Database.WriteAsync(
            t => t.Execute("update \"CampaignArmDays\" set \"Assigned\" = \"Assigned\" / 2 where \"VariantId\" = @0", versions[1]), Ct);
        var test = (await ReadAsync(shop, id)).Test!;
        Assert.Equal(VerdictState.Invalid, test.Verdict.State);
        Assert.Contains(test.Health, h => h is { Kind: HealthKind.Split, Level: HealthLevel.Invalid });
    }

    [Fact]
    public async Task A_failed_check_covers_the_result_until_somebody_answers_for_it_and_again_when_they_take_it_back()
    {
        await using var shop = await CampaignShop.OpenAsync(3_000);
        var (id, versions) = await SentAsync(shop, testShare: 0.8);
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"CampaignArmDays\" set \"Assigned\" = \"Assigned\" / 2 where \"VariantId\" = @0", versions[1]), Ct);
        var (handler, jan) = (shop.Store.Get<AcknowledgeHealthHandler>(), new Actor("1", null));
        var winner = shop.Store.Get<DecideCampaignHandler>();
        await winner.DecideAsync((await shop.RunAsync(id)).Id, Ct);
        Assert.Equal(RunPhase.Testing, (await shop.RunAsync(id)).Phase); // nor does the portal decide by it

        Assert.Equal(nameof(AcknowledgeHealth.Reason), (await handler.HandleAsync(new AcknowledgeHealth(id, HealthKind.Split, " because  "), jan, Ct)).Problem?.Field);
        Assert.False((await handler.HandleAsync(new AcknowledgeHealth(id, HealthKind.Crossover, "It does not fail at all."), jan, Ct)).IsOk);
        Assert.Equal(VerdictState.Invalid, (await ReadAsync(shop, id)).Test!.Verdict.State);
        foreach (var isFirst in new[] { true, false }) // two colleagues at once
            Assert.Equal(isFirst, (await handler.HandleAsync(new AcknowledgeHealth(id, HealthKind.Split, "Half of B was deleted by hand, at random."), jan, Ct)).Value);
        var test = (await ReadAsync(shop, id)).Test!;
        Assert.NotEqual(VerdictState.Invalid, test.Verdict.State);
        var split = Assert.Single(test.Health, h => h.Level is HealthLevel.Invalid); // it still says what is wrong
        Assert.Equal(("1", "Half of B was deleted by hand, at random.", shop.Store.Clock.GetUtcNow()), (split.Acknowledged!.By, split.Acknowledged.Reason, split.Acknowledged.At));

        Assert.True(await handler.WithdrawAsync(id, HealthKind.Split, jan, Ct));
        Assert.False(await handler.WithdrawAsync(id, HealthKind.Split, jan, Ct));
        Assert.Equal(VerdictState.Invalid, (await ReadAsync(shop, id)).Test!.Verdict.State);
        Assert.True((await handler.HandleAsync(new AcknowledgeHealth(id, HealthKind.Split, "Looked at it once more."), jan, Ct)).Value);
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(["acknowledge", "withdraw acknowledgement", "acknowledge"], await db.AuditEntries.Where(e => e.Action.StartsWith("experiments.decide ")).OrderBy(e => e.Id).Select(e => e.Action.Substring("experiments.decide ".Length)).ToListAsync(Ct));
        await winner.DecideAsync((await shop.RunAsync(id)).Id, Ct);
        Assert.Equal(RunPhase.Rolling, (await shop.RunAsync(id)).Phase);
    }

    [Theory]
    [InlineData(ResultMetric.Opens, 20, 60, HealthLevel.Invalid)]
    [InlineData(ResultMetric.Opens, 60, 20, HealthLevel.Note)]
    [InlineData(ResultMetric.Opens, 1, 9, HealthLevel.Note)] // too few to say so
    [InlineData(ResultMetric.Clicks, 20, 60, HealthLevel.Note)] // clicks decide
    public void Machines_that_open_spoil_a_test_that_opens_decide(ResultMetric metric, long people, long machines, HealthLevel level)
    {
        var arm = new ArmSums { Assigned = 500, Exposed = 500, Sent = 500, Opened = people, OpenedByMachine = machines };
        Assert.Equal(level, HealthChecks.Of([new PlannedArm(arm, 0.5), new PlannedArm(arm, 0.5)], metric, isEnded: true, wasCutShort: false).Single(c => c.Kind is HealthKind.Machines).Level);
    }

    [Fact]
    public async Task The_effect_is_measured_against_who_was_held_out()
    {
        await using var shop = await CampaignShop.OpenAsync(4_000);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0.3, Costs = 100, Margin = 0.5 });
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        var variant = (await shop.ReadAsync(id)).Draft.Variants[0].Id;
        var (treated, holdout) = (await shop.ArmAsync(id, variant), await shop.ArmAsync(id, CampaignRecipient.Holdout));
        await shop.OrderAsync(treated.Where((_, i) => i % 5 is 0), 50);
        await shop.OrderAsync(holdout.Where((_, i) => i % 10 is 0), 50);
        var effect = (await ReadAsync(shop, id)).Effect!;
        Assert.Equal(0.1, effect.Orders.Absolute!.Value.Point, 2);
        Assert.True(effect.Orders.Absolute.Value.Lower > 0);
        Assert.Equal(treated.Count * 0.1, effect.IncrementalOrders!.Value.Point, treated.Count * 0.01);
        Assert.False(effect.AreOrdersFinal);
        if (effect.IncrementalRevenue is { } more) Assert.Equal((more.Point * 0.5 - 100) / 100, effect.ReturnOnCosts!.Value.Point, 6);
        shop.Store.Clock.Advance(TimeSpan.FromDays(9));
        Assert.True((await ReadAsync(shop, id)).Effect!.AreOrdersFinal);
    }

    private static async Task<(long Id, IReadOnlyList<long> Versions)> SentAsync(CampaignShop shop, double testShare = 1)
    {
        var id = await shop.CreateAsync(s => s with { TestShare = testShare }, "A", "B");
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        return (id, [.. (await shop.ReadAsync(id)).Draft.Variants.Select(v => v.Id)]);
    }

    private static async Task<CampaignResult> ReadAsync(CampaignShop shop, long id) =>
        await ActivatorUtilities.CreateInstance<ReadCampaignResultHandler>(shop.Store.Services, new SendingProgressReader(shop.Store.Database, shop.Store.Clock)).HandleAsync(id, Ct) ?? throw new InvalidOperationException("It is there.");
}
