namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>Counts numbers in bins whose width grows with their size: any quantile to 0.4 %, whole numbers up to 256 exactly, in constant memory.</summary>
/// <remarks>
/// A bin is the sign, the power of two and the first seven bits behind it, read from the number's own bits. No chance and no order of rows
/// enters, so equal files give equal reports. Numbers between −2⁻²⁰ and 2⁻²⁰ count as 0; beyond 2⁵⁰ all fall into the last bin. 71 KB.
/// </remarks>
internal sealed class NumberHistogram
{
    private const int SubBins = 128, LeastExponent = -20, LargestExponent = 49;
    private const int Side = (LargestExponent - LeastExponent + 1) * SubBins;

    private readonly int[] _counts = new int[2 * Side + 1];

    public long Count { get; private set; }

    public void Add(double value)
    {
        _counts[BinOf(value)]++;
        Count++;
    }

    /// <summary>The value below which the share <paramref name="p"/> of the numbers lies.</summary>
    public double Quantile(double p)
    {
        var rank = Math.Clamp((long)Math.Ceiling(p * Count), 1, Count);
        long seen = 0;
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            seen += _counts[bin];
            if (seen >= rank) return ValueOf(bin);
        }
        return 0;
    }

    /// <summary>Median of the distances to <paramref name="center"/>.</summary>
    public double MedianDistance(double center)
    {
        var distances = new List<(double Distance, int Count)>();
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            if (_counts[bin] > 0) distances.Add((Math.Abs(ValueOf(bin) - center), _counts[bin]));
        }
        distances.Sort((a, b) => a.Distance.CompareTo(b.Distance));
        long seen = 0;
        foreach (var (distance, count) in distances)
        {
            seen += count;
            if (seen * 2 >= Count) return distance;
        }
        return 0;
    }

    /// <summary>How many lie below <paramref name="low"/> or above <paramref name="high"/>.</summary>
    public long CountOutside(double low, double high)
    {
        long outside = 0;
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            if (_counts[bin] > 0 && ValueOf(bin) is var value && (value < low || value > high)) outside += _counts[bin];
        }
        return outside;
    }

    private static int BinOf(double value)
    {
        var size = Math.Abs(value);
        if (size < 1.0 / (1 << -LeastExponent)) return Side;
        var bits = BitConverter.DoubleToInt64Bits(size) >> (52 - 7);
        var bin = (int)Math.Min(bits - ((1023L + LeastExponent) << 7), Side - 1) + 1;
        return value < 0 ? Side - bin : Side + bin;
    }

    private static double ValueOf(int bin)
    {
        if (bin == Side) return 0;
        var low = ((long)(Math.Abs(bin - Side) - 1) + ((1023L + LeastExponent) << 7)) << (52 - 7);
        var start = BitConverter.Int64BitsToDouble(low);
        var width = BitConverter.Int64BitsToDouble(low + (1L << (52 - 7))) - start;
        var value = width <= 1 ? start : start + width / 2; // below 256 a bin holds at most one whole number, its start
        return bin < Side ? -value : value;
    }
}
