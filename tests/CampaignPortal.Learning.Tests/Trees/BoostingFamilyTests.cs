using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Trees;

/// <summary>Objectives, constraints, categories, sampling and growth beyond the plain binary fit.</summary>
public sealed class BoostingFamilyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_stump_is_the_best_of_all_stumps_counted_one_by_one()
    {
        var rng = new Rng(21);
        for (var trial = 0; trial < 20; trial++)
        {
            var data = new Matrix(60, 3, Array.ConvertAll(Samples.Normals(rng, 180), v => rng.NextDouble() < 0.1 ? float.NaN : MathF.Round(v * 4) / 4));
            var rows = new LabelledRows(data, Samples.Normals(rng, 60), Array.ConvertAll(Samples.Normals(rng, 60), Math.Abs));
            var options = new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.SquaredError, MaxRounds = 1, MaxDepth = 1, L1 = 0.3, Lambda = 0.7, MinChildWeight = 2, ValidationShare = 0, BaseScore = 0.1 };
            var model = Fit(rows, options).Model;
            Assert.Equal(BestStumpGain(rows, options), model.Trees[0].Gain[0], 1e-4);
        }
    }

    [Fact]
    public void Several_classes_are_told_apart_and_their_probabilities_add_up()
    {
        var (data, labels) = Samples.Blobs(new Rng(22), 600, 4, 3, spread: 2);
        var fit = Fit(new LabelledRows(data, Array.ConvertAll(labels, l => (float)l)), new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.Softmax, MaxRounds = 30 });
        var p = new float[1800];
        fit.Model.PredictMany(data, p);
        var right = Enumerable.Range(0, 600).Count(i => p.AsSpan(3 * i, 3).IndexOf(p.Skip(3 * i).Take(3).Max()) == labels[i]);
        Assert.True(right > 560, $"{right} of 600");
        for (var i = 0; i < 600; i++) Assert.Equal(1, p[3 * i] + p[3 * i + 1] + p[3 * i + 2], 1e-5);
        var row = data.Row(7).ToArray();
        for (var k = 0; k < 3; k++) Assert.Equal(fit.Model.Raw(row, k) - fit.Model.AverageOf(k), fit.Model.Explain(row, k).Sum(), 1e-6);
        Assert.Throws<InvalidOperationException>(() => fit.Model.Predict(row));
        using var folder = new TemporaryFolder();
        fit.Model.Save(folder.Path);
        var again = new float[1800];
        ModelFolder.Load<GbdtModel>(folder.Path).PredictMany(data, again);
        Assert.Equal(p, again);
    }

    [Fact]
    public void Counts_and_quantiles_are_met_on_average()
    {
        var rng = new Rng(23);
        var data = new Matrix(3000, 2, Samples.Normals(rng, 6000));
        var (counts, amounts) = (new float[3000], new float[3000]);
        for (var i = 0; i < 3000; i++)
        {
            var rate = Math.Exp(0.5 + 0.8 * (data[i, 0] > 0 ? 1 : -1));
            for (var (left, t) = (1.0, 0.0); t < 1; t -= Math.Log(1 - rng.NextDouble()) / rate) counts[i] += t > 0 ? (float)left : 0;
            amounts[i] = (float)(data[i, 0] + Math.Abs(data[i, 1]) * rng.NextNormal());
        }
        var model = Fit(new LabelledRows(data, counts), new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.Poisson, MaxRounds = 60 }).Model;
        Assert.Equal(Math.Exp(1.3), model.Predict([1, 0]), 0.5);
        Assert.Equal(Math.Exp(-0.3), model.Predict([-1, 0]), 0.15);
        foreach (var tau in new[] { 0.1, 0.5, 0.9 })
        {
            var fit = Fit(new LabelledRows(data, amounts), new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.Quantile, Quantile = tau, MaxRounds = 60, ValidationShare = 0, MaxDepth = 3 });
            Assert.Equal(tau, Enumerable.Range(0, 3000).Count(i => amounts[i] <= fit.Model.Predict(data.Row(i))) / 3000.0, 0.03);
            Assert.True(fit.History[^1].TrainingLoss < fit.History[0].TrainingLoss);
        }
    }

    [Fact]
    public void Ranking_puts_the_better_rows_of_unseen_groups_first()
    {
        var (training, test) = (Groups(new Rng(24), 200), Groups(new Rng(25), 50));
        var model = Fit(training, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.LambdaRank, MaxRounds = 40, MaxDepth = 3 }).Model;
        double right = 0, pairs = 0;
        for (var g = 0; g < 50; g++)
        {
            for (var a = 8 * g; a < 8 * g + 8; a++)
            {
                for (var b = 8 * g; b < 8 * g + 8; b++)
                {
                    if (!(test.Labels[a] > test.Labels[b])) continue;
                    (pairs, right) = (pairs + 1, right + (model.Raw(test.Rows.Row(a)) > model.Raw(test.Rows.Row(b)) ? 1 : 0));
                }
            }
        }
        Assert.True(right / pairs > 0.85, $"{right / pairs:0.000}");
        Assert.Contains("GroupSizes", Assert.Throws<ArgumentException>(() => Fit(training with { GroupSizes = null }, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.LambdaRank })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_monotone_column_never_turns_back()
    {
        var rng = new Rng(26);
        var data = new Matrix(800, 2, Samples.Normals(rng, 1600));
        var labels = new float[800];
        for (var i = 0; i < 800; i++) labels[i] = (float)(data[i, 0] + Math.Sin(5 * data[i, 0]) + data[i, 1] + 0.5 * rng.NextNormal());
        var options = new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.SquaredError, MaxRounds = 40, MaxDepth = 4, ValidationShare = 0 };
        double Falls(GbdtModel model) => Enumerable.Range(-30, 60).Sum(x => Math.Max(0, model.Predict([x / 10f, 0.3f]) - model.Predict([(x + 1) / 10f, 0.3f])));
        Assert.True(Falls(Fit(new LabelledRows(data, labels), options).Model) > 0.5);
        Assert.Equal(0, Falls(Fit(new LabelledRows(data, labels), options with { Monotone = [1, 0] }).Model));
    }

    [Fact]
    public void Categories_without_order_are_told_apart_and_unseen_ones_go_with_missing_values()
    {
        var rng = new Rng(27);
        var data = new Matrix(4000, 2);
        var labels = new float[4000];
        for (var i = 0; i < 4000; i++)
        {
            (data[i, 0], data[i, 1]) = (rng.NextInt(100), rng.NextInt(3));
            if (i % 50 == 0) data[i, 0] = float.NaN;
            labels[i] = CounterRng.Uniform(9, 0, (ulong)Math.Max(0, data[i, 0])) < 0.5 || float.IsNaN(data[i, 0]) ? 1 : 0;
        }
        var rows = new LabelledRows(data, labels);
        var options = new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 12, MaxDepth = 2, ValidationShare = 0 };
        var ordered = Fit(rows, options).Model;
        var model = Fit(rows, options with { CategoricalColumns = [0, 1] }).Model;
        var (p, q) = (new float[4000], new float[4000]);
        model.PredictMany(data, p);
        ordered.PredictMany(data, q);
        Assert.True(BinaryMetrics.Auc(labels, p) > 0.999);
        Assert.True(BinaryMetrics.Auc(labels, q) < 0.9);
        for (var i = 0; i < 20; i++) Assert.Equal(model.Predict(data.Row(i)), p[i], 1e-6);
        foreach (var unseen in new[] { 200f, 1000f, -1f, 3.5f }) Assert.Equal(model.Raw([float.NaN, 1]), model.Raw([unseen, 1]));
        Assert.Equal(model.Raw([3, 1]) - model.AverageRaw, model.Explain([3, 1]).Sum(), 1e-6);
        data[5, 0] = 300;
        Assert.Contains("column 0", Assert.Throws<ArgumentException>(() => Fit(rows, options with { CategoricalColumns = [0] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_of_growing_gives_the_same_bytes_for_every_degree_and_is_better_than_nothing()
    {
        var rng = new Rng(28);
        var rows = new LabelledRows(new Matrix(5000, 20, Array.ConvertAll(Samples.Normals(rng, 100_000), v => v > 2 ? float.NaN : v)), new float[5000]);
        for (var i = 0; i < 5000; i++) rows.Labels[i] = rows.Rows[i, 0] + rows.Rows[i, 15] + rng.NextNormal() > 0 ? 1 : 0;
        var ways = new[]
        {
            new GbdtOptions { LearningRate = 0.1, RowShare = 0.6, ColumnShare = 0.5 }, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Growth = TreeGrowth.LeafWise, MaxDepth = 16, MaxLeaves = 12 },
            new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Growth = TreeGrowth.LeafWise, MaxDepth = 16, MaxLeaves = 12, MemoryLimit = 1_500_000 }, // too little for a histogram per leaf
        };
        foreach (var way in ways)
        {
            var fits = Enumerable.Range(1, 3).Select(d => Fit(rows, way with { Degree = d, MaxRounds = 4 })).ToArray();
            Assert.All(fits, f => Assert.Equal(ModelFolder.ToBytes(fits[0].Model).Weights, ModelFolder.ToBytes(f.Model).Weights));
            Assert.True(fits[0].History[^1].ValidationLoss < 0.68);
        }
        var leafWise = Fit(rows, ways[1] with { MaxRounds = 4 }).Model;
        Assert.All(leafWise.Trees, t => Assert.Equal(12, t.Feature.Count(f => f < 0)));
        for (var i = 0; i < 50; i++) Assert.Equal(leafWise.Raw(rows.Rows.Row(i)), Fit(rows, ways[2] with { MaxRounds = 4 }).Model.Raw(rows.Rows.Row(i)), 1e-4);
        Assert.Contains("MemoryLimit", Assert.Throws<InvalidOperationException>(() => Fit(rows, ways[1] with { MemoryLimit = 100_000 })).Message, StringComparison.Ordinal);
    }

    private static GbdtFit Fit(LabelledRows rows, GbdtOptions options) => GradientBoosting.Fit(rows, null, options, new Rng(1), null, Ct);

    private static LabelledRows Groups(Rng rng, int count)
    {
        var data = new Matrix(8 * count, 3, Samples.Normals(rng, 24 * count));
        var grades = Enumerable.Range(0, 8 * count).Select(i => (float)Math.Clamp(Math.Floor(1.5 + data[i, 0] + 0.5 * data[i, 1]), 0, 3)).ToArray();
        return new LabelledRows(data, grades) { GroupSizes = Enumerable.Repeat(8, count).ToArray() };
    }

    /// <summary>The gain of every threshold between values, missing on either side, from sums over rows.</summary>
    private static double BestStumpGain(LabelledRows rows, GbdtOptions options)
    {
        var best = 0.0;
        for (var j = 0; j < rows.Rows.ColumnCount; j++)
        {
            var column = rows.Rows.Column(j);
            foreach (var threshold in column.Where(v => !float.IsNaN(v)).Distinct())
            {
                foreach (var missingLeft in new[] { true, false })
                {
                    var (left, right) = (new double[2], new double[2]);
                    for (var i = 0; i < column.Length; i++)
                    {
                        var side = (float.IsNaN(column[i]) ? missingLeft : column[i] < threshold) ? left : right;
                        side[0] += rows.Weights![i] * (options.BaseScore!.Value - rows.Labels[i]);
                        side[1] += rows.Weights[i];
                    }
                    double Score(double g, double h) => Math.Pow(Math.Max(0, Math.Abs(g) - options.L1), 2) / (h + options.Lambda);
                    if (left[1] >= options.MinChildWeight && right[1] >= options.MinChildWeight)
                        best = Math.Max(best, Score(left[0], left[1]) + Score(right[0], right[1]) - Score(left[0] + right[0], left[1] + right[1]));
                }
            }
        }
        return best;
    }
}
