using System.Runtime.CompilerServices;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>Inverted dropout whose mask is a function of (seed, stream, element) alone.</summary>
internal static class Dropout
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Sets a share of the values to zero and scales the others by 1/(1 − rate), in place. The same call on gradients is the backward pass.</summary>
    /// <remarks>One 64-bit word of the counter generator decides four elements by 16 bits each.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<float> values, double rate, ulong seed, ulong stream)
    {
        var threshold = (int)(rate * 65536);
        var scaleBits = BitConverter.SingleToInt32Bits((float)(1 / (1 - threshold / 65536.0)));
        var start = CounterRng.Mix(CounterRng.Mix(seed) + stream); // the part of CounterRng.Bits that all elements share
        for (var i = 0; i < values.Length; i += 4)
        {
            var word = CounterRng.Mix(start + ((ulong)i / 4 + 1) * Gamma);
            var end = Math.Min(values.Length, i + 4);
            for (var j = i; j < end; j++, word >>= 16)
            {
                // No branch: it would be mispredicted for every dropped element. The sign of the difference masks the factor.
                var dropped = ((int)(word & 0xFFFF) - threshold) >> 31;
                values[j] *= BitConverter.Int32BitsToSingle(scaleBits & ~dropped);
            }
        }
    }
}
