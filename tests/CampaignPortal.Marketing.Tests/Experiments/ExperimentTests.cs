using System.Globalization;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Tests.Experiments;

public sealed class ExperimentTests
{
    private static readonly string[] Customers = [.. Enumerable.Range(0, 20_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"c-{i}"))];

    [Fact]
    public void Shares_are_what_they_were_set_to_and_probabilities_say_so()
    {
        var plan = new SplitPlan("campaign-7", SplitPlan.Normalise([1, 3]), 0.4, 0.1);
        var draws = Customers.Select(plan.Of).ToArray();
        foreach (var group in draws.GroupBy(d => d))
            Assert.Equal(group.Key.Probability, (double)group.Count() / Customers.Length, 0.012);
        Assert.Equal(5, draws.Distinct().Count()); // two versions, the rest, and the holdout of both parts
    }

    [Fact]
    public void Raising_the_test_share_or_the_holdout_moves_nobody_between_versions()
    {
        var (small, large) = (new SplitPlan("campaign-7", [0.5, 0.5], 0.2, 0.05), new SplitPlan("campaign-7", [0.5, 0.5], 0.8, 0.2));
        foreach (var customer in Customers)
        {
            var (before, after) = (small.Of(customer), large.Of(customer));
            if (before.Variant >= 0 && after.Variant >= 0) Assert.Equal(before.Variant, after.Variant);
            if (before.IsHoldout) Assert.True(after.IsHoldout);
        }
    }

    [Fact]
    public void Draws_of_two_campaigns_are_independent()
    {
        var (one, other) = (new SplitPlan("campaign-1", [0.5, 0.5], 1, 0), new SplitPlan("campaign-2", [0.5, 0.5], 1, 0));
        var both = Customers.Count(c => one.Of(c).Variant is 0 && other.Of(c).Variant is 0) / (double)Customers.Length;
        Assert.Equal(0.25, both, 0.012);
    }

    [Fact]
    public void The_global_holdout_lasts_a_quarter()
    {
        var holdout = new GlobalHoldout(0.05);
        var (january, march, april) = (Day(1), Day(3), Day(4));
        Assert.All(Customers, c => Assert.Equal(holdout.Holds(c, january), holdout.Holds(c, march)));
        Assert.Contains(Customers, c => holdout.Holds(c, march) && !holdout.Holds(c, april));
        Assert.Equal(0.05, Customers.Count(c => holdout.Holds(c, january)) / (double)Customers.Length, 0.006);

        static DateTimeOffset Day(int month) => new(2026, month, 1, 0, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public void The_rule_for_the_rest_takes_the_better_one_and_the_first_when_it_is_too_close()
    {
        Assert.Equal(new { Position = 1, IsTooClose = false }, Chosen(100, 160));
        Assert.Equal(new { Position = 0, IsTooClose = false }, Chosen(160, 100));
        Assert.Equal(new { Position = 0, IsTooClose = true }, Chosen(100, 101));
        Assert.True(WinnerRule.Choose([ArmSums.None, ArmSums.None], ResultMetric.Clicks).IsTooClose);

        static object Chosen(long a, long b)
        {
            var choice = WinnerRule.Choose([Arm(2_000, a), Arm(2_000, b)], ResultMetric.Clicks);
            return new { choice.Position, choice.IsTooClose };
        }
    }

    [Fact]
    public void Of_three_versions_a_clear_best_is_named_and_two_equal_ones_are_not()
    {
        Assert.Equal((VerdictState.Winner, 2), Judge(100, 150, 260));
        Assert.Equal((VerdictState.NoClearBest, null), Judge(100, 210, 215));
        Assert.Equal((VerdictState.FirstIsBest, 0), Judge(260, 100, 110));
        Assert.Equal((VerdictState.Inconclusive, null), Judge(100, 101, 99));

        static (VerdictState, int?) Judge(params long[] clicks)
        {
            var verdict = TestJudge.Judge([.. clicks.Select(c => Arm(2_000, c))], ResultMetric.Clicks, [], (5, 4));
            return (verdict.State, verdict.Position);
        }
    }

    [Fact]
    public void Fewer_unsubscribes_are_better() =>
        Assert.Equal(Finding.Better, MetricComparison.Of(ResultMetric.Unsubscribes, Arm(5_000, 0) with { Unsubscribed = 120 }, Arm(5_000, 0) with { Unsubscribed = 60 }).Finding);

    [Fact]
    public void A_return_on_costs_needs_costs_and_a_margin()
    {
        var treated = new ArmSums { Assigned = 5_000, Exposed = 5_000, Ordered = 600, Buyers = 600, Revenue = 30_000, RevenueSquares = 1_800_000 };
        var holdout = new ArmSums { Assigned = 2_000, Exposed = 2_000, Ordered = 150, Buyers = 150, Revenue = 7_500, RevenueSquares = 450_000 };
        var effect = HoldoutEffect.Of(treated, holdout, 2_000, 0.4);
        Assert.Equal(5_000 * (6 - 3.75), effect.IncrementalRevenue!.Value.Point, 6);
        Assert.Equal((5_000 * (6 - 3.75) * 0.4 - 2_000) / 2_000, effect.ReturnOnCosts!.Value.Point, 6);
        Assert.True(effect.ReturnOnCosts.Value.Lower < effect.ReturnOnCosts.Value.Point);
        Assert.Null(HoldoutEffect.Of(treated, holdout, null, 0.4).ReturnOnCosts);
        Assert.Null(HoldoutEffect.Of(treated, holdout, 0, 0.4).ReturnOnCosts);
    }

    private static ArmSums Arm(long sent, long clicked) => new() { Assigned = sent, Exposed = sent, Sent = sent, Clicked = clicked, Opened = clicked };
}
