using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Trees;

/// <summary>Thresholds that cut a column into bins of about equal row counts; exact between all distinct values where they are few.</summary>
internal sealed class QuantileCuts(int rowCount)
{
    private const int Digits = 1 << 11; // three passes of 11 bits order 32-bit keys

    private readonly uint[] _keys = new uint[rowCount];
    private readonly uint[] _spare = new uint[rowCount];

    /// <summary>Ascending cuts, fewer than <paramref name="maxBins"/>; a value belongs right of every cut that it is not below. Missing values do not count.</summary>
    public float[] Find(ReadOnlySpan<float> column, int maxBins)
    {
        var sorted = Sort(column);
        var distinct = sorted.Length == 0 ? 0 : 1;
        for (var i = 1; i < sorted.Length; i++) distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
        var cuts = new List<float>(Math.Min(distinct, maxBins));
        // A bin closes when it holds its part of the rows still to place: a value so frequent that it fills several bins leaves them to the others.
        var (bins, start) = (maxBins, 0);
        for (var i = 1; i < sorted.Length && bins > 1; i++)
        {
            if (sorted[i] == sorted[i - 1]) continue;
            if (distinct > maxBins && (long)(i - start) * bins < sorted.Length - start) continue;
            cuts.Add(Between(Value(sorted[i - 1]), Value(sorted[i])));
            (bins, start) = (bins - 1, i);
        }
        return cuts.ToArray();
    }

    /// <summary>Keys of the present values in ascending order: least significant digit first, three counting passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadOnlySpan<uint> Sort(ReadOnlySpan<float> column)
    {
        var counts = new int[3 * Digits];
        var count = 0;
        foreach (var value in column)
        {
            if (float.IsNaN(value)) continue;
            var key = Key(value);
            _keys[count++] = key;
            counts[key & (Digits - 1)]++;
            counts[Digits + ((key >> 11) & (Digits - 1))]++;
            counts[2 * Digits + (key >> 22)]++;
        }
        var (from, to) = (_keys, _spare);
        for (var pass = 0; pass < 3; pass++)
        {
            var next = counts.AsSpan(pass * Digits, Digits);
            for (int d = 0, sum = 0; d < Digits; d++) (next[d], sum) = (sum, sum + next[d]);
            foreach (var key in from.AsSpan(0, count)) to[next[(int)(key >> (11 * pass)) & (Digits - 1)]++] = key;
            (from, to) = (to, from);
        }
        return from.AsSpan(0, count);
    }

    /// <summary>An unsigned number in the order of the values; both zeros are one.</summary>
    private static uint Key(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }

    private static float Value(uint key) => BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key & 0x7FFFFFFF : ~key);

    /// <summary>The middle, but above the lower value even where both are neighbours in float32.</summary>
    private static float Between(float lower, float upper)
    {
        var middle = (float)(((double)lower + upper) / 2);
        return middle > lower ? middle : upper;
    }
}
