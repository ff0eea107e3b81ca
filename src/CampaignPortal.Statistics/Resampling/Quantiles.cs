namespace CampaignPortal.Statistics.Resampling;

/// <summary>Sample quantiles of type 7 (Hyndman and Fan 1996): position (n−1)q, linear between neighbours.</summary>
public static class Quantiles
{
    /// <summary>The quantile of values in any order.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level lies outside [0, 1].</exception>
    public static double Of(ReadOnlySpan<double> values, double level)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, level);
    }

    /// <summary>The quantile of ascending values.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level lies outside [0, 1].</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double level)
    {
        if (sorted.IsEmpty) throw new ArgumentException("A quantile needs at least one value.", nameof(sorted));
        if (!(level is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(level), level, "Must lie in [0, 1].");
        var position = (sorted.Length - 1) * level;
        var below = (int)position;
        var share = position - below;
        return share is 0 ? sorted[below] : sorted[below] + share * (sorted[below + 1] - sorted[below]);
    }
}
