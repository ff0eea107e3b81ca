namespace CampaignPortal.Statistics.Random;

/// <summary>Random numbers as a pure function of (seed, stream, index), for elements that must not depend on the order in which threads reach them.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood 2014) evaluated at an index: its finaliser over an arithmetic sequence.</remarks>
public static class CounterRng
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>The finaliser of SplitMix64.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Element <paramref name="index"/> (from 0) of a stream of 64-bit words.</summary>
    public static ulong Bits(ulong seed, ulong stream, ulong index) => Mix(Mix(Mix(seed) + stream) + (index + 1) * Gamma);

    /// <summary>Element <paramref name="index"/> of a stream of uniforms in [0, 1).</summary>
    public static double Uniform(ulong seed, ulong stream, ulong index) => (Bits(seed, stream, index) >> 11) * (1.0 / (1UL << 53));
}
