using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Statistics.Resampling;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Tests.Experiments;

/// <summary>Intervals hold the truth as often as they say, found by simulation with fixed seeds.</summary>
public sealed class CoverageTests
{
    [Theory]
    [InlineData(ProportionIntervalKind.Wilson, 0.93, 0.97)]
    [InlineData(ProportionIntervalKind.ClopperPearson, 0.95, 1)]
    [InlineData(ProportionIntervalKind.Jeffreys, 0.93, 0.97)]
    [InlineData(ProportionIntervalKind.AgrestiCoull, 0.94, 0.99)]
    public void Rate_intervals_cover(ProportionIntervalKind kind, double least, double most)
    {
        var rng = new Rng(1);
        int inside = 0, repeats = 2000;
        for (var i = 0; i < repeats; i++)
        {
            var rate = 0.02 + 0.3 * rng.NextDouble();
            var estimate = ProportionInterval.Of(new ProportionStatistic(150, Successes(rng, 150, rate)), kind).Value;
            if (estimate.Lower <= rate && rate <= estimate.Upper) inside++;
        }
        Assert.InRange((double)inside / repeats, least, most);
    }

    [Fact]
    public void Differences_of_rates_are_covered_by_the_score_intervals()
    {
        var rng = new Rng(2);
        int newcombe = 0, score = 0, repeats = 1000;
        for (var i = 0; i < repeats; i++)
        {
            double p1 = 0.05 + 0.2 * rng.NextDouble(), p2 = 0.05 + 0.2 * rng.NextDouble();
            var interval = ProportionInterval.Difference(
                new ProportionStatistic(120, Successes(rng, 120, p1)), new ProportionStatistic(80, Successes(rng, 80, p2))).Value;
            if (Holds(interval.Newcombe, p1 - p2)) newcombe++;
            if (Holds(interval.MiettinenNurminen, p1 - p2)) score++;
        }
        Assert.InRange((double)newcombe / repeats, 0.93, 0.975);
        Assert.InRange((double)score / repeats, 0.93, 0.975);
    }

    [Fact]
    public void Welch_intervals_cover_with_unequal_arms()
    {
        var rng = new Rng(3);
        int inside = 0, repeats = 4000;
        for (var i = 0; i < repeats; i++)
        {
            double[] a = [.. Enumerable.Range(0, 12).Select(_ => 3 * rng.NextNormal())], b = [.. Enumerable.Range(0, 40).Select(_ => 1 + rng.NextNormal())];
            if (Holds(WelchTest.Compare(a, b).Value.Effect, 1)) inside++;
        }
        Assert.InRange((double)inside / repeats, 0.94, 0.96);
    }

    [Theory]
    [InlineData(BootstrapMethod.Percentile)]
    [InlineData(BootstrapMethod.Basic)]
    [InlineData(BootstrapMethod.BiasCorrectedAccelerated)]
    public void Bootstrap_intervals_cover_a_skewed_mean(BootstrapMethod method)
    {
        var rng = new Rng(4);
        int inside = 0, repeats = 400;
        for (var i = 0; i < repeats; i++)
        {
            double[] sample = [.. Enumerable.Range(0, 80).Select(_ => -Math.Log(1 - rng.NextDouble()))];
            if (Holds(Bootstrap.Mean(sample, new Rng(i), 400, 0.9, method).Value.Figure, 1)) inside++;
        }
        Assert.InRange((double)inside / repeats, 0.84, 0.95);
    }

    [Fact]
    public void Ratio_metrics_hold_their_level_and_visits_counted_as_independent_do_not()
    {
        var rng = new Rng(6);
        int delta = 0, naive = 0, repeats = 600;
        for (var i = 0; i < repeats; i++)
        {
            var (a, b) = (Visits(rng), Visits(rng));
            if (WelchTest.Compare(a, b).Value.PValue < 0.05) delta++;
            if (ProportionTest.Compare(new(a.DenominatorSum, a.NumeratorSum), new(b.DenominatorSum, b.NumeratorSum)).Value.PValue < 0.05) naive++;
        }
        Assert.InRange((double)delta / repeats, 0.025, 0.08);
        Assert.True((double)naive / repeats > 0.09);
    }

