namespace CampaignPortal.Learning.Trees;

/// <summary>Exact path-dependent Shapley values of trees (Lundberg et al. 2020), leaf by leaf.</summary>
/// <remarks>
/// A leaf is a product game: with the columns S known, its weight is Π over the m distinct columns on its path of o (1 if the row meets the condition, else 0)
/// for columns in S and of z (share of training cover that follows the path) for the others. The Shapley weights are Beta integrals, k!(m−1−k)!/m! = ∫₀¹ tᵏ(1−t)^(m−1−k) dt,
/// so the value of column i is value·(o_i − z_i)·∫₀¹ Π_{j≠i} (z_j(1−t) + o_j·t) dt: a polynomial of degree m − 1, which Gauss and Legendre integrate exactly with ⌈m/2⌉ nodes.
/// All terms are positive and nothing is divided, unlike the extending and unwinding of the textbook form. Cost per row: leaves × depth²/2.
/// </remarks>
internal sealed class TreeShap
{
    private readonly int _columnCount;
    private readonly TreePaths[] _trees;
    private readonly GaussLegendre _rule;
    private readonly TreeShapKernel _kernel;

    public TreeShap(IEnumerable<RegressionTree> trees, int columnCount)
    {
        _columnCount = columnCount;
        _trees = trees.Select(t => new TreePaths(t)).ToArray();
        var longest = _trees.Length == 0 ? 0 : _trees.Max(t => t.LongestPath);
        _rule = new GaussLegendre(longest);
        _kernel = new TreeShapKernel(_trees, columnCount, _rule, longest);
    }

    /// <summary>Values of 16 rows at a time; see <see cref="TreeShapKernel"/>.</summary>
    public TreeShapKernel Kernel => _kernel;

    /// <summary>Adds the values of one row to <paramref name="contributions"/>, in double precision.</summary>
    public void Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        foreach (var tree in _trees)
        {
            var left = Decide(tree.Tree, row);
            foreach (var leaf in tree.Leaves)
            {
                var o = Met(leaf, left);
                for (var i = 0; i < o.Length; i++) contributions[leaf.Conditions[i].Column] += leaf.Value * (o[i] - leaf.Conditions[i].Share) * Integral(leaf, o, i, i);
            }
        }
    }

    /// <summary>SHAP interaction values: off the diagonal half of the joint effect of two columns, on it what is left of the column's own value.</summary>
    public double[,] Interactions(ReadOnlySpan<float> row)
    {
        var result = new double[_columnCount, _columnCount];
        var own = new double[_columnCount];
        Explain(row, own);
        foreach (var tree in _trees)
        {
            var left = Decide(tree.Tree, row);
            foreach (var leaf in tree.Leaves) AddPairs(leaf, Met(leaf, left), result);
        }
        for (var i = 0; i < _columnCount; i++)
        {
            var others = 0.0;
            for (var j = 0; j < _columnCount; j++) others += result[i, j];
            result[i, i] = own[i] - others;
        }
        return result;
    }

    private void AddPairs(TreePaths.Leaf leaf, double[] o, double[,] result)
    {
        for (var i = 0; i < o.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (leaf.Conditions[i], leaf.Conditions[j]);
                var effect = 0.5 * leaf.Value * (o[i] - a.Share) * (o[j] - b.Share) * Integral(leaf, o, i, j);
                result[a.Column, b.Column] += effect;
                result[b.Column, a.Column] += effect;
            }
        }
    }

    /// <summary>∫₀¹ Π (z(1−t) + o·t) dt over all conditions but two (or one, named twice).</summary>
    private double Integral(TreePaths.Leaf leaf, double[] o, int without, int and)
    {
        var (nodes, weights) = _rule.Of(o.Length);
        double sum = 0;
        for (var q = 0; q < nodes.Length; q++)
        {
            var product = weights[q];
            for (var j = 0; j < o.Length; j++) if (j != without && j != and) product *= leaf.Conditions[j].Share * (1 - nodes[q]) + o[j] * nodes[q];
            sum += product;
        }
        return sum;
    }

    private static bool[] Decide(RegressionTree tree, ReadOnlySpan<float> row)
    {
        var left = new bool[tree.Feature.Length];
        for (var n = 0; n < left.Length; n++) left[n] = !tree.IsLeaf(n) && tree.GoesLeft(n, row[tree.Feature[n]]);
        return left;
    }

    private static double[] Met(TreePaths.Leaf leaf, bool[] left) =>
        Array.ConvertAll(leaf.Conditions, c => Array.TrueForAll(c.Tests, t => left[t / 2] == (t % 2 == 0)) ? 1.0 : 0.0);
}
