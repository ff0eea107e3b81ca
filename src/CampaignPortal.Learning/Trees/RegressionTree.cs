using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Trees;

/// <summary>A binary tree in flat arrays; node 0 is the root, children follow their parent, the right one behind the left one.</summary>
/// <remarks>A value below the threshold goes left, in a split by categories a code of the node's set; a missing value, and a code that is none, goes where training sent it.</remarks>
internal sealed class RegressionTree
{
    public RegressionTree(int[] feature, float[] threshold, int[] left, int[] right, byte[] missingLeft, float[] value, float[] cover, float[]? gain = null, int[]? set = null, BinSet[]? sets = null)
    {
        (Feature, Threshold, Left, Right, MissingLeft, Value, Cover) = (feature, threshold, left, right, missingLeft, value, cover);
        Gain = gain ?? new float[feature.Length];
        Sets = sets ?? [];
        if (set is null) Array.Fill(set = new int[feature.Length], -1);
        Set = set;
        Expected = new double[feature.Length];
        var depths = new int[feature.Length];
        // Children have higher numbers than their parent.
        for (var n = feature.Length - 1; n >= 0; n--)
        {
            if (!IsLeaf(n)) depths[n] = 1 + Math.Max(depths[left[n]], depths[right[n]]);
            Expected[n] = IsLeaf(n) ? value[n] : ShareOf(left[n], n) * Expected[left[n]] + ShareOf(right[n], n) * Expected[right[n]];
        }
        Depth = depths[0];
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

    /// <summary>What the node's split gained, 0 in a leaf.</summary>
    public float[] Gain { get; }

    /// <summary>Number of the set of categories that go left, −1 in a split by threshold.</summary>
    public int[] Set { get; }

    public BinSet[] Sets { get; }

    /// <summary>Mean value of the leaves below, weighted by cover.</summary>
    public double[] Expected { get; }

    /// <summary>Splits on the longest path.</summary>
    public int Depth { get; }

    public bool IsLeaf(int node) => Feature[node] < 0;

    /// <summary>Part of the parent's training cover that went to a child; half where the parent had none.</summary>
    public double ShareOf(int child, int parent)
    {
        var both = (double)Cover[Left[parent]] + Cover[Right[parent]];
        return both > 0 ? Cover[child] / both : 0.5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool GoesLeft(int node, float value)
    {
        if (Set[node] >= 0) return IsCode(value) ? Sets[Set[node]].Contains((int)value) : MissingLeft[node] != 0;
        return float.IsNaN(value) ? MissingLeft[node] != 0 : value < Threshold[node];
    }

    /// <summary>The leaf of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int LeafOf(ReadOnlySpan<float> row)
    {
        var node = 0;
        while (Feature[node] >= 0) node = GoesLeft(node, row[Feature[node]]) ? Left[node] : Right[node];
        return node;
    }

    private static bool IsCode(float value) => value is >= 0 and <= byte.MaxValue && value == (int)value;
}
