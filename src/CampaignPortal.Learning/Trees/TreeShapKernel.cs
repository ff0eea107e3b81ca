using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Trees;

/// <summary>SHAP values of many rows, one row per lane: every row does the same arithmetic whatever its values, so nothing branches on them.</summary>
/// <remarks>The formula is that of <see cref="TreeShap"/>, in float32 within a tree and in double over the trees.</remarks>
internal sealed class TreeShapKernel
{
    private const int BlockRows = 16;
    private const int TaskRows = 256; // what one thread takes at a time

    private readonly TreePaths[] _trees;
    private readonly int _columnCount;
    private readonly int _longest;
    private readonly int _mostNodes;
    private readonly Flat[] _flat;

    public TreeShapKernel(TreePaths[] trees, int columnCount, GaussLegendre rule, int longest)
    {
        (_trees, _columnCount, _longest) = (trees, columnCount, longest);
        _mostNodes = trees.Length == 0 ? 0 : trees.Max(t => t.Tree.Feature.Length);
        _flat = Array.ConvertAll(trees, t => new Flat(t, rule));
    }

    /// <summary>Writes rows × columns values.</summary>
    public unsafe void Explain(Matrix rows, Span<float> contributions, int degree)
    {
        fixed (float* target = contributions)
        {
            if (degree <= 1) Explain(rows, 0, rows.RowCount, target);
            else Share(rows, target, degree);
        }
    }

    // Apart from the other method, whose calls on one thread shall not allocate what the threads capture.
    private unsafe void Share(Matrix rows, float* contributions, int degree) =>
        Workers.For((rows.RowCount + TaskRows - 1) / TaskRows, degree, c => Explain(rows, c * TaskRows, Math.Min(rows.RowCount, (c + 1) * TaskRows), contributions));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Explain(Matrix rows, int from, int to, float* contributions)
    {
        // Scratch in lanes of 16: values, sums of a tree, decisions of a node (left, right), and per condition o, factor, product, integral.
        var need = BlockRows * (2 * _columnCount + 2 * _mostNodes + 4 * (_longest + 1));
        var scratch = ArrayPool<float>.Shared.Rent(need);
        var totals = ArrayPool<double>.Shared.Rent(BlockRows * _columnCount);
        fixed (float* x = scratch)
        {
            var sums = x + BlockRows * _columnCount;
            var decisions = sums + BlockRows * _columnCount;
            var work = decisions + 2 * BlockRows * _mostNodes;
            new Span<float>(sums, BlockRows * _columnCount).Clear();
            for (var start = from; start < to; start += BlockRows)
            {
                var count = Math.Min(BlockRows, to - start);
                for (var i = 0; i < BlockRows; i++) for (var j = 0; j < _columnCount; j++) x[j * BlockRows + i] = rows.Row(start + Math.Min(i, count - 1))[j];
                Array.Clear(totals);
                for (var t = 0; t < _trees.Length; t++)
                {
                    AddTree(_trees[t], _flat[t], x, sums, decisions, work);
                    foreach (var j in _trees[t].Columns) Move(sums + j * BlockRows, totals.AsSpan(j * BlockRows, BlockRows));
                }
                for (var i = 0; i < count; i++) for (var j = 0; j < _columnCount; j++) contributions[(start + i) * _columnCount + j] = (float)totals[j * BlockRows + i];
            }
        }
        ArrayPool<float>.Shared.Return(scratch);
        ArrayPool<double>.Shared.Return(totals);
    }

