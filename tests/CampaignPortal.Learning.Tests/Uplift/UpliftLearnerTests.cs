using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Learning.Uplift;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Uplift;

public sealed class UpliftLearnerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(UpliftMethod.Two)]
    [InlineData(UpliftMethod.Cross)]
    [InlineData(UpliftMethod.Residual)]
    [InlineData(UpliftMethod.DoublyRobust)]
    [InlineData(UpliftMethod.ClassTransformation)]
    public void A_planted_effect_is_found_by_every_learner(UpliftMethod method)
    {
        var (rows, effects) = Planted(new Rng(1), 20_000, _ => 0.35);
        var model = UpliftLearner.Fit(rows, method, new UpliftOptions { Degree = 1 }, new Rng(2), Ct);
        var uplift = new double[effects.Length];
        model.PredictMany(rows.Rows, uplift);
        Assert.True(Correlation(uplift, effects) > 0.9);
        Assert.Equal(effects.Average(), uplift.Average(), 0.02);
    }

    [Fact]
    public void A_single_model_of_trees_finds_it_too()
    {
        var (rows, effects) = Planted(new Rng(3), 6000, _ => 0.5);
        var model = UpliftLearner.Fit(rows, UpliftMethod.Joint, new UpliftOptions { Base = UpliftBases.Trees, Degree = 1 }, new Rng(2), Ct);
        var uplift = new double[effects.Length];
        model.PredictMany(rows.Rows, uplift);
        Assert.True(Correlation(uplift, effects) > 0.7);
    }

    [Fact]
    public void Estimated_chances_mend_a_treatment_that_was_not_drawn()
    {
        // Who buys more is treated more: the plain difference of arms is far too high.
        var (rows, effects) = Planted(new Rng(4), 20_000, x => 1 / (1 + Math.Exp(-1.5 * x)));
        var model = UpliftLearner.Fit(rows, UpliftMethod.DoublyRobust, new UpliftOptions { EstimatePropensity = true, Degree = 1 }, new Rng(2), Ct);
        var uplift = new double[effects.Length];
        model.PredictMany(rows.Rows, uplift);
        double Rate(int arm) => rows.Arm(arm).Outcomes.Average();
        Assert.True(Rate(1) - Rate(0) > effects.Average() + 0.05);
        Assert.Equal(effects.Average(), uplift.Average(), 0.03);
    }

    [Fact]
    public void The_contest_takes_the_mean_of_those_not_clearly_worse_and_survives_saving()
    {
        var (rows, effects) = Planted(new Rng(5), 2500, _ => 0.5);
        var (fit, again) = (Contest(rows, 1), Contest(rows, 3));
        var (uplift, other, loaded) = (new double[effects.Length], new double[effects.Length], new double[effects.Length]);
        fit.Model.PredictMany(rows.Rows, uplift);
        again.Model.PredictMany(rows.Rows, other);
        Assert.Equal(uplift, other);
        Assert.True(fit.Candidates[0].IsMember && Correlation(uplift, effects) > 0.8);
        using var folder = new TemporaryFolder();
        fit.Model.Save(folder.Path);
        ModelFolder.Load<UpliftModel>(folder.Path).PredictMany(rows.Rows, loaded);
        Assert.Equal(uplift, loaded);
    }

    [Fact]
    public void Bootstrap_intervals_hold_chance_scores_and_exclude_good_ones()
    {
        var (rows, effects) = Planted(new Rng(6), 4000, _ => 0.5);
        var outcomes = Array.ConvertAll(rows.Outcomes, y => (double)y);
        var noise = effects.Select((_, i) => CounterRng.Uniform(1, 2, (ulong)i)).ToArray();
        var (good, chance) = (QiniBootstrap.Interval(rows.Treated, outcomes, effects, 300, new Rng(1)), QiniBootstrap.Interval(rows.Treated, outcomes, noise, 300, new Rng(1)));
        Assert.True(good.Lower > 0 && chance.Lower < 0 && chance.Upper > 0);
        Assert.Equal(UpliftMetrics.AreaOverRandom(UpliftMetrics.QiniCurve(rows.Treated, outcomes, effects)), good.Point, 1e-9);
        Assert.True(QiniBootstrap.Difference(rows.Treated, outcomes, effects, noise, 300, new Rng(1)).Lower > 0);
    }

    [Fact]
    public void An_arm_without_outcomes_is_named()
    {
        var (rows, _) = Planted(new Rng(7), 200, _ => 0.5);
        var bad = rows with { Outcomes = [.. rows.Outcomes.Select((y, i) => rows.Treated[i] == 1 ? 0 : y)] };
        var error = Assert.Throws<ArgumentException>(() => UpliftLearner.Fit(bad, UpliftMethod.Two, new UpliftOptions(), new Rng(1), Ct));
        Assert.Contains("the treated arm", error.Message, StringComparison.Ordinal);
    }

    private static UpliftContestFit Contest(UpliftRows rows, int degree) => UpliftContest.Fit(
        rows, [new("T", UpliftMethod.Two, UpliftBases.Linear), new("DR", UpliftMethod.DoublyRobust, UpliftBases.Linear)], new UpliftOptions { FoldCount = 3, Degree = degree }, new Rng(1), Ct);

    /// <summary>Chance 0.3 plus something of the first column, and an effect that follows the second one.</summary>
    private static (UpliftRows Rows, double[] Effects) Planted(Rng rng, int count, Func<double, double> propensity)
    {
        var data = new Matrix(count, 3, Samples.Normals(rng, count * 3));
        var (treated, outcomes, effects) = (new int[count], new float[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var start = Math.Clamp(0.3 + 0.1 * data[i, 0], 0.05, 0.6);
            effects[i] = Math.Clamp(0.1 + 0.1 * data[i, 1], -0.05, 0.3);
            treated[i] = rng.NextDouble() < propensity(data[i, 0]) ? 1 : 0;
            outcomes[i] = rng.NextDouble() < start + treated[i] * effects[i] ? 1 : 0;
        }
        var schema = new TabularSchema([.. "abc".Select((c, j) => new TabularColumn(j, c.ToString(), ColumnKind.Number, []))], []);
        return (new UpliftRows(schema, data, treated, outcomes), effects);
    }

    private static double Correlation(double[] a, double[] b)
    {
        double ma = a.Average(), mb = b.Average();
        return a.Zip(b, (x, y) => (x - ma) * (y - mb)).Sum() / Math.Sqrt(a.Sum(x => (x - ma) * (x - ma)) * b.Sum(y => (y - mb) * (y - mb)));
    }
}
