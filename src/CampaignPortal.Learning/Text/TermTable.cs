using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CampaignPortal.Learning.Text;

/// <summary>Terms numbered in the order in which they were added: one buffer of characters and an open-addressed index over it. No string is made before it is asked for.</summary>
internal sealed class TermTable
{
    private readonly List<Entry> _entries = [];
    private char[] _characters = new char[4096];
    private int _length;
    private int[] _slots = new int[1024]; // number of the term + 1; 0 is free
    private int _mask = 1023;

    /// <summary>Number of terms.</summary>
    public int Count => _entries.Count;

    /// <summary>The characters of a term.</summary>
    public ReadOnlySpan<char> this[int term] => _characters.AsSpan(_entries[term].Start, _entries[term].Length);

    /// <summary>Number of a term, or −1 where it is unknown.</summary>
    public int Find(ReadOnlySpan<char> term) => _slots[Slot(term, Hash(term))] - 1;

    /// <summary>Number of a term, which becomes known when it was not.</summary>
    public int Add(ReadOnlySpan<char> term) => Add(term, Hash(term));

    /// <summary>The same for a term whose <see cref="Hash"/> is known already.</summary>
    public int Add(ReadOnlySpan<char> term, ulong hash)
    {
        var slot = Slot(term, hash);
        if (_slots[slot] > 0) return _slots[slot] - 1;
        if (_length + term.Length > _characters.Length) Array.Resize(ref _characters, Math.Max(2 * _characters.Length, _length + term.Length));
        term.CopyTo(_characters.AsSpan(_length));
        _entries.Add(new Entry(hash, _length, term.Length));
        _length += term.Length;
        _slots[slot] = _entries.Count;
        if (2 * _entries.Count > _slots.Length) Grow();
        return _entries.Count - 1;
    }

    /// <summary>A hash of the characters alone: the same on every machine, so hashed columns can be stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Hash(ReadOnlySpan<char> term)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var hash = (ulong)term.Length * Odd;
        var bytes = MemoryMarshal.AsBytes(term);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(bytes)) * Odd;
            hash ^= hash >> 32;
        }
        ulong rest = 0;
        for (var at = 0; at < bytes.Length; at++) rest |= (ulong)bytes[at] << (8 * at);
        hash = (hash ^ rest) * Odd;
        return (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
    }

    // Linear probing by the upper half of the hash: its lower bits are the weaker ones.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Slot(ReadOnlySpan<char> term, ulong hash)
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        for (var slot = (int)(hash >> 32) & _mask; ; slot = (slot + 1) & _mask)
        {
            var number = _slots[slot] - 1;
            if (number < 0) return slot;
            ref readonly var entry = ref entries[number];
            if (entry.Hash == hash && term.SequenceEqual(_characters.AsSpan(entry.Start, entry.Length))) return slot;
        }
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        _mask = _slots.Length - 1;
        for (var number = 0; number < _entries.Count; number++)
        {
            var slot = (int)(_entries[number].Hash >> 32) & _mask;
            while (_slots[slot] > 0) slot = (slot + 1) & _mask;
            _slots[slot] = number + 1;
        }
    }

    private readonly record struct Entry(ulong Hash, int Start, int Length);
}
