using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Trees;

/// <summary>Grows trees from gradient histograms: the smaller child is counted, the larger one is the parent less the smaller.</summary>
internal sealed class TreeGrower
{
    private const long ParallelCells = 60_000; // rows × columns from which a second thread pays

    private readonly BinnedMatrix _data;
    private readonly GrowthOptions _options;
    private readonly int _degree;
    private readonly Histograms _histograms;
    private readonly SplitSearch _search;
    private readonly ColumnSample _columns;
    private readonly Split?[] _smallFound;
    private readonly Split?[] _largeFound;
    private readonly int[] _rows;
    private readonly int[] _right;
    private readonly List<GrowingNode> _nodes = [];
    private float[] _pairs = [];
    private int _tree;

    public TreeGrower(BinnedMatrix data, GrowthOptions options, int degree)
    {
        (_data, _options, _degree) = (data, options, degree);
        _histograms = new Histograms(data, options.MaxHistograms);
        _search = new SplitSearch(data, _histograms, options);
        _columns = new ColumnSample(data.ColumnCount, options);
        (_smallFound, _largeFound) = (new Split?[data.BlockCount], new Split?[data.BlockCount]);
        (_rows, _right) = (new int[data.RowCount + Histograms.Lookahead], new int[data.RowCount]);
    }

    /// <summary>Room for the rows of the next tree, in ascending order; <see cref="Grow"/> is told how many there are.</summary>
    public Span<int> Rows => _rows.AsSpan(0, _data.RowCount);

    /// <summary>The rows of each leaf of the last tree, and its value.</summary>
    public IEnumerable<(ReadOnlyMemory<int> Rows, float Value)> Leaves => _nodes.Where(n => n.Left < 0).Select(n => ((ReadOnlyMemory<int>)_rows.AsMemory(n.From, n.RowCount), n.Value));

    /// <summary>One tree.</summary>
    /// <param name="tree">Its number, for what is drawn.</param>
    /// <param name="rowCount">How many of <see cref="Rows"/> it is grown on.</param>
    /// <param name="pairs">Gradient and hessian of every row of the data.</param>
    /// <param name="renew">Gives a leaf of these rows another value; null keeps the Newton step −G/(H+λ).</param>
    public RegressionTree Grow(int tree, int rowCount, float[] pairs, Func<ReadOnlyMemory<int>, double>? renew = null)
    {
        (_tree, _pairs) = (tree, pairs);
        _columns.DrawForTree(tree);
        _nodes.Clear();
        var root = new GrowingNode(0, 0, 0, rowCount);
        (root.Gradient, root.Hessian) = Sum(root);
        _nodes.Add(root);
        Search(root);
        var frontier = new List<GrowingNode>();
        if (root.Split is not null) frontier.Add(root);
        for (var leaves = 1; leaves < _options.MaxLeaves && Take(frontier) is { } node; leaves++) Divide(node, frontier);
        foreach (var node in _nodes) Release(node);
        SetValues(renew);
        return ToTree();
    }

    /// <summary>The next node to split: the last one found, so that few histograms are alive, or the one that gains most.</summary>
    private GrowingNode? Take(List<GrowingNode> frontier)
    {
        while (frontier.Count > 0)
        {
            var at = frontier.Count - 1;
            if (_options.LeafWise) for (var i = at - 1; i >= 0; i--) if (frontier[i].Split!.Gain > frontier[at].Split!.Gain) at = i; // nodes come here with a split
            var node = frontier[at];
            frontier.RemoveAt(at);
            var middle = Partition(node, node.Split!);
            if (middle > node.From && middle < node.To)
            {
                AddChildren(node, node.Split!, middle);
                return node;
            }
            Release(node);
        }
        return null;
    }

