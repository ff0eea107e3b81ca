namespace CampaignPortal.Marketing.Insights;

/// <summary>Recency and frequency of each customer in five classes, by the fixed limits of the grid of Insights: one rule for a cell, a list and a profile.</summary>
public static class RfmScale
{
    public const int ClassCount = 5;

    /// <param name="lastOrderAt">Ticks; 0 without an order, which is class 0.</param>
    /// <param name="orderCount">Orders so far, of the same rows.</param>
    /// <param name="asOf">The moment that days count back from.</param>
    public static (byte[] Recency, byte[] Frequency) Rank(ReadOnlySpan<long> lastOrderAt, ReadOnlySpan<int> orderCount, DateTimeOffset asOf)
    {
        var (days, orders) = (new int[lastOrderAt.Length], new int[lastOrderAt.Length]);
        for (var row = 0; row < days.Length; row++)
        {
            if (lastOrderAt[row] == 0) continue;
            (days[row], orders[row]) = ((int)((asOf.UtcTicks - lastOrderAt[row]) / TimeSpan.TicksPerDay), orderCount[row]);
        }
        var scores = RfmGrid.FixedScores(days, orders);
        return (Array.ConvertAll(scores, s => (byte)s.Recency), Array.ConvertAll(scores, s => (byte)s.Frequency));
    }
}
