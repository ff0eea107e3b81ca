using System.Globalization;

namespace CampaignPortal.Statistics.Random;

/// <summary>The versioned hash behind every assignment: a pure function of (seed, unit), the same on every machine and for ever.</summary>
/// <remarks>Twice 32-bit FNV-1a over UTF-8 (Fowler, Noll and Vo), which is version 2 of the GrowthBook SDK. The texts are used as they are: no trimming, no case folding.</remarks>
public static class StableHash
{
    private const int BucketCount = 10_000;
    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>32-bit FNV-1a over the UTF-8 bytes of a text.</summary>
    public static uint Fnv1a32(ReadOnlySpan<char> text) => Continue(OffsetBasis, text);

    /// <summary>The full 32 bits of version 2: fnv(decimal text of fnv(seed + unit)).</summary>
    public static uint ToWord(ReadOnlySpan<char> seed, ReadOnlySpan<char> unit)
    {
        Span<char> digits = stackalloc char[10];
        Continue(Fnv1a32(seed), unit).TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        return Fnv1a32(digits[..length]);
    }

    /// <summary>The bucket of a unit in [0, 1), in steps of 0.0001.</summary>
    public static double ToUnit(ReadOnlySpan<char> seed, ReadOnlySpan<char> unit) => ToWord(seed, unit) % BucketCount / (double)BucketCount;

    /// <summary>The bucket of version 1, in steps of 0.001: for imported experiments only, its buckets of different seeds are not independent.</summary>
    public static double ToUnitVersion1(ReadOnlySpan<char> seed, ReadOnlySpan<char> unit) => Continue(Fnv1a32(unit), seed) % 1000 / 1000.0;

    private static uint Continue(uint hash, ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            for (var i = 0; i < length; i++) hash = (hash ^ bytes[i]) * Prime;
        }
        return hash;
    }
}
