using System.Runtime.InteropServices;

namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>How often each 64-bit hash came: exact counts of distinct and of equal things without keeping the things.</summary>
/// <remarks>
/// Costs 8 bytes a slot at a load between 0.375 and 0.75, so 11 to 21 bytes for each distinct hash (a million rows: 17 MB), and an entry
/// of a dictionary for each that came again. Among ten million hashes two collide with a chance of 3 in a million.
/// </remarks>
internal sealed class CountedHashes
{
    private const ulong Empty = 0;

    private readonly Dictionary<ulong, int> _repeated = [];
    private ulong[] _slots = new ulong[1 << 10];

    /// <summary>Different hashes so far.</summary>
    public int DistinctCount { get; private set; }

    /// <summary>Adds one and tells the how manieth of its kind it is, from 1.</summary>
    public int Add(ulong hash)
    {
        if (hash is Empty) hash = 1;
        ref var slot = ref Find(_slots, hash);
        if (slot == hash)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_repeated, hash, out var exists);
            return count = exists ? count + 1 : 2;
        }
        slot = hash;
        DistinctCount++;
        if (DistinctCount * 4 > _slots.Length * 3) Grow();
        return 1;
    }

    private void Grow()
    {
        var larger = new ulong[_slots.Length * 2];
        foreach (var hash in _slots)
        {
            if (hash is not Empty) Find(larger, hash) = hash;
        }
        _slots = larger;
    }

    private static ref ulong Find(ulong[] slots, ulong hash)
    {
        var mask = slots.Length - 1;
        var at = (int)(hash >> 17) & mask;
        while (slots[at] is not Empty && slots[at] != hash) at = (at + 1) & mask;
        return ref slots[at];
    }
}
