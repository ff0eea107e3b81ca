using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Trees;

/// <summary>Checks and divides the rows that trees are grown on.</summary>
internal static class BoostingRows
{
    /// <exception cref="ArgumentException">Lengths differ, there is nothing, or a number is not finite; a column is named.</exception>
    public static void Check(LabelledRows part)
    {
        if (part.Labels.Length != part.Rows.RowCount || part.Rows.RowCount == 0) throw new ArgumentException($"{part.Rows.RowCount} rows need as many labels, at least one; got {part.Labels.Length}.", nameof(part));
        if (part.Rows.ColumnCount == 0) throw new ArgumentException("The rows have no column.", nameof(part));
        foreach (var label in part.Labels) if (!float.IsFinite(label)) throw new ArgumentException("Labels must be finite.", nameof(part));
        var bad = part.Rows.Values.IndexOfAny(float.PositiveInfinity, float.NegativeInfinity);
        if (bad < 0) return;
        throw new ArgumentException($"Column '{part.Rows.ColumnName(bad % part.Rows.ColumnCount)}' holds an infinite value in row {bad / part.Rows.ColumnCount}; cap it or mark it missing (NaN).", nameof(part));
    }

    /// <summary>One weight per row, 1 where none are given.</summary>
    public static float[] Weights(LabelledRows part) => RowWeights.Of(part.Rows.RowCount, part.Labels.Length, part.Weights);

    /// <summary>Takes a share of the rows away at random; of the groups, where there are some.</summary>
    public static (LabelledRows Training, LabelledRows? Validation) Split(LabelledRows all, double share, Rng rng)
    {
        var sizes = all.GroupSizes;
        var order = Enumerable.Range(0, sizes?.Length ?? all.Rows.RowCount).ToArray();
        rng.Shuffle(order.AsSpan());
        var count = (int)(order.Length * share);
        if (count == 0) return (all, null);
        if (sizes is null) return (Take(all, order[count..]), Take(all, order[..count]));
        return (TakeGroups(all, order[count..]), TakeGroups(all, order[..count]));
    }

    private static LabelledRows Take(LabelledRows all, int[] rows)
    {
        Array.Sort(rows);
        return new LabelledRows(all.Rows.SelectRows(rows), Array.ConvertAll(rows, i => all.Labels[i]), all.Weights is null ? null : Array.ConvertAll(rows, i => all.Weights[i]));
    }

    private static LabelledRows TakeGroups(LabelledRows all, int[] groups)
    {
        Array.Sort(groups);
        var sizes = all.GroupSizes!; // the caller has seen them
        var starts = new int[sizes.Length + 1];
        for (var g = 0; g < sizes.Length; g++) starts[g + 1] = starts[g] + sizes[g];
        return Take(all, groups.SelectMany(g => Enumerable.Range(starts[g], sizes[g])).ToArray()) with { GroupSizes = Array.ConvertAll(groups, g => sizes[g]) };
    }
}