    private void AddChildren(GrowingNode node, Split split, int middle)
    {
        node.Left = _nodes.Count;
        var left = new GrowingNode(node.Left, node.Depth + 1, node.From, middle) { Gradient = split.LeftGradient, Hessian = split.LeftHessian, Lower = node.Lower, Upper = node.Upper };
        var right = new GrowingNode(node.Left + 1, node.Depth + 1, middle, node.To)
        {
            Gradient = node.Gradient - split.LeftGradient, Hessian = node.Hessian - split.LeftHessian, Lower = node.Lower, Upper = node.Upper,
        };
        if (_options.Monotone?[split.Column] is { } direction and not 0)
        {
            var between = (_search.Value(left, left.Gradient, left.Hessian) + _search.Value(right, right.Gradient, right.Hessian)) / 2;
            if (direction > 0) left.Upper = right.Lower = between;
            else left.Lower = right.Upper = between;
        }
        _nodes.Add(left);
        _nodes.Add(right);
    }

    /// <summary>Finds the splits of a node's children.</summary>
    private void Divide(GrowingNode node, List<GrowingNode> frontier)
    {
        var (left, right) = (_nodes[node.Left], _nodes[node.Left + 1]);
        var (small, large) = left.RowCount <= right.RowCount ? (left, right) : (right, left);
        if (CanSplit(left) || CanSplit(right)) Search(node, small, large);
        Release(node);
        if (left.Split is not null) frontier.Add(left);
        if (right.Split is not null) frontier.Add(right);
    }

    private bool CanSplit(GrowingNode node) => node.Depth < _options.MaxDepth && node.RowCount >= 2 && node.Hessian >= 2 * _options.MinChildWeight;

    private void Search(GrowingNode root)
    {
        if (!CanSplit(root)) return;
        var histogram = root.Histogram = _histograms.Rent();
        ForBlocks(root.RowCount, block =>
        {
            _histograms.Build(block, _rows, root.From, root.To, _pairs, histogram);
            _smallFound[block] = FindIn(block, root, histogram);
        });
        root.Split = Best(_smallFound);
    }

    /// <summary>Counts the smaller child, takes it away from the parent (or counts the larger one too), and looks for the best split of both, block by block of columns.</summary>
    private void Search(GrowingNode parent, GrowingNode small, GrowingNode large)
    {
        var counted = small.Histogram = _histograms.Rent();
        var canSubtract = parent.Histogram is not null;
        var rest = large.Histogram = parent.Histogram ?? _histograms.Rent();
        parent.Histogram = null;
        ForBlocks(canSubtract ? small.RowCount : parent.RowCount, block =>
        {
            _histograms.Build(block, _rows, small.From, small.To, _pairs, counted);
            _smallFound[block] = CanSplit(small) ? FindIn(block, small, counted) : null;
            if (canSubtract) _histograms.Subtract(block, rest, counted);
            else _histograms.Build(block, _rows, large.From, large.To, _pairs, rest);
            _largeFound[block] = CanSplit(large) ? FindIn(block, large, rest) : null;
        });
        (small.Split, large.Split) = (Best(_smallFound), Best(_largeFound));
        if (small.Split is null || _histograms.IsScarce) Release(small);
        if (large.Split is null || _histograms.IsScarce) Release(large);
    }

    private Split? FindIn(int block, GrowingNode node, double[] histogram)
    {
        var first = block * BinnedMatrix.BlockColumns;
        return _search.Find(node, histogram, first, Math.Min(_data.ColumnCount, first + BinnedMatrix.BlockColumns), _columns.Of(node.Number), _tree);
    }

    /// <summary>The first of the best: the same for every number of threads.</summary>
    private static Split? Best(Split?[] found)
    {
        Split? best = null;
        foreach (var split in found) if (split is not null && (best is null || split.Gain > best.Gain)) best = split;
        return best;
    }

    private void ForBlocks(int rowCount, Action<int> body) =>
        Workers.For(_data.BlockCount, (long)rowCount * _data.ColumnCount < ParallelCells ? 1 : _degree, body);

