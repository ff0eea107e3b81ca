using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Trees;

/// <summary>A trained ensemble of trees. Immutable and safe for concurrent use.</summary>
public sealed class GbdtModel : IStorable<GbdtModel>
{
    private readonly RegressionTree[] _trees;
    private const int BlockRows = 64;

    private readonly TreeShap _shap;
    private readonly FlatNode[] _nodes; // of all trees; the right child follows the left one
    private readonly int[] _roots;

    internal GbdtModel(IReadOnlyList<RegressionTree> trees, double baseScore, BoostingObjective objective, int columnCount, IReadOnlyList<string>? columnNames)
    {
        (_trees, BaseScore, Objective, ColumnCount, ColumnNames) = (trees.ToArray(), baseScore, objective, columnCount, columnNames);
        _shap = new TreeShap(_trees, columnCount);
        (_nodes, _roots) = Flatten(_trees);
        AverageRaw = baseScore + _trees.Sum(t => t.Expected[0]);
    }

    /// <inheritdoc/>
    public static string Kind => "gbdt";

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount { get; }

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    internal IReadOnlyList<RegressionTree> Trees => _trees;

    /// <summary>Number of trees.</summary>
    public int TreeCount => _trees.Length;

    /// <summary>What the raw score means.</summary>
    public BoostingObjective Objective { get; }

    /// <summary>Raw score before the first tree.</summary>
    public double BaseScore { get; }

    /// <summary>Mean raw score of the training rows, weighted by cover: what explanations start from.</summary>
    public double AverageRaw { get; }

    /// <summary>Raw score: log-odds of class 1, or the predicted number.</summary>
    public double Raw(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        var sum = BaseScore;
        foreach (var tree in _trees) sum += tree.Value[tree.LeafOf(row)];
        return sum;
    }

    /// <summary>Probability of class 1, or the predicted number.</summary>
    public double Predict(ReadOnlySpan<float> row) => Objective == BoostingObjective.BinaryLogistic ? 1 / (1 + Math.Exp(-Raw(row))) : Raw(row);

