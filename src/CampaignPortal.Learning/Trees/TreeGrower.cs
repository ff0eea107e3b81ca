using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Trees;

/// <summary>Grows trees level by level from gradient histograms: the smaller child is built, the larger one is the parent less the smaller.</summary>
internal sealed class TreeGrower
{
    private const int FeaturesPerTask = 16;

    private readonly BinnedMatrix _data;
    private readonly GbdtOptions _options;
    private readonly int _degree;
    private readonly int[] _offsets; // first bin of each column in a histogram
    private readonly int[] _rows;
    private readonly int[] _scratch;
    private readonly Stack<double[]> _free = new();

    public TreeGrower(BinnedMatrix data, GbdtOptions options, int degree)
    {
        (_data, _options, _degree) = (data, options, degree);
        _offsets = new int[data.ColumnCount + 1];
        for (var j = 0; j < data.ColumnCount; j++) _offsets[j + 1] = _offsets[j] + data.Cuts[j].Length + 2;
        (_rows, _scratch) = (new int[data.RowCount], new int[data.RowCount]);
    }

    /// <summary>One tree for gradients and hessians interleaved by row; adds its values to <paramref name="scores"/>.</summary>
    public RegressionTree Grow(double[] gradients, double[] scores)
    {
        for (var i = 0; i < _rows.Length; i++) _rows[i] = i;
        var nodes = new List<Node>();
        var root = new Node(0, _rows.Length) { Histogram = Rent() };
        Build(root, gradients);
        for (var i = 0; i < _rows.Length; i++) (root.Gradient, root.Hessian) = (root.Gradient + gradients[2 * i], root.Hessian + gradients[2 * i + 1]);
        nodes.Add(root);
        var level = new List<int> { 0 };
        for (var depth = 0; depth < _options.MaxDepth && level.Count > 0; depth++)
        {
            var next = new List<int>();
            foreach (var n in level)
            {
                var node = nodes[n];
                FindSplit(node);
                if (node.Feature >= 0)
                {
                    var middle = Partition(node);
                    (node.Left, node.Right) = (nodes.Count, nodes.Count + 1);
                    var left = new Node(node.From, middle) { Gradient = node.LeftGradient, Hessian = node.LeftHessian };
                    var right = new Node(middle, node.To) { Gradient = node.Gradient - node.LeftGradient, Hessian = node.Hessian - node.LeftHessian };
                    nodes.Add(left);
                    nodes.Add(right);
                    if (depth + 1 < _options.MaxDepth)
                    {
                        var (small, large) = left.To - left.From <= right.To - right.From ? (left, right) : (right, left);
                        small.Histogram = Rent();
                        Build(small, gradients);
                        Subtract(node.Histogram!, small.Histogram); // the parent's becomes the larger child's
                        large.Histogram = node.Histogram;
                        node.Histogram = null;
                        next.Add(node.Left);
                        next.Add(node.Right);
                    }
                }
                Release(node);
            }
            level = next;
        }
        foreach (var node in nodes) Release(node);
        return Finish(nodes, scores);
    }

    private RegressionTree Finish(List<Node> nodes, double[] scores)
    {
        foreach (var node in nodes)
        {
            if (node.Feature >= 0) continue;
            node.Value = (float)(-_options.LearningRate * node.Gradient / (node.Hessian + _options.Lambda));
            for (var i = node.From; i < node.To; i++) scores[_rows[i]] += node.Value;
        }
        return new RegressionTree(
            nodes.Select(n => n.Feature).ToArray(),
            nodes.Select(n => n.Feature >= 0 ? _data.Cuts[n.Feature][n.Bin] : 0).ToArray(),
            nodes.Select(n => n.Left).ToArray(), nodes.Select(n => n.Right).ToArray(), nodes.Select(n => (byte)(n.MissingLeft ? 1 : 0)).ToArray(),
            nodes.Select(n => n.Value).ToArray(), nodes.Select(n => (float)n.Hessian).ToArray());
    }

    private double[] Rent() => _free.TryPop(out var histogram) ? histogram : new double[2 * _offsets[^1]];

    private void Release(Node node)
    {
        if (node.Histogram is { } histogram) _free.Push(histogram);
        node.Histogram = null;
    }