    [Fact]
    public void Looking_again_and_again_breaks_the_fixed_test_and_not_the_sequence()
    {
        // Two equal arms of rate 0.1, 40 looks every 500 units per arm.
        int peeking = 0, sequence = 0, repeats = 500;
        var rng = new Rng(7);
        for (var i = 0; i < repeats; i++)
        {
            double a = 0, b = 0;
            bool naive = false, valid = false;
            for (var look = 1; look <= 40; look++)
            {
                a += Successes(rng, 500, 0.1);
                b += Successes(rng, 500, 0.1);
                ProportionStatistic control = new(500.0 * look, a), treatment = new(500.0 * look, b);
                naive |= WelchTest.Compare(control, treatment).Value.PValue < 0.05;
                valid |= ConfidenceSequence.Compare(control, treatment, DifferenceKind.Absolute, 10_000).Value.Effect.ExcludesZero;
            }
            if (naive) peeking++;
            if (valid) sequence++;
        }
        Assert.InRange((double)peeking / repeats, 0.22, 0.40); // theory 0.30 for 40 looks
        Assert.InRange((double)sequence / repeats, 0, 0.05);
    }

    [Fact]
    public void Cuped_halves_the_variance_at_correlation_07()
    {
        var rng = new Rng(8);
        int inside = 0, repeats = 600;
        double reduction = 0, effect = 0;
        for (var i = 0; i < repeats; i++)
        {
            var result = Cuped.Compare(Correlated(rng, 0), Correlated(rng, 0.1), DifferenceKind.Absolute).Value;
            reduction += result.VarianceReduction / repeats;
            effect += result.Adjusted.Effect.Point / repeats;
            if (Holds(result.Adjusted.Effect, 0.1)) inside++;
        }
        Assert.InRange(reduction, 0.46, 0.52);
        Assert.InRange(effect, 0.09, 0.11);
        Assert.InRange((double)inside / repeats, 0.925, 0.975);
    }

    [Fact]
    public void Bootstrap_does_not_depend_on_the_order_of_threads()
    {
        double[] values = [.. Enumerable.Range(0, 50).Select(i => Math.Sin(i))];
        var first = Bootstrap.Mean(values, new Rng(5)).Value;
        Assert.Equal(first, Bootstrap.Mean(values, new Rng(5)).Value);
        Assert.NotEqual(first, Bootstrap.Mean(values, new Rng(6)).Value);
    }

    private static CupedStatistic Correlated(Rng rng, double shift)
    {
        double[] pre = new double[1000], post = new double[1000];
        for (var i = 0; i < pre.Length; i++)
        {
            pre[i] = rng.NextNormal();
            post[i] = shift + 0.7 * pre[i] + Math.Sqrt(1 - 0.49) * rng.NextNormal();
        }
        return CupedStatistic.Of(pre, post);
    }

    private static RatioStatistic Visits(Rng rng)
    {
        double[] clicks = new double[1000], visits = new double[1000];
        for (var i = 0; i < visits.Length; i++)
        {
            visits[i] = 1 + new CampaignPortal.Statistics.Distributions.Poisson(3).Sample(rng);
            clicks[i] = Successes(rng, (int)visits[i], new CampaignPortal.Statistics.Distributions.BetaDistribution(1, 4).Sample(rng));
        }
        return RatioStatistic.Of(clicks, visits);
    }

    private static int Successes(Rng rng, int trials, double rate)
    {
        var count = 0;
        for (var i = 0; i < trials; i++) if (rng.NextDouble() < rate) count++;
        return count;
    }

    private static bool Holds(Estimate estimate, double truth) => estimate.Lower <= truth && truth <= estimate.Upper;
}
