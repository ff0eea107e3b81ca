namespace CampaignPortal.Learning.Trees;

/// <summary>The leaves of a tree as lists of conditions: one per distinct column on the path, which holds when every node on the path that asks the column sends the row along it.</summary>
internal sealed class TreePaths
{
    private readonly RegressionTree _tree;
    private readonly List<Leaf> _leaves = [];

    public TreePaths(RegressionTree tree)
    {
        _tree = tree;
        Walk(0, []);
        LongestPath = _leaves.Max(l => l.Conditions.Length);
        Columns = tree.Feature.Where(f => f >= 0).Distinct().Order().ToArray();
    }

    public RegressionTree Tree => _tree;

    public IReadOnlyList<Leaf> Leaves => _leaves;

    /// <summary>Most conditions of a leaf.</summary>
    public int LongestPath { get; }

    /// <summary>Columns that the tree asks for.</summary>
    public int[] Columns { get; }

    private void Walk(int node, Condition[] path)
    {
        if (_tree.IsLeaf(node))
        {
            _leaves.Add(new Leaf(_tree.Value[node], path));
            return;
        }
        foreach (var goesLeft in new[] { true, false })
        {
            var child = goesLeft ? _tree.Left[node] : _tree.Right[node];
            var step = new Condition(_tree.Feature[node], _tree.ShareOf(child, node), [2 * node + (goesLeft ? 0 : 1)]);
            var known = Array.FindIndex(path, c => c.Column == step.Column);
            Walk(child, known < 0 ? [.. path, step] : path.Select((c, i) => i == known ? c.And(step) : c).ToArray());
        }
    }

    internal sealed record Leaf(float Value, Condition[] Conditions);

    /// <param name="Column">Column that is asked for.</param>
    /// <param name="Share">Part of the training cover that passes, where the column is not known.</param>
    /// <param name="Tests">2·node where the path goes left, 2·node + 1 where it goes right.</param>
    internal sealed record Condition(int Column, double Share, int[] Tests)
    {
        public Condition And(Condition other) => new(Column, Share * other.Share, [.. Tests, .. other.Tests]);
    }
}