    private void Build(Node node, double[] gradients)
    {
        var histogram = node.Histogram!; // callers rent it first
        Array.Clear(histogram);
        var tasks = (_data.ColumnCount + FeaturesPerTask - 1) / FeaturesPerTask;
        // Columns are independent, so any number of threads adds in the same order. Small nodes are not worth waking one.
        if (_degree > 1 && tasks > 1 && (long)(node.To - node.From) * _data.ColumnCount > 100_000)
        {
            ParallelRanges.For(tasks, _degree, t => Accumulate(node, gradients, histogram, t * FeaturesPerTask, Math.Min(_data.ColumnCount, (t + 1) * FeaturesPerTask)), CancellationToken.None);
        }
        else
        {
            Accumulate(node, gradients, histogram, 0, _data.ColumnCount);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Accumulate(Node node, double[] gradients, double[] histogram, int fromColumn, int toColumn)
    {
        var columns = _data.ColumnCount;
        fixed (byte* bins = _data.Bins)
        fixed (double* gh = gradients)
        fixed (double* sums = histogram)
        fixed (int* rows = _rows)
        fixed (int* offsets = _offsets)
        {
            for (var i = node.From; i < node.To; i++)
            {
                var row = bins + (long)rows[i] * columns;
                var pair = Vector128.Load(gh + 2L * rows[i]); // gradient and hessian in one add
                for (var j = fromColumn; j < toColumn; j++)
                {
                    var cell = sums + 2 * (offsets[j] + row[j]);
                    (Vector128.Load(cell) + pair).Store(cell);
                }
            }
        }
    }

    private static void Subtract(double[] from, double[] part)
    {
        for (var i = 0; i < from.Length; i++) from[i] -= part[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindSplit(Node node)
    {
        var histogram = node.Histogram!; // nodes of a level that may split have one
        double lambda = _options.Lambda, least = _options.MinChildWeight;
        var parent = node.Gradient * node.Gradient / (node.Hessian + lambda);
        var best = _options.MinGain;
        for (var j = 0; j < _data.ColumnCount; j++)
        {
            var cuts = _data.Cuts[j].Length;
            var start = 2 * _offsets[j];
            var (missingG, missingH) = (histogram[start + 2 * (cuts + 1)], histogram[start + 2 * (cuts + 1) + 1]);
            double g = 0, h = 0;
            for (var b = 0; b < cuts; b++)
            {
                g += histogram[start + 2 * b];
                h += histogram[start + 2 * b + 1];
                for (var side = 0; side < 2; side++)
                {
                    var (lg, lh) = side == 0 ? (g, h) : (g + missingG, h + missingH);
                    var (rg, rh) = (node.Gradient - lg, node.Hessian - lh);
                    if (lh >= least && rh >= least)
                    {
                        var gain = lg * lg / (lh + lambda) + rg * rg / (rh + lambda) - parent;
                        if (gain > best)
                        {
                            best = gain;
                            (node.Feature, node.Bin, node.LeftGradient, node.LeftHessian) = (j, b, lg, lh);
                            // Where training saw no gap, a later one follows the heavier child.
                            node.MissingLeft = missingH > 0 ? side == 1 : lh >= rh;
                        }
                    }
                    if (!(missingH > 0)) break;
                }
            }
        }
    }

    /// <summary>Orders the node's rows into those that go left and those that go right, both in their present order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Partition(Node node)
    {
        var missing = _data.Cuts[node.Feature].Length + 1;
        int left = node.From, right = 0;
        for (var i = node.From; i < node.To; i++)
        {
            var row = _rows[i];
            var bin = _data.Bins[(long)row * _data.ColumnCount + node.Feature];
            if (bin == missing ? node.MissingLeft : bin <= node.Bin) _rows[left++] = row;
            else _scratch[right++] = row;
        }
        _scratch.AsSpan(0, right).CopyTo(_rows.AsSpan(left, right));
        return left;
    }

    private sealed class Node(int from, int to)
    {
        public int From { get; } = from;

        public int To { get; } = to;

        public double[]? Histogram { get; set; }

        public double Gradient { get; set; }

        public double Hessian { get; set; }

        public double LeftGradient { get; set; }

        public double LeftHessian { get; set; }

        public int Feature { get; set; } = -1;

        public int Bin { get; set; }

        public bool MissingLeft { get; set; }

        public int Left { get; set; } = -1;

        public int Right { get; set; } = -1;

        public float Value { get; set; }
    }
}
