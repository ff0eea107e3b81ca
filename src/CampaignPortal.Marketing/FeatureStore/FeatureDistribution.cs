namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>How the values of one feature lie: a handful of quantiles and a histogram.</summary>
/// <param name="Count">Rows with a value.</param>
/// <param name="Missing">Rows for which it is not defined.</param>
/// <param name="Mean">0 when no row has a value, like the lists are empty.</param>
/// <param name="Quantiles">At <see cref="Levels"/>, by linear interpolation between the two nearest values (type 7 of Hyndman and Fan 1996).</param>
/// <param name="Bounds">Ascending bounds of the bins; one more than <paramref name="Counts"/>.</param>
/// <param name="Counts">Rows in each bin; what lies beyond the bounds is in the outer bins.</param>
public sealed record FeatureDistribution(long Count, long Missing, double Mean, IReadOnlyList<double> Quantiles, IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts)
{
    private const int BinCount = 24;

    /// <summary>Where <see cref="Quantiles"/> are taken.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1];

    /// <summary>Describes one column of a cut. O(n log n) for n rows.</summary>
    public static FeatureDistribution Of(FeatureTable table, int cut, int column)
    {
        var (from, to) = table.RowsOf(cut);
        var values = new List<float>(to - from);
        for (var row = from; row < to; row++)
        {
            var value = table.Row(row)[column];
            if (float.IsFinite(value)) values.Add(value);
        }
        values.Sort();
        var missing = to - from - values.Count;
        if (values.Count is 0) return new FeatureDistribution(0, missing, 0, [], [], []);
        var bounds = BoundsOf(values);
        double sum = 0;
        foreach (var value in values) sum += value;
        return new FeatureDistribution(values.Count, missing, sum / values.Count, [.. Levels.Select(level => QuantileOf(values, level))], bounds, CountsOf(values, bounds));
    }

    // Equal widths between the 1st and the 99th percentile: a few extremes must not squeeze everybody into one bin. Few whole numbers get a bin each.
    private static double[] BoundsOf(List<float> sorted)
    {
        var (low, high) = (QuantileOf(sorted, 0.01), QuantileOf(sorted, 0.99));
        var isWhole = sorted.TrueForAll(v => v == MathF.Truncate(v));
        if (isWhole && high - low <= BinCount) return [.. Enumerable.Range(0, (int)(Math.Floor(high) - Math.Floor(low)) + 2).Select(i => Math.Floor(low) + i - 0.5)];
        if (high <= low) (low, high) = (low - 0.5, low + 0.5);
        return [.. Enumerable.Range(0, BinCount + 1).Select(i => low + i * (high - low) / BinCount)];
    }

    private static long[] CountsOf(List<float> sorted, double[] bounds)
    {
        var counts = new long[bounds.Length - 1];
        var bin = 0;
        foreach (var value in sorted)
        {
            while (bin < counts.Length - 1 && value >= bounds[bin + 1]) bin++;
            counts[bin]++;
        }
        return counts;
    }

    private static double QuantileOf(List<float> sorted, double level)
    {
        var position = level * (sorted.Count - 1);
        var low = (int)position;
        return sorted[low] + (position - low) * (sorted[Math.Min(low + 1, sorted.Count - 1)] - sorted[low]);
    }
}
