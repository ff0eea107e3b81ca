using System.Buffers;
using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Trees;

/// <summary>All trees in one array, for scoring many rows.</summary>
/// <remarks>
/// A block of 64 rows lies column by column in the first-level cache while tree after tree passes by; eight rows go down together, so that one row's wait for
/// memory is another's work. A leaf leads to itself, and every row takes as many steps as the tree is deep: no branch depends on the data.
/// </remarks>
internal sealed class FlatTrees
{
    private const int BlockRows = 64;

    private readonly RegressionTree[] _trees;
    private readonly Node[] _nodes;
    private readonly byte[] _missingRight;
    private readonly int[] _roots;
    private readonly int _columnCount;

    public FlatTrees(RegressionTree[] trees, int columnCount)
    {
        (_trees, _columnCount) = (trees, columnCount);
        var count = trees.Sum(t => t.Feature.Length);
        (_nodes, _missingRight, _roots) = (new Node[count], new byte[count], new int[trees.Length]);
        for (int t = 0, root = 0; t < trees.Length; root += trees[t++].Feature.Length)
        {
            _roots[t] = root;
            for (var n = 0; n < trees[t].Feature.Length; n++) Put(trees[t], n, root);
        }
    }

    /// <summary>Raw scores, rows × outputs; tree t belongs to output t mod outputs.</summary>
    public unsafe void Score(Matrix rows, double[] constants, Span<float> raw, int degree)
    {
        fixed (float* target = raw)
        {
            if (degree <= 1) Score(rows, 0, rows.RowCount, constants, target);
            else Share(rows, constants, target, degree);
        }
    }

    // Apart from the other method, whose calls on one thread shall not allocate what the threads capture.
    private unsafe void Share(Matrix rows, double[] constants, float* raw, int degree) => Workers.For(
        ParallelRanges.ChunkCount(rows.RowCount), degree, c => Score(rows, c * ParallelRanges.ChunkRows, Math.Min(rows.RowCount, (c + 1) * ParallelRanges.ChunkRows), constants, raw));

    private unsafe void Score(Matrix rows, int from, int to, double[] constants, float* raw)
    {
        var block = ArrayPool<float>.Shared.Rent(BlockRows * _columnCount);
        Span<double> sums = stackalloc double[BlockRows];
        for (var start = from; start < to; start += BlockRows)
        {
            var count = Math.Min(BlockRows, to - start);
            var hasGaps = Transpose(rows, start, count, block);
            for (var output = 0; output < constants.Length; output++)
            {
                sums.Fill(constants[output]);
                for (var t = output; t < _roots.Length; t += constants.Length) AddTree(t, rows, start, count, block, hasGaps, sums);
                for (var i = 0; i < count; i++) raw[(start + i) * constants.Length + output] = (float)sums[i];
            }
        }
        ArrayPool<float>.Shared.Return(block);
    }

    /// <summary>Column by column, 64 rows each; says whether a value is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Transpose(Matrix rows, int start, int count, float[] block)
    {
        var gaps = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows.Row(start + i);
            for (var j = 0; j < row.Length; j++)
            {
                gaps |= float.IsNaN(row[j]) ? 1 : 0;
                block[j * BlockRows + i] = row[j];
            }
        }
        return gaps != 0;
    }

    private unsafe void AddTree(int t, Matrix rows, int start, int count, float[] block, bool hasGaps, Span<double> sums)
    {
        var tree = _trees[t];
        if (tree.Sets.Length > 0)
        {
            for (var i = 0; i < count; i++) sums[i] += tree.Value[tree.LeafOf(rows.Row(start + i))];
            return;
        }
        fixed (Node* nodes = &_nodes[_roots[t]])
        fixed (byte* missing = &_missingRight[_roots[t]])
        fixed (float* values = block)
        fixed (double* raw = sums)
        {
            if (hasGaps) Walk<Gaps>(nodes, missing, tree.Depth, values, count, raw);
            else Walk<NoGaps>(nodes, missing, tree.Depth, values, count, raw);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Walk<TGaps>(Node* nodes, byte* missing, int depth, float* block, int count, double* raw) where TGaps : struct, IGaps
    {
        for (var i = 0; i < count; i += 8)
        {
            var x = block + i; // the rows behind the last are what was there before; their sums are not read
            int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
            for (var level = 0; level < depth; level++)
            {
                a = Next<TGaps>(nodes, missing, a, x);
                b = Next<TGaps>(nodes, missing, b, x + 1);
                c = Next<TGaps>(nodes, missing, c, x + 2);
                d = Next<TGaps>(nodes, missing, d, x + 3);
                e = Next<TGaps>(nodes, missing, e, x + 4);
                f = Next<TGaps>(nodes, missing, f, x + 5);
                g = Next<TGaps>(nodes, missing, g, x + 6);
                h = Next<TGaps>(nodes, missing, h, x + 7);
            }
            raw[i] += nodes[a].Value;
            raw[i + 1] += nodes[b].Value;
            raw[i + 2] += nodes[c].Value;
            raw[i + 3] += nodes[d].Value;
            raw[i + 4] += nodes[e].Value;
            raw[i + 5] += nodes[f].Value;
            raw[i + 6] += nodes[g].Value;
            raw[i + 7] += nodes[h].Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int Next<TGaps>(Node* nodes, byte* missing, int at, float* x) where TGaps : struct, IGaps
    {
        var node = nodes + at;
        var value = x[node->Offset];
        var right = One(value >= node->Threshold);
        if (TGaps.Occur) right |= missing[at] & One(!(value < node->Threshold)); // only a missing value is neither
        return node->Left + right;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int One(bool condition) => Unsafe.BitCast<bool, byte>(condition);

    private void Put(RegressionTree tree, int n, int root)
    {
        // Nothing is as great as NaN, so a leaf's step leads to the leaf.
        _nodes[root + n] = tree.IsLeaf(n) ? new Node(0, float.NaN, n, tree.Value[n]) : new Node(tree.Feature[n] * BlockRows, tree.Threshold[n], tree.Left[n], 0);
        _missingRight[root + n] = (byte)(tree.IsLeaf(n) ? 0 : 1 - tree.MissingLeft[n]);
    }

    /// <param name="Offset">Where the column begins in a block.</param>
    /// <param name="Threshold">Values below it go left.</param>
    /// <param name="Left">Left child, counted from the root; the right one follows.</param>
    /// <param name="Value">Of a leaf.</param>
    private readonly record struct Node(int Offset, float Threshold, int Left, float Value);

    private interface IGaps
    {
        static abstract bool Occur { get; }
    }

    private readonly struct Gaps : IGaps
    {
        public static bool Occur => true;
    }

    private readonly struct NoGaps : IGaps
    {
        public static bool Occur => false;
    }
}
