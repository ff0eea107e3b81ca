using System.Text.Json;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of boosted trees: group trees. The trainer must reproduce the raw scores, the explainer the values of the trees that the case lists.</summary>
public static partial class LearningCases
{
    private static Handler? TreeHandler(string group, string stem) => (group, stem) is ("trees", "trees") ? Boosting : null;

    private static Dictionary<string, object> Boosting(LearningCase c)
    {
        var logistic = c.Text("objective") == "binary:logistic";
        var objective = logistic ? BoostingObjective.BinaryLogistic : BoostingObjective.SquaredError;
        var baseScore = logistic ? 0 : 0.5; // base score 0.5 in the unit of the label
        var (data, query) = (MatrixOf(c, "x"), MatrixOf(c, "query"));
        var trained = GradientBoosting.Fit(new LabelledRows(data, c.Floats("y")), null, new GbdtOptions
        {
            Objective = objective,
            BaseScore = baseScore,
            MaxDepth = (int)c.Option("depth"),
            MaxRounds = (int)c.Option("rounds"),
            LearningRate = c.Option("eta"),
            Lambda = c.Option("lambda"),
            RowShare = 1,
            ColumnShare = 1,
            ValidationShare = 0,
        }, new Rng(0), null, CancellationToken.None).Model;
        var given = new GbdtModel(c.Json.GetProperty("trees").EnumerateArray().Select(ToTree).ToArray(), [baseScore], objective, data.ColumnCount, null);

        var (shap, saabas) = (new List<double>(), new List<double>());
        var (raw, predicted, leaves) = (new List<double>(), new List<double>(), new List<int>());
        for (var i = 0; i < query.RowCount; i++)
        {
            var row = query.Row(i);
            raw.Add(trained.Raw(row));
            predicted.Add(trained.Predict(row));
            leaves.AddRange(given.Leaves(row));
            shap.AddRange([.. given.Explain(row), given.AverageRaw]);
            saabas.AddRange([.. given.ExplainByPath(row), given.AverageRaw]);
        }
        var interactions = given.ExplainInteractions(query.Row(0));
        var size = data.ColumnCount + 1;
        var padded = new double[size * size]; // the last row and column belong to the expected value
        for (var i = 0; i < size - 1; i++) for (var j = 0; j < size - 1; j++) padded[i * size + j] = interactions[i, j];
        padded[^1] = given.AverageRaw;
        return new Dictionary<string, object> { ["raw"] = raw, ["predicted"] = predicted, ["leaves"] = leaves, ["shap"] = shap, ["saabas"] = saabas, ["interactions_row0"] = padded };
    }

    /// <summary>A tree of the file, numbered level by level.</summary>
    private static RegressionTree ToTree(JsonElement root)
    {
        var nodes = new List<JsonElement> { root };
        var (feature, threshold, left, right, missing, value, cover) = (new List<int>(), new List<float>(), new List<int>(), new List<int>(), new List<byte>(), new List<float>(), new List<float>());
        for (var n = 0; n < nodes.Count; n++)
        {
            var node = nodes[n];
            var leaf = node.TryGetProperty("leaf", out var amount);
            feature.Add(leaf ? -1 : node.GetProperty("feature").GetInt32());
            threshold.Add(leaf ? 0 : node.GetProperty("threshold").GetSingle());
            left.Add(leaf ? -1 : nodes.Count);
            right.Add(leaf ? -1 : nodes.Count + 1);
            missing.Add((byte)(!leaf && node.GetProperty("missing_left").GetBoolean() ? 1 : 0));
            value.Add(leaf ? amount.GetSingle() : 0);
            cover.Add(node.GetProperty("cover").GetSingle());
            if (leaf) continue;
            nodes.Add(node.GetProperty("left"));
            nodes.Add(node.GetProperty("right"));
        }
        return new RegressionTree(feature.ToArray(), threshold.ToArray(), left.ToArray(), right.ToArray(), missing.ToArray(), value.ToArray(), cover.ToArray());
    }
}