    private static unsafe void AddTree(TreePaths paths, Flat flat, float* x, float* sums, float* decisions, float* work)
    {
        if (Vector512.IsHardwareAccelerated) AddTree<Lanes512, Vector512<float>>(paths, flat, x, sums, decisions, work);
        else if (Vector256.IsHardwareAccelerated) AddTree<Lanes256, Vector256<float>>(paths, flat, x, sums, decisions, work);
        else AddTree<LanesScalar, float>(paths, flat, x, sums, decisions, work);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddTree<TL, TV>(TreePaths paths, Flat flat, float* x, float* sums, float* decisions, float* work) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var n = 0; n < paths.Tree.Feature.Length; n++) if (!paths.Tree.IsLeaf(n)) Decide<TL, TV>(paths.Tree, n, x, decisions + 2 * n * BlockRows);
        fixed (Flat.Leaf* leaves = flat.Leaves)
        fixed (Flat.Condition* conditions = flat.Conditions)
        fixed (int* tests = flat.Tests)
        fixed (float* rules = flat.Rules)
        {
            for (var l = 0; l < flat.Leaves.Length; l++)
            {
                for (var lane = 0; lane < BlockRows; lane += TL.Width)
                    AddLeaf<TL, TV>(leaves + l, conditions + leaves[l].First, tests, rules + leaves[l].Rule, sums + lane, decisions + lane, work);
            }
        }
    }

    /// <summary>1 in the lanes that go left, and 1 in those that go right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Decide<TL, TV>(RegressionTree tree, int n, float* x, float* decisions) where TL : struct, ILanes<TV> where TV : struct
    {
        var values = x + tree.Feature[n] * BlockRows;
        if (tree.Set[n] >= 0)
        {
            for (var i = 0; i < BlockRows; i++) (decisions[i], decisions[BlockRows + i]) = tree.GoesLeft(n, values[i]) ? (1, 0) : (0, 1);
            return;
        }
        var (one, zero) = (TL.Splat(1), TL.Splat(0));
        // A comparison with a missing value is false: "below" then says right, "above the next smaller number" says left.
        var (threshold, before) = (TL.Splat(tree.Threshold[n]), TL.Splat(MathF.BitDecrement(tree.Threshold[n])));
        for (var i = 0; i < BlockRows; i += TL.Width)
        {
            var value = TL.Load(values + i);
            var left = tree.MissingLeft[n] == 0 ? TL.SelectLess(value, threshold, one, zero) : TL.SelectLess(before, value, zero, one);
            TL.Store(decisions + i, left);
            TL.Store(decisions + BlockRows + i, TL.Subtract(one, left));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddLeaf<TL, TV>(Flat.Leaf* leaf, Flat.Condition* conditions, int* tests, float* rule, float* sums, float* decisions, float* work)
        where TL : struct, ILanes<TV> where TV : struct
    {
        var m = leaf->Count;
        var met = work;
        var factors = met + m * TL.Width;
        var before = factors + m * TL.Width;
        var integrals = before + m * TL.Width;
        for (var j = 0; j < m; j++)
        {
            var o = TL.Load(decisions + tests[conditions[j].First]);
            for (var t = 1; t < conditions[j].Count; t++) o = TL.Multiply(o, TL.Load(decisions + tests[conditions[j].First + t]));
            TL.Store(met + j * TL.Width, o);
            TL.Store(integrals + j * TL.Width, TL.Splat(0));
        }
        for (var q = 0; q < (m + 1) / 2; q++, rule += 2)
        {
            var (node, rest) = (TL.Splat(rule[0]), 1 - rule[0]);
            var product = TL.Splat(rule[1] * leaf->Value);
            for (var j = 0; j < m; j++)
            {
                var factor = TL.MultiplyAdd(TL.Load(met + j * TL.Width), node, TL.Splat(conditions[j].Share * rest));
                TL.Store(before + j * TL.Width, product);
                TL.Store(factors + j * TL.Width, factor);
                product = TL.Multiply(product, factor);
            }
            var behind = TL.Splat(1);
            for (var j = m - 1; j >= 0; j--)
            {
                TL.Store(integrals + j * TL.Width, TL.MultiplyAdd(TL.Load(before + j * TL.Width), behind, TL.Load(integrals + j * TL.Width)));
                behind = TL.Multiply(behind, TL.Load(factors + j * TL.Width));
            }
        }
        for (var j = 0; j < m; j++)
        {
            var sum = sums + conditions[j].Column * BlockRows;
            TL.Store(sum, TL.MultiplyAdd(TL.Subtract(TL.Load(met + j * TL.Width), TL.Splat(conditions[j].Share)), TL.Load(integrals + j * TL.Width), TL.Load(sum)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Move(float* from, Span<double> to)
    {
        for (var i = 0; i < BlockRows; i++)
        {
            to[i] += from[i];
            from[i] = 0;
        }
    }

    /// <summary>The paths of a tree in arrays without references.</summary>
    private sealed class Flat
    {
        public Flat(TreePaths paths, GaussLegendre rule)
        {
            var (leaves, conditions, tests, rules) = (new List<Leaf>(), new List<Condition>(), new List<int>(), new List<float>());
            foreach (var leaf in paths.Leaves)
            {
                leaves.Add(new Leaf(leaf.Value, conditions.Count, leaf.Conditions.Length, rules.Count));
                foreach (var condition in leaf.Conditions)
                {
                    conditions.Add(new Condition(condition.Column, (float)condition.Share, tests.Count, condition.Tests.Length));
                    tests.AddRange(condition.Tests.Select(t => t * BlockRows));
                }
                var (nodes, weights) = rule.Of(leaf.Conditions.Length);
                for (var q = 0; q < nodes.Length; q++) rules.AddRange([(float)nodes[q], (float)weights[q]]);
            }
            (Leaves, Conditions, Tests, Rules) = (leaves.ToArray(), conditions.ToArray(), tests.ToArray(), rules.ToArray());
        }

        public Leaf[] Leaves { get; }

        public Condition[] Conditions { get; }

        public int[] Tests { get; }

        public float[] Rules { get; }

        /// <summary>Where a leaf's conditions and its rule of integration begin.</summary>
        public readonly record struct Leaf(float Value, int First, int Count, int Rule);

        public readonly record struct Condition(int Column, float Share, int First, int Count);
    }
}
