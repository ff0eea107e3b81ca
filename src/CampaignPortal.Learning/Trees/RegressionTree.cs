namespace CampaignPortal.Learning.Trees;

/// <summary>A binary tree in flat arrays; node 0 is the root, children follow level by level, the right one behind the left one. A value below the threshold goes left, a missing one where training sent it.</summary>
internal sealed class RegressionTree
{
    public RegressionTree(int[] feature, float[] threshold, int[] left, int[] right, byte[] missingLeft, float[] value, float[] cover)
    {
        (Feature, Threshold, Left, Right, MissingLeft, Value, Cover) = (feature, threshold, left, right, missingLeft, value, cover);
        Expected = new double[feature.Length];
        // Children have higher numbers than their parent.
        for (var n = feature.Length - 1; n >= 0; n--)
        {
            Expected[n] = IsLeaf(n) ? value[n] : (Expected[left[n]] * cover[left[n]] + Expected[right[n]] * cover[right[n]]) / ((double)cover[left[n]] + cover[right[n]]);
        }
    }

    /// <summary>Column of the split, −1 in a leaf.</summary>
    public int[] Feature { get; }

    public float[] Threshold { get; }

    public int[] Left { get; }

    public int[] Right { get; }

    public byte[] MissingLeft { get; }

    /// <summary>What a leaf adds to the raw score.</summary>
    public float[] Value { get; }

    /// <summary>Sum of second derivatives of the training rows in the node.</summary>
    public float[] Cover { get; }

    /// <summary>Mean value of the leaves below, weighted by cover.</summary>
    public double[] Expected { get; }

    public bool IsLeaf(int node) => Feature[node] < 0;

    public bool GoesLeft(int node, float value) => float.IsNaN(value) ? MissingLeft[node] != 0 : value < Threshold[node];

    /// <summary>The leaf of a row.</summary>
    public int LeafOf(ReadOnlySpan<float> row)
    {
        var node = 0;
        while (Feature[node] >= 0) node = GoesLeft(node, row[Feature[node]]) ? Left[node] : Right[node];
        return node;
    }
}