    /// <summary>Predictions for many rows.</summary>
    public void PredictMany(Matrix rows, Span<float> predictions)
    {
        rows.RequireColumns(ColumnCount);
        if (predictions.Length != rows.RowCount) throw new ArgumentException($"{rows.RowCount} rows need as many results; got room for {predictions.Length}.", nameof(predictions));
        Span<double> raw = stackalloc double[BlockRows];
        for (var start = 0; start < rows.RowCount; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows.RowCount - start);
            raw.Fill(BaseScore);
            AddBlock(rows, start, count, raw);
            for (var i = 0; i < count; i++) predictions[start + i] = (float)(Objective == BoostingObjective.BinaryLogistic ? 1 / (1 + Math.Exp(-raw[i])) : raw[i]);
        }
    }

    /// <summary>All trees over one block of rows: the block stays in the first-level cache while tree after tree passes by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddBlock(Matrix rows, int start, int count, Span<double> raw)
    {
        foreach (var first in _roots)
        {
            for (var i = 0; i < count; i++)
            {
                var row = rows.Row(start + i);
                var node = _nodes[first];
                while (node.Column >= 0)
                {
                    var value = row[node.Column];
                    var right = float.IsNaN(value) ? 1 - node.MissingLeft : value < node.Threshold ? 0 : 1;
                    node = _nodes[node.Left + right];
                }
                raw[i] += node.Threshold;
            }
        }
    }

    /// <summary>Exact path-dependent SHAP values of one row; they add up to raw(row) − <see cref="AverageRaw"/>.</summary>
    public double[] Explain(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        var contributions = new double[ColumnCount];
        _shap.Explain(row, contributions);
        return contributions;
    }

    /// <summary>SHAP interaction values of one row, columns × columns: each row of the matrix adds up to the SHAP value of its column.</summary>
    public double[,] ExplainInteractions(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        return _shap.Interactions(row);
    }

    /// <summary>Approximate contributions by the change of the expected value along the path (Saabas 2014): cheaper, but unfair to splits far down.</summary>
    public double[] ExplainByPath(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        var contributions = new double[ColumnCount];
        foreach (var tree in _trees)
        {
            for (var node = 0; !tree.IsLeaf(node);)
            {
                var child = tree.GoesLeft(node, row[tree.Feature[node]]) ? tree.Left[node] : tree.Right[node];
                contributions[tree.Feature[node]] += tree.Expected[child] - tree.Expected[node];
                node = child;
            }
        }
        return contributions;
    }

    /// <summary>Number of the leaf that each tree puts the row into.</summary>
    public int[] Leaves(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        var leaves = new int[_trees.Length];
        for (var t = 0; t < leaves.Length; t++) leaves[t] = _trees[t].LeafOf(row);
        return leaves;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["objective"] = Objective.ToString();
        part.Settings["base_score"] = BaseScore;
        part.Settings["column_count"] = ColumnCount;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
        part.Put("node_counts", Array.ConvertAll(_trees, t => t.Feature.Length));
        part.Put("feature", _trees.SelectMany(t => t.Feature).ToArray());
        part.Put("threshold", _trees.SelectMany(t => t.Threshold).ToArray());
        part.Put("left", _trees.SelectMany(t => t.Left).ToArray());
        part.Put("right", _trees.SelectMany(t => t.Right).ToArray());
        part.Put("missing_left", _trees.SelectMany(t => t.MissingLeft).ToArray());
        part.Put("value", _trees.SelectMany(t => t.Value).ToArray());
        part.Put("cover", _trees.SelectMany(t => t.Cover).ToArray());
    }

    /// <inheritdoc/>
    public static GbdtModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<BoostingObjective>(part.Setting<string>("objective"), out var objective)) throw new InvalidDataException("The objective of a stored ensemble is not known.");
        var columns = part.Setting<int>("column_count");
        var counts = part.Get<int>("node_counts");
        var feature = part.Get<int>("feature");
        if (counts.Any(c => c < 1) || counts.Sum(c => (long)c) != feature.Length) throw new InvalidDataException("The trees of a stored ensemble do not fit their counts.");
        var (threshold, left, right) = (part.Get<float>("threshold", feature.Length), part.Get<int>("left", feature.Length), part.Get<int>("right", feature.Length));
        var (missing, value, cover) = (part.Get<byte>("missing_left", feature.Length), part.Get<float>("value", feature.Length), part.Get<float>("cover", feature.Length));
        var trees = new RegressionTree[counts.Length];
        for (int t = 0, start = 0; t < trees.Length; start += counts[t++])
        {
            var range = start..(start + counts[t]);
            for (var n = 0; n < counts[t]; n++)
            {
                // Children after their parent: no cycle, and every path ends.
                var (l, r, f) = (left[start + n], right[start + n], feature[start + n]);
                if (f >= columns || (f >= 0 && (l <= n || r != l + 1 || r >= counts[t]))) throw new InvalidDataException($"Node {n} of tree {t} points to a node or column that does not exist.");
            }
            trees[t] = new RegressionTree(feature[range], threshold[range], left[range], right[range], missing[range], value[range], cover[range]);
        }
        var names = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        if (columns < 1 || (names is not null && names.Length != columns)) throw new InvalidDataException("A stored ensemble has another number of columns than of names.");
        return new GbdtModel(trees, part.Setting<double>("base_score"), objective, columns, names);
    }

    private static (FlatNode[] Nodes, int[] Roots) Flatten(RegressionTree[] trees)
    {
        var nodes = new List<FlatNode>();
        var roots = new int[trees.Length];
        for (var t = 0; t < trees.Length; t++)
        {
            var tree = trees[t];
            roots[t] = nodes.Count;
            for (var n = 0; n < tree.Feature.Length; n++)
            {
                nodes.Add(tree.IsLeaf(n) ? new FlatNode(-1, tree.Value[n], 0, 0) : new FlatNode(tree.Feature[n], tree.Threshold[n], roots[t] + tree.Left[n], tree.MissingLeft[n]));
            }
        }
        return (nodes.ToArray(), roots);
    }

    private void RequireWidth(ReadOnlySpan<float> row)
    {
        if (row.Length != ColumnCount) throw new ArgumentException($"The model was fitted on {ColumnCount} columns; this row has {row.Length}.", nameof(row));
    }

    /// <summary>A node as scoring reads it; in a leaf the column is −1 and the threshold the value.</summary>
    private readonly record struct FlatNode(int Column, float Threshold, int Left, int MissingLeft);
}
