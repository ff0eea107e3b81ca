using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>Counts different texts: exactly up to a bound, beyond it within about 1.6 %; knows the most frequent of those that came first.</summary>
/// <remarks>Flajolet et al. 2007, HyperLogLog with 4,096 registers of 64-bit hashes, linear counting for small numbers. At most about 500 KB.</remarks>
internal sealed class DistinctCounter
{
    private const int ExactCount = 4_096, RegisterBits = 12;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private byte[]? _registers;

    public DistinctCounter() => _byText = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>False when <see cref="Count"/> is an estimate.</summary>
    public bool IsExact => _registers is null;

    public long Count => _registers is null ? _counts.Count : Estimate(_registers);

    /// <summary>The most frequent text among those counted, the first in order of equals; null when none came.</summary>
    public string? Mode => _counts.Count is 0 ? null : _counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;

    /// <summary>Each text with its count; all of them only while <see cref="IsExact"/>.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Add(ReadOnlySpan<char> text)
    {
        if (_registers is not null) Note(_registers, QuickHash.Of(text));
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_byText, text);
        if (!Unsafe.IsNullRef(ref count))
        {
            count++;
            return;
        }
        if (_registers is not null) return;
        if (_counts.Count < ExactCount)
        {
            _counts[text.ToString()] = 1;
            return;
        }
        _registers = new byte[1 << RegisterBits];
        foreach (var known in _counts.Keys) Note(_registers, QuickHash.Of(known));
        Note(_registers, QuickHash.Of(text));
    }

    private static void Note(byte[] registers, ulong hash)
    {
        var register = (int)(hash >> (64 - RegisterBits));
        var rank = (byte)(BitOperations.LeadingZeroCount(hash << RegisterBits | 1UL << (RegisterBits - 1)) + 1);
        if (registers[register] < rank) registers[register] = rank;
    }

    private static long Estimate(byte[] registers)
    {
        double size = registers.Length, sum = 0;
        var empty = 0;
        foreach (var rank in registers)
        {
            sum += Math.Pow(2, -rank);
            if (rank is 0) empty++;
        }
        var raw = 0.7213 / (1 + 1.079 / size) * size * size / sum;
        return (long)Math.Round(raw <= 2.5 * size && empty > 0 ? size * Math.Log(size / empty) : raw);
    }
}
