namespace CampaignPortal.Marketing.Insights;

/// <summary>Recency and frequency in five classes among those who have ordered: fifths by the last order; by the number of orders fifths too, where equal numbers stay together.</summary>
public static class RfmScale
{
    public const int ClassCount = 5;

    /// <param name="lastOrderAt">Ticks; 0 without an order.</param>
    /// <param name="orderCount">Orders so far, of the same rows.</param>
    public static (byte[] Recency, byte[] Frequency) Rank(ReadOnlySpan<long> lastOrderAt, ReadOnlySpan<int> orderCount)
    {
        var last = lastOrderAt.ToArray();
        var orders = new long[last.Length];
        for (var row = 0; row < orders.Length; row++) orders[row] = last[row] == 0 ? 0 : orderCount[row];
        return (Fifths(last), Fifths(orders));
    }

    // The class of a value is the fifth in which the middle of all equal values lies: ties never split.
    private static byte[] Fifths(long[] values)
    {
        var sorted = values.Where(v => v != 0).Order().ToArray();
        var classes = new Dictionary<long, byte>();
        for (var from = 0; from < sorted.Length;)
        {
            var to = from;
            while (to < sorted.Length && sorted[to] == sorted[from]) to++;
            var middle = (from + to - 1) / 2.0;
            classes[sorted[from]] = (byte)(1 + Math.Min(ClassCount - 1, (int)(ClassCount * middle / sorted.Length)));
            from = to;
        }
        var result = new byte[values.Length];
        for (var row = 0; row < values.Length; row++) result[row] = values[row] == 0 ? (byte)0 : classes[values[row]];
        return result;
    }
}
