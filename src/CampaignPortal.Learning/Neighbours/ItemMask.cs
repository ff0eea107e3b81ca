namespace CampaignPortal.Learning.Neighbours;

/// <summary>A set of items as one bit each, for filters that the search applies while it runs. Not safe for concurrent change.</summary>
public sealed class ItemMask
{
    private readonly ulong[] _words; // bits past the last item stay 0

    /// <summary>A mask over <paramref name="itemCount"/> items that holds all of them, or none.</summary>
    public ItemMask(int itemCount, bool all = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        ItemCount = itemCount;
        _words = new ulong[(itemCount + 63) / 64];
        if (all) IncludeAll();
    }

    /// <summary>Number of items the mask speaks about.</summary>
    public int ItemCount { get; }

    /// <summary>Number of items in the set.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words) count += System.Numerics.BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>Whether an item is in the set.</summary>
    public bool this[int item] => (_words[item >> 6] >> (item & 63) & 1) != 0;

    /// <summary>Puts one item in.</summary>
    public void Include(int item)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)item, (uint)ItemCount, nameof(item));
        _words[item >> 6] |= 1UL << item;
    }

    /// <summary>Takes one item out.</summary>
    public void Exclude(int item) => _words[item >> 6] &= ~(1UL << item);

    /// <summary>Takes items out.</summary>
    public void Exclude(ReadOnlySpan<int> items)
    {
        foreach (var item in items) Exclude(item);
    }

    /// <summary>Keeps only those of <paramref name="items"/> that are in the set already.</summary>
    public void KeepOnly(ReadOnlySpan<int> items)
    {
        var kept = new ItemMask(ItemCount, all: false);
        foreach (var item in items)
        {
            if (this[item]) kept.Include(item);
        }
        CopyFrom(kept);
    }

    /// <summary>Makes this set equal to another over as many items; null stands for all items.</summary>
    public void CopyFrom(ItemMask? other)
    {
        if (other is null)
        {
            IncludeAll();
            return;
        }
        if (other.ItemCount != ItemCount) throw new ArgumentException($"A mask over {other.ItemCount} items does not fit {ItemCount} items.", nameof(other));
        other._words.CopyTo(_words, 0);
    }

    /// <summary>The bits, lowest item first.</summary>
    internal ReadOnlySpan<ulong> Words => _words;

    private void IncludeAll()
    {
        Array.Fill(_words, ulong.MaxValue);
        if ((ItemCount & 63) != 0) _words[^1] = (1UL << ItemCount) - 1;
    }
}
