using CampaignPortal.Learning.Metrics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Metrics;

public sealed class MetricTests
{
    [Fact]
    public void Auc_equals_the_count_of_pairs_and_ignores_monotone_maps()
    {
        var rng = new Rng(1);
        for (var trial = 0; trial < 50; trial++)
        {
            var n = 10 + rng.NextInt(40);
            var (labels, scores) = (new float[n], new float[n]);
            for (var i = 0; i < n; i++) (labels[i], scores[i]) = (i < 2 ? i : rng.NextInt(2), rng.NextInt(12) / 10f);
            double right = 0, pairs = 0;
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    if (labels[i] <= labels[j]) continue;
                    pairs++;
                    right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
            Assert.Equal(right / pairs, BinaryMetrics.Auc(labels, scores), 1e-12);
            Assert.Equal(right / pairs, BinaryMetrics.Auc(labels, Array.ConvertAll(scores, s => MathF.Exp(3 * s) - 7)), 1e-12);
        }
    }

    [Fact]
    public void DeLongs_interval_covers_the_true_area()
    {
        // Normal scores one deviation apart: the true area is Φ(1/√2) = 0.7602.
        var rng = new Rng(2);
        var (covered, trials) = (0, 400);
        for (var t = 0; t < trials; t++)
        {
            var (labels, scores) = (new float[150], new float[150]);
            for (var i = 0; i < 150; i++) (labels[i], scores[i]) = (i % 3 == 0 ? 1 : 0, (float)(rng.NextNormal() + (i % 3 == 0 ? 1 : 0)));
            var interval = AucInterval.DeLong(labels, scores);
            if (interval.Lower <= 0.76025 && 0.76025 <= interval.Upper) covered++;
        }
        Assert.InRange(covered / (double)trials, 0.92, 0.98);
    }

    [Fact]
    public void Lift_and_gains_agree_and_ties_count_evenly()
    {
        float[] labels = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        float[] scores = [0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f, 0.2f, 0.1f, 0];
        Assert.Equal(1 / 0.3, BinaryMetrics.Lift(labels, scores, 0.2), 1e-9);
        Assert.Contains((0.2, 2 / 3.0), BinaryMetrics.GainsCurve(labels, scores));
        Assert.Equal(1, BinaryMetrics.Lift(labels, new float[10], 0.3), 1e-9);
        Assert.Equal((1.0, 1.0), BinaryMetrics.GainsCurve(labels, scores)[^1]);
        Assert.Equal((1.0, 1.0), BinaryMetrics.RocCurve(labels, scores)[^1]);
    }

    [Fact]
    public void A_calibration_curve_holds_every_row_once_and_its_rates_inside_their_intervals()
    {
        var rng = new Rng(3);
        var (labels, p) = (new float[1000], new float[1000]);
        for (var i = 0; i < 1000; i++) (p[i], labels[i]) = (i % 7 / 7f, rng.NextDouble() < i % 7 / 7.0 ? 1 : 0);
        var curve = CalibrationMetrics.Curve(labels, p);
        Assert.Equal(1000, curve.Sum(b => b.RowCount));
        Assert.All(curve, b => Assert.True(b.Lower <= b.PositiveRate && b.PositiveRate <= b.Upper));
        Assert.Equal(curve.OrderBy(b => b.MeanPredicted), curve);
    }

    [Fact]
    public void One_class_is_refused_with_a_remedy()
    {
        var e = Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc([1, 1], [0.1f, 0.2f]));
        Assert.Contains("both classes", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc([0, 1], [float.NaN, 0.2f]));
    }

    [Fact]
    public void Drift_is_zero_for_the_same_sample_and_grows_with_a_shift()
    {
        var rng = new Rng(4);
        var a = Enumerable.Range(0, 2000).Select(_ => rng.NextNormal()).ToArray();
        Assert.Equal(0, Drift.PsiOfSamples(a, a), 1e-12);
        Assert.Equal((0, 1), Drift.KolmogorovSmirnov(a, a));
        var shifted = Array.ConvertAll(a, v => v + 0.5);
        Assert.True(Drift.PsiOfSamples(a, shifted) > 0.15);
        Assert.True(Drift.KolmogorovSmirnov(a, shifted).P < 1e-6);
        Assert.Equal(0.5, Drift.Wasserstein(a, shifted), 1e-9);
        Assert.True(double.IsFinite(Drift.PsiOfSamples(new double[50], [1.0]))); // constant reference
    }
}