    /// <summary>Orders the node's rows into those that go left and those that go right, both in their present order; says where the right ones begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe int Partition(GrowingNode node, Split split)
    {
        var toLeft = stackalloc int[256];
        for (var b = 0; b < 256; b++) toLeft[b] = GoesLeft(split, b) ? 1 : 0;
        int left = node.From, right = 0;
        fixed (ulong* words = _data.Block(split.Column / BinnedMatrix.BlockColumns))
        fixed (int* rows = _rows)
        fixed (int* others = _right)
        {
            var bins = (byte*)words + split.Column % BinnedMatrix.BlockColumns;
            for (var i = node.From; i < node.To; i++)
            {
                // Written to both lists, kept in one: no branch to guess.
                var row = rows[i];
                var isLeft = toLeft[bins[(long)row * BinnedMatrix.BlockColumns]];
                rows[left] = row;
                others[right] = row;
                left += isLeft;
                right += 1 - isLeft;
            }
        }
        _right.AsSpan(0, right).CopyTo(_rows.AsSpan(left, right));
        return left;
    }

    private bool GoesLeft(Split split, int bin)
    {
        if (bin == _data.ValueBins[split.Column]) return split.MissingLeft;
        return split.Categories?.Contains(bin) ?? bin <= split.Bin;
    }

    /// <summary>Values of the leaves from exact sums of their rows; sums from histograms carry the rounding of float32.</summary>
    private void SetValues(Func<ReadOnlyMemory<int>, double>? renew)
    {
        var leaves = _nodes.Where(n => n.Left < 0).ToArray();
        Workers.For(leaves.Length, _degree, i =>
        {
            var leaf = leaves[i];
            (leaf.Gradient, leaf.Hessian) = Sum(leaf);
            var value = renew is null ? _search.Value(leaf, leaf.Gradient, leaf.Hessian) : renew(_rows.AsMemory(leaf.From, leaf.RowCount));
            leaf.Value = (float)(_options.LearningRate * value);
        });
        for (var n = _nodes.Count - 1; n >= 0; n--) if (_nodes[n].Left is var child and >= 0) _nodes[n].Hessian = _nodes[child].Hessian + _nodes[child + 1].Hessian;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (double Gradient, double Hessian) Sum(GrowingNode node)
    {
        double g = 0, h = 0;
        foreach (var row in _rows.AsSpan(node.From, node.RowCount)) (g, h) = (g + _pairs[2 * row], h + _pairs[2 * row + 1]);
        return (g, h);
    }

    private RegressionTree ToTree()
    {
        var sets = new List<BinSet>();
        var set = Each(-1, split =>
        {
            if (split.Categories is not { } categories) return -1;
            sets.Add(categories);
            return sets.Count - 1;
        });
        return new RegressionTree(
            Each(-1, s => s.Column), Each(0f, s => s.Categories is null ? _data.Cuts[s.Column][s.Bin] : 0), _nodes.ConvertAll(n => n.Left).ToArray(), _nodes.ConvertAll(n => n.Left < 0 ? -1 : n.Left + 1).ToArray(),
            Each((byte)0, s => (byte)(s.MissingLeft ? 1 : 0)), _nodes.ConvertAll(n => n.Left < 0 ? n.Value : 0).ToArray(), _nodes.ConvertAll(n => (float)n.Hessian).ToArray(),
            Each(0f, s => (float)s.Gain), set, sets.ToArray());
    }

    /// <summary>One entry per node: of its split, or what leaves have.</summary>
    private T[] Each<T>(T ofLeaf, Func<Split, T> ofSplit) => _nodes.ConvertAll(n => n.Left >= 0 && n.Split is { } split ? ofSplit(split) : ofLeaf).ToArray();

    private void Release(GrowingNode node)
    {
        if (node.Histogram is { } histogram) _histograms.Return(histogram);
        node.Histogram = null;
    }
}
