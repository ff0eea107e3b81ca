using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Trees;

/// <summary>Which columns a tree, and each of its nodes, may split on: drawn by number, so that the order of work does not matter.</summary>
internal sealed class ColumnSample
{
    private readonly GrowthOptions _options;
    private readonly bool[] _ofTree;
    private int _tree;

    public ColumnSample(int columnCount, GrowthOptions options)
    {
        (_options, _ofTree) = (options, new bool[columnCount]);
        Array.Fill(_ofTree, true);
    }

    public void DrawForTree(int tree)
    {
        _tree = tree;
        if (_options.TreeColumnShare >= 1) return;
        var count = Math.Max(1, (int)Math.Round(_options.TreeColumnShare * _ofTree.Length));
        Choose(Enumerable.Range(0, _ofTree.Length).ToArray(), 1, count, _ofTree);
    }

    /// <summary>The columns of a node.</summary>
    public ReadOnlySpan<bool> Of(int node)
    {
        if (_options.NodeColumnCount is not { } count) return _ofTree;
        var columns = Enumerable.Range(0, _ofTree.Length).Where(j => _ofTree[j]).ToArray();
        var allowed = new bool[_ofTree.Length];
        Choose(columns, 2 + (ulong)node, Math.Min(count, columns.Length), allowed);
        return allowed;
    }

    /// <summary>Those with the smallest random numbers of a stream.</summary>
    private void Choose(int[] columns, ulong stream, int count, bool[] chosen)
    {
        var keys = Array.ConvertAll(columns, j => CounterRng.Bits(_options.Seed, stream, (ulong)_tree * (ulong)_ofTree.Length + (ulong)j));
        Array.Clear(chosen);
        Array.Sort(keys, columns);
        for (var i = 0; i < count; i++) chosen[columns[i]] = true;
    }
}
