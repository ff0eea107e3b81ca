using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Trees;

/// <summary>A set of the numbers 0 to 255.</summary>
[InlineArray(WordCount)]
internal struct BinSet
{
    /// <summary>64-bit words of a set.</summary>
    public const int WordCount = 4;

    private ulong _first;

    public readonly bool Contains(int bin) => (this[bin >> 6] >> (bin & 63) & 1) != 0;

    public void Add(int bin) => this[bin >> 6] |= 1UL << (bin & 63);
}
