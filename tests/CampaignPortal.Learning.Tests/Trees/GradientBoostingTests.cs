using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Trees;

public sealed class GradientBoostingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void It_finds_an_interaction_and_a_gap_that_matters()
    {
        var test = Rows(new Rng(2), 2000);
        var fit = GradientBoosting.Fit(Rows(new Rng(1), 4000), null, new GbdtOptions(), new Rng(3), null, Ct);
        var p = new float[2000];
        fit.Model.PredictMany(test.Rows, p);
        Assert.True(BinaryMetrics.Auc(test.Labels, p) > 0.97);
        Assert.InRange(fit.History.Count, fit.BestRound, fit.BestRound + 50);
        Assert.Equal(fit.BestRound, fit.Model.TreeCount);
        Assert.True(fit.History[^1].TrainingLoss < fit.History[0].TrainingLoss);
    }

    [Fact]
    public void A_known_step_is_found_exactly()
    {
        var data = new Matrix(8, 1, [1, 2, 3, 4, 5, 6, 7, 8]);
        var model = GradientBoosting.Fit(new LabelledRows(data, [0, 0, 0, 0, 0, 9, 9, 9]), null,
            new GbdtOptions { RowShare = 1, ColumnShare = 1, Objective = BoostingObjective.SquaredError, MaxRounds = 1, MaxDepth = 1, LearningRate = 1, Lambda = 0, ValidationShare = 0 }, new Rng(1), null, Ct).Model;
        Assert.Equal(0, model.Predict([5.49f]), 1e-6);
        Assert.Equal(9, model.Predict([5.51f]), 1e-6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_for_every_degree()
    {
        var rng = new Rng(4);
        var rows = new LabelledRows(new Matrix(6000, 40, Samples.Normals(rng, 240_000)), new float[6000]);
        for (var i = 0; i < 6000; i++) rows.Labels[i] = rows.Rows[i, 0] + rows.Rows[i, 20] + rng.NextNormal() > 0 ? 1 : 0;
        var bytes = Enumerable.Range(1, 3).Select(d => ModelFolder.ToBytes(GradientBoosting.Fit(rows, null, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, Degree = d, MaxRounds = 5 }, new Rng(5), null, Ct).Model)).ToArray();
        Assert.All(bytes, b => Assert.Equal(bytes[0].Weights, b.Weights));
        Assert.All(bytes, b => Assert.Equal(bytes[0].Manifest, b.Manifest));
    }

    [Fact]
    public void Shap_values_agree_with_enumeration_of_all_subsets_and_add_up()
    {
        var rows = Rows(new Rng(6), 400);
        foreach (var depth in new[] { 1, 3, 4 })
        {
            var model = GradientBoosting.Fit(rows, null, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 4, MaxDepth = depth, ValidationShare = 0 }, new Rng(7), null, Ct).Model;
            for (var i = 0; i < 20; i++)
            {
                var (row, shap) = (rows.Rows.Row(i).ToArray(), model.Explain(rows.Rows.Row(i)));
                Assert.Equal(model.Raw(row) - model.AverageRaw, shap.Sum(), 1e-6);
                for (var j = 0; j < 4; j++) Assert.Equal(ByEnumeration(model, row, j), shap[j], 1e-6);
                var interactions = model.ExplainInteractions(row);
                for (var j = 0; j < 4; j++) Assert.Equal(shap[j], Enumerable.Range(0, 4).Sum(q => interactions[j, q]), 1e-9);
                Assert.Equal(model.Raw(row) - model.AverageRaw, model.ExplainByPath(row).Sum(), 1e-6);
            }
        }
    }

    [Fact]
    public void A_model_survives_saving_and_a_forged_one_is_refused()
    {
        var rows = Rows(new Rng(8), 500);
        var model = GradientBoosting.Fit(rows, null, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 10 }, new Rng(9), null, Ct).Model;
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        var loaded = ModelFolder.Load<GbdtModel>(folder.Path);
        for (var i = 0; i < 50; i++) Assert.Equal(model.Raw(rows.Rows.Row(i)), loaded.Raw(rows.Rows.Row(i)));

        var tree = new RegressionTree([0, -1, -1], [1, 0, 0], [1, -1, -1], [2, -1, -1], [0, 0, 0], [0, 1, 2], [2, 1, 1]);
        using var forged = new TemporaryFolder();
        new GbdtModelForge(tree).Save(forged.Path);
        Assert.Throws<InvalidDataException>(() => ModelFolder.Load<GbdtModel>(forged.Path));
    }

    [Fact]
    public void Bad_input_has_a_defined_result_or_names_its_column()
    {
        var rows = Rows(new Rng(10), 200);
        Assert.Contains("both classes", Assert.Throws<ArgumentException>(() => GradientBoosting.Fit(rows with { Labels = new float[200] }, null, new GbdtOptions(), new Rng(1), null, Ct)).Message, StringComparison.Ordinal);
        var constant = new LabelledRows(new Matrix(4, 1, [7, 7, 7, 7]), [0, 1, 1, 1]);
        Assert.Equal(0.75, GradientBoosting.Fit(constant, null, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, ValidationShare = 0 }, new Rng(1), null, Ct).Model.Predict([7]), 1e-6);
        rows.Rows[3, 1] = float.PositiveInfinity;
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => GradientBoosting.Fit(rows, null, new GbdtOptions(), new Rng(1), null, Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scaling_row_weights_equals_duplicating_rows()
    {
        var rows = Rows(new Rng(11), 300);
        var options = new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 5, ValidationShare = 0, MinChildWeight = 2 };
        var twice = new LabelledRows(rows.Rows.SelectRows([.. Enumerable.Range(0, 300), .. Enumerable.Range(0, 300)]), [.. rows.Labels, .. rows.Labels]);
        var a = GradientBoosting.Fit(rows with { Weights = Enumerable.Repeat(2f, 300).ToArray() }, null, options, new Rng(1), null, Ct).Model;
        var b = GradientBoosting.Fit(twice, null, options, new Rng(1), null, Ct).Model;
        for (var i = 0; i < 100; i++) Assert.Equal(a.Raw(rows.Rows.Row(i)), b.Raw(rows.Rows.Row(i)), 1e-6);
    }

    private static LabelledRows Rows(Rng rng, int count)
    {
        var data = new Matrix(count, 4, Samples.Normals(rng, count * 4), ["a", "b", "c", "d"]);
        var labels = new float[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = data[i, 0] * data[i, 1] > 0 || (i % 5 == 0) ? 1 : 0;
            if (i % 5 == 0) data[i, 2] = float.NaN;
        }
        return new LabelledRows(data, labels);
    }

    /// <summary>Shapley value by its definition, the value of a set being the expected leaf when unknown columns follow both children by cover.</summary>
    private static double ByEnumeration(GbdtModel model, float[] row, int column)
    {
        double value = 0;
        for (var set = 0; set < 16; set++)
        {
            if ((set & (1 << column)) != 0) continue;
            var size = int.PopCount(set);
            double[] weight = [1 / 4.0, 1 / 12.0, 1 / 12.0, 1 / 4.0]; // |S|!(3−|S|)!/4!
            value += weight[size] * (Expected(model, row, set | (1 << column)) - Expected(model, row, set));
        }
        return value;
    }

    private static double Expected(GbdtModel model, float[] row, int known)
    {
        double Node(RegressionTree tree, int node)
        {
            if (tree.IsLeaf(node)) return tree.Value[node];
            var (left, right) = (tree.Left[node], tree.Right[node]);
            if ((known & (1 << tree.Feature[node])) != 0) return Node(tree, tree.GoesLeft(node, row[tree.Feature[node]]) ? left : right);
            return (Node(tree, left) * tree.Cover[left] + Node(tree, right) * tree.Cover[right]) / ((double)tree.Cover[left] + tree.Cover[right]);
        }
        return model.Trees.Sum(t => Node(t, 0));
    }

    /// <summary>Writes a tree that no trainer makes.</summary>
    private sealed class GbdtModelForge(RegressionTree tree) : IStorable<GbdtModelForge>
    {
        public static string Kind => "gbdt";

        public void Store(ModelPart part)
        {
            var model = new GbdtModel([tree], [0], BoostingObjective.SquaredError, 1, null);
            tree.Left[0] = 0; // a cycle, made after the model has walked the tree
            model.Store(part);
        }

        public static GbdtModelForge Restore(ModelPart part) => throw new NotSupportedException("Only written.");
    }
}
