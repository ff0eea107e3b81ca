using System.Numerics;

namespace CampaignPortal.Statistics.Random;

/// <summary>The one source of chance: a seeded, forkable generator (xoshiro256**, Blackman and Vigna 2018) with the same stream on every machine.</summary>
/// <remarks>
/// Not thread-safe. Parallel parts take <see cref="Fork"/>, a pure function of the seed and a number, so the result does not
/// depend on how many threads ran. Never use it for secrets: those come from the cryptographic generator.
/// </remarks>
public sealed class Rng
{
    private readonly ulong _seed;
    private ulong _s0, _s1, _s2, _s3;
    private double _spareNormal = double.NaN;

    /// <summary>Starts the stream that belongs to <paramref name="seed"/>; every value, 0 too, is a good seed.</summary>
    public Rng(long seed) : this((ulong)seed)
    {
    }

    private Rng(ulong seed)
    {
        _seed = seed;
        _s0 = CounterRng.Bits(seed, 0, 0);
        _s1 = CounterRng.Bits(seed, 0, 1);
        _s2 = CounterRng.Bits(seed, 0, 2);
        _s3 = CounterRng.Bits(seed, 0, 3);
    }

    /// <summary>An independent generator for part <paramref name="number"/>; it depends on the seed and the number alone, not on what was drawn so far.</summary>
    public Rng Fork(long number) => new(CounterRng.Mix(CounterRng.Mix(_seed ^ 0x6A09E667F3BCC909) + (ulong)number));

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1) with 24 random bits.</summary>
    public float NextSingle() => (NextBits() >> 40) * (1.0f / (1 << 24));

    /// <summary>Uniform integer in [0, <paramref name="below"/>), without modulo bias (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="below"/> is not positive.</exception>
    public int NextInt(int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(below);
        var product = (NextBits() >> 32) * (ulong)below;
        if ((uint)product < (uint)below)
        {
            var threshold = (uint)(-below) % (uint)below;
            while ((uint)product < threshold) product = (NextBits() >> 32) * (ulong)below;
        }
        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            var spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }
        double u, v, square;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            square = u * u + v * v;
        }
        while (square is >= 1 or 0);
        var scale = Math.Sqrt(-2 * Math.Log(square) / square);
        _spareNormal = v * scale;
        return u * scale;
    }

    /// <summary>Puts the items into random order (Fisher and Yates), in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
