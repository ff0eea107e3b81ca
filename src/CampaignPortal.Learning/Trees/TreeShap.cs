using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Trees;

/// <summary>Exact path-dependent Shapley values of trees, leaf by leaf.</summary>
/// <remarks>
/// A leaf is a product game: with the columns S known, its weight is the product over the m distinct columns on its path of o (1 if the row satisfies the
/// leaf's interval, else 0) for columns in S and of z (share of training cover that follows the path) for the others. The Shapley value of column i is
/// value·(o − z)·Σ over k of cₖ·k!(m−1−k)!/m!, cₖ the coefficients of Π over the others of (z + o·y). The product is built once per leaf and each
/// factor divided out again, as in Lundberg et al. 2020; paths are listed once, when the model is made. Cost per row: leaves × depth².
/// </remarks>
internal sealed class TreeShap
{
    private readonly int _columnCount;
    private readonly List<Leaf> _leaves = [];
    private readonly int _longest;

    public TreeShap(IReadOnlyList<RegressionTree> trees, int columnCount)
    {
        _columnCount = columnCount;
        foreach (var tree in trees) Walk(tree, 0, []);
        _longest = _leaves.Count == 0 ? 0 : _leaves.Max(l => l.Conditions.Length);
    }

    /// <summary>Adds the values of one row to <paramref name="contributions"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        Span<double> one = stackalloc double[_longest + 1];
        Span<double> c = stackalloc double[_longest + 2];
        foreach (var leaf in _leaves)
        {
            var conditions = leaf.Conditions;
            var m = conditions.Length;
            if (m == 0) continue;
            c.Clear();
            c[0] = 1;
            for (var i = 0; i < m; i++)
            {
                var (z, o) = (conditions[i].Share, conditions[i].Holds(row[conditions[i].Column]) ? 1.0 : 0.0);
                one[i] = o;
                for (var k = i + 1; k > 0; k--) c[k] = z * c[k] + o * c[k - 1];
                c[0] *= z;
            }
            var weights = leaf.Weights;
            for (var i = 0; i < m; i++)
            {
                var (z, o) = (conditions[i].Share, one[i]);
                double sum = 0;
                if (o > 0)
                {
                    // Division by (z + y) from the top.
                    var q = c[m];
                    for (var k = m - 1; k >= 0; k--)
                    {
                        sum += q * weights[k];
                        q = c[k] - z * q;
                    }
                }
                else
                {
                    for (var k = 0; k < m; k++) sum += c[k] * weights[k];
                    sum /= z;
                }
                contributions[conditions[i].Column] += leaf.Value * (o - z) * sum;
            }
        }
    }

    /// <summary>SHAP interaction values: off the diagonal half of the joint effect of two columns, on it what is left of the column's own value.</summary>
    public double[,] Interactions(ReadOnlySpan<float> row)
    {
        var result = new double[_columnCount, _columnCount];
        var own = new double[_columnCount];
        Explain(row, own);
        foreach (var leaf in _leaves)
        {
            var conditions = leaf.Conditions;
            var m = conditions.Length;
            var o = new double[m];
            for (var i = 0; i < m; i++) o[i] = conditions[i].Holds(row[conditions[i].Column]) ? 1 : 0;
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var c = new double[m];
                    c[0] = 1;
                    var degree = 0;
                    for (var q = 0; q < m; q++)
                    {
                        if (q == i || q == j) continue;
                        degree++;
                        for (var k = degree; k > 0; k--) c[k] = conditions[q].Share * c[k] + o[q] * c[k - 1];
                        c[0] *= conditions[q].Share;
                    }
                    double sum = 0;
                    for (var k = 0; k <= degree; k++) sum += c[k] * ShapleyWeight(k, m - 1);
                    var effect = 0.5 * leaf.Value * (o[i] - conditions[i].Share) * (o[j] - conditions[j].Share) * sum;
                    result[conditions[i].Column, conditions[j].Column] += effect;
                    result[conditions[j].Column, conditions[i].Column] += effect;
                }
            }
        }
        for (var i = 0; i < _columnCount; i++)
        {
            var others = 0.0;
            for (var j = 0; j < _columnCount; j++) others += result[i, j];
            result[i, i] = own[i] - others;
        }
        return result;
    }

    private void Walk(RegressionTree tree, int node, Condition[] path)
    {
        if (tree.IsLeaf(node))
        {
            _leaves.Add(new Leaf(tree.Value[node], path, Enumerable.Range(0, path.Length).Select(k => ShapleyWeight(k, path.Length)).ToArray()));
            return;
        }
        foreach (var goesLeft in new[] { true, false })
        {
            var child = goesLeft ? tree.Left[node] : tree.Right[node];
            // A child without cover (rows of weight 0) keeps a trace of it: values are divided by shares.
            var share = Math.Max(1e-9, tree.Cover[child] / ((double)tree.Cover[tree.Left[node]] + tree.Cover[tree.Right[node]]));
            var (lower, upper) = goesLeft ? (float.NegativeInfinity, tree.Threshold[node]) : (tree.Threshold[node], float.PositiveInfinity);
            var step = new Condition(tree.Feature[node], lower, upper, (tree.MissingLeft[node] != 0) == goesLeft, share);
            var known = Array.FindIndex(path, c => c.Column == step.Column);
            Walk(tree, child, known < 0 ? [.. path, step] : path.Select((c, i) => i == known ? c.And(step) : c).ToArray());
        }
    }

    /// <summary>k!(m−1−k)!/m!</summary>
    private static double ShapleyWeight(int k, int m)
    {
        var weight = 1.0 / m;
        for (var i = 1; i <= k; i++) weight *= (double)i / (m - i);
        return weight;
    }

    private sealed record Leaf(double Value, Condition[] Conditions, double[] Weights);

    /// <summary>What a leaf's path asks of one column: lower ≤ value &lt; upper, or missing where the path takes missing values.</summary>
    private readonly record struct Condition(int Column, float Lower, float Upper, bool TakesMissing, double Share)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Holds(float value) => float.IsNaN(value) ? TakesMissing : value >= Lower && value < Upper;

        public Condition And(Condition other) => new(Column, Math.Max(Lower, other.Lower), Math.Min(Upper, other.Upper), TakesMissing && other.TakesMissing, Share * other.Share);
    }
}
