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

    /// <summary>The numbers with their counts, ascending.</summary>
    public CountedNumbers ToNumbers()
    {
        var numbers = new List<(double, long)>();
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            if (_counts[bin] > 0) numbers.Add((ValueOf(bin), _counts[bin]));
        }
        return new CountedNumbers(numbers);
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
