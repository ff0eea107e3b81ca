namespace CampaignPortal.Statistics.Lifetime;

/// <summary>The future cut into periods of any lengths, each of which belongs to a bucket: two periods may make one calendar month.</summary>
public sealed record PeriodGrid
{
    /// <summary>Checks and keeps the periods.</summary>
    /// <param name="ends">End of each period, counted from the end of observation in the unit of the histories; ascending and positive.</param>
    /// <param name="buckets">Bucket of each period: begins with 0, and stays or grows by one from period to period.</param>
    /// <exception cref="ArgumentException">The periods do not ascend, or the buckets leave a gap.</exception>
    public PeriodGrid(IReadOnlyList<double> ends, IReadOnlyList<int> buckets)
    {
        if (ends.Count == 0 || ends.Count != buckets.Count) throw new ArgumentException($"Needs one bucket for each of one or more periods; there are {ends.Count} periods and {buckets.Count} buckets.", nameof(buckets));
        for (var i = 0; i < ends.Count; i++)
        {
            if (!(ends[i] > (i == 0 ? 0 : ends[i - 1]))) throw new ArgumentException($"Period {i} ends at {ends[i]}, which is not after the one before.", nameof(ends));
            if (buckets[i] != (i == 0 ? 0 : buckets[i - 1]) && (i == 0 || buckets[i] != buckets[i - 1] + 1)) throw new ArgumentException($"Period {i} is in bucket {buckets[i]}, which leaves a gap.", nameof(buckets));
        }
        (Ends, Buckets) = ([.. ends], [.. buckets]);
    }

    /// <summary>End of each period from the end of observation.</summary>
    public IReadOnlyList<double> Ends { get; }

    /// <summary>Bucket of each period.</summary>
    public IReadOnlyList<int> Buckets { get; }

    /// <summary>Periods.</summary>
    public int Count => Ends.Count;

    /// <summary>Buckets.</summary>
    public int BucketCount => Buckets[^1] + 1;
}

/// <summary>Revenue and purchases of many customers, period by period: neither discounted nor multiplied with a margin, so that both can be chosen later.</summary>
/// <param name="Money">Expected money of each group in each period, groups × periods; exact at the fitted parameters.</param>
/// <param name="Purchases">Expected purchases, groups × periods.</param>
/// <param name="Buyers">Expected customers with a purchase, groups × buckets; the mean over the draws.</param>
/// <param name="Draws">Money of everybody in each period of each simulated future, draws × periods.</param>
public sealed record PeriodForecast(double[][] Money, double[][] Purchases, double[][] Buyers, double[][] Draws);
