using System.Numerics;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>A set of customers as one bit each, by the portal's dense numbers: a million customers in 125 kB, sets joined in microseconds.</summary>
public sealed class CustomerSet
{
    private readonly ulong[] _bits;

    /// <param name="capacity">The largest number that may be in it.</param>
    public CustomerSet(long capacity)
    {
        Capacity = capacity;
        _bits = new ulong[capacity / 64 + 1];
    }

    private CustomerSet(long capacity, ulong[] bits) => (Capacity, _bits) = (capacity, bits);

    public static CustomerSet Of(IEnumerable<long> customers, long capacity)
    {
        var set = new CustomerSet(capacity);
        foreach (var customer in customers) set.Add(customer);
        return set;
    }

    public long Capacity { get; }

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _bits) count += BitOperations.PopCount(word);
            return count;
        }
    }

    public bool Contains(long customer) => (ulong)customer <= (ulong)Capacity && (_bits[customer >> 6] & (1UL << (int)(customer & 63))) != 0;

    /// <summary>Numbers beyond the capacity are somebody who came later: they are left out.</summary>
    public void Add(long customer)
    {
        if ((ulong)customer <= (ulong)Capacity) _bits[customer >> 6] |= 1UL << (int)(customer & 63);
    }

    public void Remove(long customer)
    {
        if ((ulong)customer <= (ulong)Capacity) _bits[customer >> 6] &= ~(1UL << (int)(customer & 63));
    }

    public CustomerSet Copy() => new(Capacity, [.. _bits]);

    public CustomerSet And(CustomerSet other)
    {
        for (var i = 0; i < _bits.Length; i++) _bits[i] &= i < other._bits.Length ? other._bits[i] : 0;
        return this;
    }

    public CustomerSet Or(CustomerSet other)
    {
        for (var i = 0; i < Math.Min(_bits.Length, other._bits.Length); i++) _bits[i] |= other._bits[i];
        return this;
    }

    public CustomerSet AndNot(CustomerSet other)
    {
        for (var i = 0; i < Math.Min(_bits.Length, other._bits.Length); i++) _bits[i] &= ~other._bits[i];
        return this;
    }

    /// <summary>How many are in both, without making the set.</summary>
    public int CountWith(CustomerSet other)
    {
        var count = 0;
        for (var i = 0; i < Math.Min(_bits.Length, other._bits.Length); i++) count += BitOperations.PopCount(_bits[i] & other._bits[i]);
        return count;
    }

    /// <summary>Ascending.</summary>
    public IEnumerable<long> Members()
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            for (var word = _bits[i]; word != 0; word &= word - 1) yield return ((long)i << 6) + BitOperations.TrailingZeroCount(word);
        }
    }

    public long[] ToArray()
    {
        var members = new long[Count];
        var next = 0;
        foreach (var member in Members()) members[next++] = member;
        return members;
    }
}
