using CampaignPortal.Learning.Trees;

namespace CampaignPortal.Learning.Tests.Trees;

/// <summary>Path-dependent TreeSHAP as its paper prints it (Lundberg et al. 2020, algorithm 2): one walk down the tree that extends and unwinds the path.</summary>
internal static class RecursiveShap
{
    public static void Add(RegressionTree tree, float[] row, double[] values) => Recurse(tree, row, values, 0, [], 1, 1, -1);

    private static void Recurse(RegressionTree tree, float[] row, double[] values, int node, List<Element> parent, double zero, double one, int column)
    {
        var path = Extend(parent, zero, one, column);
        if (tree.IsLeaf(node))
        {
            for (var i = 1; i < path.Count; i++)
            {
                var weight = Unwind(path, i).Sum(e => e.Weight);
                values[path[i].Column] += weight * (path[i].One - path[i].Zero) * tree.Value[node];
            }
            return;
        }
        var (left, right) = (tree.Left[node], tree.Right[node]);
        var (hot, cold) = tree.GoesLeft(node, row[tree.Feature[node]]) ? (left, right) : (right, left);
        var (incomingZero, incomingOne) = (1.0, 1.0);
        var known = path.FindIndex(e => e.Column == tree.Feature[node]);
        if (known >= 0)
        {
            (incomingZero, incomingOne) = (path[known].Zero, path[known].One);
            path = Unwind(path, known);
        }
        Recurse(tree, row, values, hot, path, incomingZero * tree.ShareOf(hot, node), incomingOne, tree.Feature[node]);
        Recurse(tree, row, values, cold, path, incomingZero * tree.ShareOf(cold, node), 0, tree.Feature[node]);
    }

    private static List<Element> Extend(List<Element> path, double zero, double one, int column)
    {
        var length = path.Count;
        List<Element> result = [.. path, new Element(column, zero, one, length == 0 ? 1 : 0)];
        for (var i = length - 1; i >= 0; i--)
        {
            result[i + 1] = result[i + 1] with { Weight = result[i + 1].Weight + one * result[i].Weight * (i + 1) / (length + 1) };
            result[i] = result[i] with { Weight = zero * result[i].Weight * (length - i) / (length + 1) };
        }
        return result;
    }

    private static List<Element> Unwind(List<Element> path, int at)
    {
        var (last, result) = (path.Count - 1, path.ToList());
        var (zero, one, next) = (path[at].Zero, path[at].One, path[last].Weight);
        for (var i = last - 1; i >= 0; i--)
        {
            if (one != 0)
            {
                var before = result[i].Weight;
                result[i] = result[i] with { Weight = next * (last + 1) / ((i + 1) * one) };
                next = before - result[i].Weight * zero * (last - i) / (last + 1);
            }
            else
            {
                result[i] = result[i] with { Weight = result[i].Weight * (last + 1) / (zero * (last - i)) };
            }
        }
        for (var i = at; i < last; i++) result[i] = result[i + 1] with { Weight = result[i].Weight };
        result.RemoveAt(last);
        return result;
    }

    private sealed record Element(int Column, double Zero, double One, double Weight);
}
