using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Trees;

/// <summary>Scores and SHAP values of many rows at once.</summary>
public sealed class TreeScoringTests
{
    [Fact]
    public void Many_rows_at_once_are_scored_and_explained_like_one()
    {
        var rng = new Rng(29);
        var data = new Matrix(203, 6, Array.ConvertAll(Samples.Normals(rng, 1218), v => v < -1.5 ? float.NaN : MathF.Round(3 * v)));
        for (var i = 0; i < 203; i++) data[i, 5] = rng.NextInt(9);
        var labels = Enumerable.Range(0, 203).Select(i => data[i, 0] > 0 ^ data[i, 5] % 2 == 0 ? 1f : 0f).ToArray();
        var model = Fit(new LabelledRows(data, labels), new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 20, MaxDepth = 6, ValidationShare = 0, MinChildWeight = 0.1, CategoricalColumns = [5] }).Model;
        var numbers = Fit(new LabelledRows(data, labels), new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 20, MaxDepth = 6, ValidationShare = 0, MinChildWeight = 0.1 }).Model;
        foreach (var m in new[] { model, numbers })
        {
            var (scores, twice, values) = (new float[203], new float[203], new float[1218]);
            m.PredictMany(data, scores);
            m.PredictMany(data, twice, degree: 2);
            m.ExplainMany(data, values);
            Assert.Equal(scores, twice);
            for (var i = 0; i < 203; i++)
            {
                Assert.Equal(m.Predict(data.Row(i)), scores[i], 1e-6);
                var one = m.Explain(data.Row(i));
                for (var j = 0; j < 6; j++) Assert.Equal(one[j], values[6 * i + j], 2e-6);
            }
        }
        Assert.Equal(1, model.GainImportance().Sum(), 1e-6);
        Assert.True(model.GainImportance()[0] + model.GainImportance()[5] > 0.5);
    }

    [Fact]
    public void Shap_values_of_deep_trees_agree_with_the_recursive_textbook_form()
    {
        var rng = new Rng(30);
        var data = new Matrix(700, 9, Array.ConvertAll(Samples.Normals(rng, 6300), v => v > 1.7 ? float.NaN : MathF.Round(3 * v)));
        var labels = Enumerable.Range(0, 700).Select(i => (float)(data.Row(i).ToArray().Sum(v => float.IsNaN(v) ? 1 : Math.Sin(v)) + rng.NextNormal())).ToArray();
        var model = Fit(new LabelledRows(data, labels), new GbdtOptions { Objective = BoostingObjective.SquaredError, MaxRounds = 6, MaxDepth = 9, MinChildWeight = 1, ValidationShare = 0 }).Model;
        Assert.True(model.Trees.Max(t => t.Depth) >= 8);
        for (var i = 0; i < 40; i++)
        {
            var (row, expected) = (data.Row(i).ToArray(), new double[9]);
            foreach (var tree in model.Trees) RecursiveShap.Add(tree, row, expected);
            var values = model.Explain(row);
            for (var j = 0; j < 9; j++) Assert.Equal(expected[j], values[j], 1e-9);
        }
    }

    [Fact]
    public void A_warm_prediction_allocates_nothing()
    {
        var data = new Matrix(300, 5, Samples.Normals(new Rng(32), 1500));
        var model = Fit(new LabelledRows(data, data.Column(0)), new GbdtOptions { Objective = BoostingObjective.SquaredError, MaxRounds = 10 }).Model;
        var (scores, values, row) = (new float[300], new float[1500], data.Row(3).ToArray());
        long before = 0;
        for (var i = 0; i < 3; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            model.PredictMany(data, scores);
            model.ExplainMany(data, values);
            model.Predict(row);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static GbdtFit Fit(LabelledRows rows, GbdtOptions options) => GradientBoosting.Fit(rows, null, options, new Rng(1), null, TestContext.Current.CancellationToken);
}
