using System.Runtime.InteropServices;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Trees;

/// <summary>Trees as flat arrays of a model part.</summary>
internal static class StoredTrees
{
    public static void Store(ModelPart part, RegressionTree[] trees)
    {
        part.Put("node_counts", Array.ConvertAll(trees, t => t.Feature.Length));
        part.Put("feature", trees.SelectMany(t => t.Feature).ToArray());
        part.Put("threshold", trees.SelectMany(t => t.Threshold).ToArray());
        part.Put("left", trees.SelectMany(t => t.Left).ToArray());
        part.Put("right", trees.SelectMany(t => t.Right).ToArray());
        part.Put("missing_left", trees.SelectMany(t => t.MissingLeft).ToArray());
        part.Put("value", trees.SelectMany(t => t.Value).ToArray());
        part.Put("cover", trees.SelectMany(t => t.Cover).ToArray());
        part.Put("gain", trees.SelectMany(t => t.Gain).ToArray());
        part.Put("set", trees.SelectMany(t => t.Set).ToArray());
        part.Put("set_counts", Array.ConvertAll(trees, t => t.Sets.Length));
        part.Put("sets", MemoryMarshal.Cast<BinSet, long>(trees.SelectMany(t => t.Sets).ToArray()));
    }

    /// <exception cref="InvalidDataException">Arrays do not fit each other, or a node points nowhere.</exception>
    public static RegressionTree[] Restore(ModelPart part, int columnCount)
    {
        var (counts, setCounts) = (part.Get<int>("node_counts"), part.Get<int>("set_counts"));
        if (counts.Length != setCounts.Length || counts.Any(c => c < 1) || setCounts.Any(c => c < 0)) throw new InvalidDataException("The trees of a stored ensemble do not fit their counts.");
        var nodes = checked((int)counts.Sum(c => (long)c));
        var (feature, set) = (part.Get<int>("feature", nodes), part.Get<int>("set", nodes));
        var (threshold, left, right) = (part.Get<float>("threshold", nodes), part.Get<int>("left", nodes), part.Get<int>("right", nodes));
        var (missing, value, cover, gain) = (part.Get<byte>("missing_left", nodes), part.Get<float>("value", nodes), part.Get<float>("cover", nodes), part.Get<float>("gain", nodes));
        var sets = MemoryMarshal.Cast<long, BinSet>(part.Get<long>("sets", checked(BinSet.WordCount * (int)setCounts.Sum(c => (long)c)))).ToArray();
        var trees = new RegressionTree[counts.Length];
        for (int t = 0, start = 0, firstSet = 0; t < trees.Length; start += counts[t], firstSet += setCounts[t], t++)
        {
            var range = start..(start + counts[t]);
            for (var n = 0; n < counts[t]; n++)
            {
                // Children after their parent: no cycle, and every path ends.
                var (l, r, f, s) = (left[start + n], right[start + n], feature[start + n], set[start + n]);
                if (f >= columnCount || s >= setCounts[t] || (f >= 0 && (l <= n || r != l + 1 || r >= counts[t]))) throw new InvalidDataException($"Node {n} of tree {t} points to a node, column or set that does not exist.");
            }
            trees[t] = new RegressionTree(
                feature[range], threshold[range], left[range], right[range], missing[range], value[range], cover[range], gain[range], set[range], sets[firstSet..(firstSet + setCounts[t])]);
        }
        return trees;
    }
}
