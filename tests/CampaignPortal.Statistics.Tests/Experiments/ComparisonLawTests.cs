using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Tests.Experiments;

public sealed class ComparisonLawTests
{
    private const int SeedCount = 200;

    [Fact]
    public void Effects_change_sign_when_the_arms_swap() => ForSeeds(rng =>
    {
        foreach (var (a, b) in Pairs(rng))
        {
            EffectResult forward = WelchTest.Compare(a, b).Value, backward = WelchTest.Compare(b, a).Value;
            Assert.Equal(forward.Effect.Point, -backward.Effect.Point, 1e-12);
            Assert.Equal(forward.Effect.Lower, -backward.Effect.Upper, 1e-9);
            Assert.Equal(forward.PValue, backward.PValue, 1e-12);
        }
    });

    [Fact]
    public void Merged_statistics_equal_those_of_all_units() => ForSeeds(rng =>
    {
        double[] first = Sample(rng, 30), second = Sample(rng, 50), firstPre = Sample(rng, 30), secondPre = Sample(rng, 50);
        double[] all = [.. first, .. second], allPre = [.. firstPre, .. secondPre];
        Same(MeanStatistic.Of(all), MeanStatistic.Of(first).Merge(MeanStatistic.Of(second)));
        Same(RatioStatistic.Of(all, allPre), RatioStatistic.Of(first, firstPre).Merge(RatioStatistic.Of(second, secondPre)));
        Same(CupedStatistic.Of(allPre, all), CupedStatistic.Of(firstPre, first).Merge(CupedStatistic.Of(secondPre, second)));
        Same(new ProportionStatistic(80, 12), new ProportionStatistic(30, 5).Merge(new ProportionStatistic(50, 7)));
    });

    [Fact]
    public void Sums_and_raw_values_give_the_same_test() => ForSeeds(rng =>
    {
        double[] a = Sample(rng, 40), b = Sample(rng, 60);
        EffectResult raw = WelchTest.Compare(a, b).Value, sums = WelchTest.Compare(MeanStatistic.Of(a), MeanStatistic.Of(b)).Value;
        Assert.Equal(raw.PValue, sums.PValue, 1e-9);
        Assert.Equal(raw.Effect.Upper, sums.Effect.Upper, 1e-9);
        var (u, v) = (RankTest.MannWhitney(a, b).Value, RankTest.MannWhitney(b, a).Value);
        Assert.Equal(u.U1, v.U2, 1e-9);
        Assert.Equal(u.PValue, v.PValue, 1e-12);
    });

    [Fact]
    public void Intervals_and_p_values_agree() => ForSeeds(rng =>
    {
        foreach (var (a, b) in Pairs(rng))
        {
            foreach (var difference in Enum.GetValues<DifferenceKind>())
            {
                var test = WelchTest.Compare(a, b, difference).Value;
                Assert.Equal(test.PValue < 0.05, test.Effect.ExcludesZero);
            }
        }
    });

    [Fact]
    public void Sequences_are_wider_than_fixed_intervals_and_never_surer() => ForSeeds(rng =>
    {
        foreach (var (a, b) in Pairs(rng))
        {
            var fixedTest = WelchTest.Compare(a, b).Value;
            var sequence = ConfidenceSequence.Compare(a, b, DifferenceKind.Absolute, 200).Value;
            Assert.True(sequence.Effect.Upper - sequence.Effect.Lower > fixedTest.Effect.Upper - fixedTest.Effect.Lower);
            Assert.True(sequence.PValue >= fixedTest.PValue);
            Assert.Equal(sequence.PValue < 0.05, sequence.Effect.ExcludesZero);
            var oneSided = ConfidenceSequence.CompareOneSided(a, b, DifferenceKind.Absolute, Alternative.Greater, 200).Value;
            Assert.Equal(oneSided.PValue < 0.05, oneSided.Effect.Lower > 0);
        }
    });

    [Fact]
    public void Exact_and_asymptotic_rank_tests_agree_on_larger_samples() => ForSeeds(rng =>
    {
        double[] a = Sample(rng, 25), b = Sample(rng, 30);
        for (var i = 0; i < a.Length; i += 3) a[i] = Math.Round(a[i]); // ties too
        var exact = RankTest.MannWhitney(a, b, RankTestMethod.Exact).Value;
        var asymptotic = RankTest.MannWhitney(a, b).Value;
        Assert.Equal(exact.PValue, asymptotic.PValue, 0.02);
    }, 30);

    [Fact]
    public void Adjusted_p_values_never_fall_below_the_raw_ones() => ForSeeds(rng =>
    {
        double[] p = [.. Enumerable.Range(0, 12).Select(_ => rng.NextDouble() * rng.NextDouble())];
        foreach (var method in Enum.GetValues<AdjustmentMethod>())
        {
            var adjusted = MultipleTesting.Adjust(p, method).Value.Adjusted;
            for (var i = 0; i < p.Length; i++) Assert.InRange(adjusted[i], p[i] - 1e-15, 1);
        }
        var (holm, bonferroni) = (MultipleTesting.Adjust(p, AdjustmentMethod.Holm).Value, MultipleTesting.Adjust(p, AdjustmentMethod.Bonferroni).Value);
        for (var i = 0; i < p.Length; i++) Assert.True(holm.Adjusted[i] <= bonferroni.Adjusted[i] + 1e-15);
    });

    [Fact]
    public void Chances_to_win_add_up_to_one()
    {
        foreach (var (x, n, y, m) in ((double, double, double, double)[])[(0, 10, 3, 12), (49, 100, 51, 100), (2000, 1_000_000, 2100, 1_000_000), (5, 10, 99_000, 100_000)])
        {
            var forward = BayesianComparison.Rates(new ProportionStatistic(n, x), new ProportionStatistic(m, y), 0.3, 0.3).Value;
            var backward = BayesianComparison.Rates(new ProportionStatistic(m, y), new ProportionStatistic(n, x), 0.3, 0.3).Value;
            Assert.Equal(1, forward.ChanceToWin + backward.ChanceToWin, 1e-9);
            Assert.Equal(forward.ExpectedLossChoosingControl, backward.ExpectedLossChoosingTreatment, 1e-9);
            // Losses differ by the difference of the means.
            Assert.Equal(
                forward.PosteriorMeanTreatment - forward.PosteriorMeanControl,
                forward.ExpectedLossChoosingControl - forward.ExpectedLossChoosingTreatment, 1e-9);
        }
    }

    [Fact]
    public void Group_sequential_boundaries_spend_what_they_say()
    {
        // Boundaries of a random walk, judged by simulation.
        var bounds = GroupSequential.Spend([0.2, 0.4, 0.6, 0.8, 1], SpendingFunction.OBrienFleming).Value.Upper;
        var rng = new Rng(5);
        int crossed = 0, repeats = 40_000;
        for (var i = 0; i < repeats; i++)
        {
            double walk = 0;
            for (var k = 0; k < 5; k++)
            {
                walk += rng.NextNormal() * Math.Sqrt(0.2);
                if (Math.Abs(walk) / Math.Sqrt(0.2 * (k + 1)) <= bounds[k]) continue;
                crossed++;
                break;
            }
        }
        Assert.InRange((double)crossed / repeats, 0.045, 0.055);
    }

    [Fact]
    public void Problems_are_told_worst_first()
    {
        Assert.Equal(Reasons.NegativeCount, ProportionTest.Compare(new(0, 0), new(10, -1)).Reason);
        Assert.Equal(Reasons.EmptyArm, ProportionTest.Compare(new(0, 0), new(10, 1)).Reason);
        Assert.Equal(Reasons.AlphaOutOfRange, ProportionTest.Compare(new(0, 0), new(10, -1), alpha: 1).Reason);
        Assert.Equal(Reasons.ZeroBaseline, WelchTest.Compare(new MeanStatistic(5, 0, 2), new MeanStatistic(5, 1, 2), DifferenceKind.Relative).Reason);
        var outcome = ProportionTest.Compare(new(0, 0), new(10, 1));
        Assert.Equal("There is no answer: InsufficientData, empty-arm.", Assert.Throws<InvalidOperationException>(() => outcome.Value).Message);
    }

    private static void ForSeeds(Action<Rng> law, int seedCount = SeedCount)
    {
        for (var seed = 0; seed < seedCount; seed++) law(new Rng(seed));
    }

    private static IEnumerable<(IArmStatistic A, IArmStatistic B)> Pairs(Rng rng)
    {
        yield return (MeanStatistic.Of(Sample(rng, 40)), MeanStatistic.Of(Sample(rng, 70)));
        yield return (new ProportionStatistic(200, 20 + rng.NextInt(50)), new ProportionStatistic(300, 20 + rng.NextInt(90)));
        yield return (RatioStatistic.Of(Sample(rng, 40), Sample(rng, 40)), RatioStatistic.Of(Sample(rng, 50), Sample(rng, 50)));
        yield return (CupedStatistic.Of(Sample(rng, 40), Sample(rng, 40)), CupedStatistic.Of(Sample(rng, 50), Sample(rng, 50)));
    }

    private static double[] Sample(Rng rng, int count) => [.. Enumerable.Range(0, count).Select(_ => 5 + rng.NextNormal())];

    private static void Same(IArmStatistic expected, IArmStatistic got)
    {
        Assert.Equal(expected.Count, got.Count);
        Assert.Equal(expected.Mean, got.Mean, 1e-12);
        Assert.Equal(expected.Variance, got.Variance, 1e-10);
    }
}
