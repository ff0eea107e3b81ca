using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>The k best of dense scores, exactly: equal scores keep the order of the items.</summary>
/// <remarks>
/// A bounded heap whose worst entry is the threshold; sixteen scores at a time are compared with it, together with the sixteen
/// bits of the mask, so that after the first few hundred items almost every step is one load and one compare.
/// </remarks>
public static class TopK
{
    /// <summary>Writes the best items, best first, and says how many there are.</summary>
    /// <param name="scores">One score per item. NaN and −∞ are never chosen.</param>
    /// <param name="allowed">Items that may be chosen; null allows all.</param>
    /// <param name="items">Receives the items; its length is k.</param>
    /// <param name="best">Receives their scores; as long as <paramref name="items"/>.</param>
    /// <returns>How many were written: k, or fewer when fewer are allowed.</returns>
    /// <exception cref="ArgumentException">Spans or mask do not fit each other.</exception>
    public static int Select(ReadOnlySpan<float> scores, ItemMask? allowed, Span<int> items, Span<float> best)
    {
        if (items.Length != best.Length) throw new ArgumentException($"k is {items.Length} for items and {best.Length} for scores.", nameof(best));
        if (allowed is not null && allowed.ItemCount != scores.Length)
            throw new ArgumentException($"A mask over {allowed.ItemCount} items does not fit {scores.Length} scores.", nameof(allowed));
        if (items.IsEmpty) return 0;
        var count = 0;
        var from = 0;
        for (; from < scores.Length && count < items.Length; from++)
        {
            if (!(scores[from] > float.NegativeInfinity) || (allowed is not null && !allowed[from])) continue;
            (items[count], best[count]) = (from, scores[from]);
            SiftUp(items, best, count++);
        }
        if (count == items.Length) Scan(scores, allowed is null ? [] : allowed.Words, from, items, best);
        SortBestFirst(items[..count], best[..count]);
        return count;
    }

    /// <summary>The same in plain steps: sort everything, keep k. The truth the tests compare with.</summary>
    internal static int SelectScalar(ReadOnlySpan<float> scores, ItemMask? allowed, Span<int> items, Span<float> best)
    {
        var order = new List<(float Score, int Item)>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity && (allowed is null || allowed[i])) order.Add((scores[i], i));
        }
        var count = 0;
        foreach (var (score, item) in order.OrderByDescending(o => o.Score).ThenBy(o => o.Item).Take(items.Length)) (items[count], best[count++]) = (item, score);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scan(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> allowed, int from, Span<int> items, Span<float> best)
    {
        const int Width = 16;
        ref var first = ref MemoryMarshal.GetReference(scores);
        var i = from;
        for (; i < scores.Length && (i & (Width - 1)) != 0; i++) Offer(scores[i], i, allowed, items, best);
        var threshold = Vector512.Create(best[0]);
        for (; i + Width <= scores.Length; i += Width)
        {
            uint above;
            if (Vector512.IsHardwareAccelerated)
            {
                above = (uint)Vector512.GreaterThan(Vector512.LoadUnsafe(ref first, (nuint)i), threshold).ExtractMostSignificantBits();
            }
            else
            {
                var low = Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)i), threshold.GetLower()).ExtractMostSignificantBits();
                var high = Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)i + 8), threshold.GetLower()).ExtractMostSignificantBits();
                above = low | (high << 8);
            }
            if (above == 0) continue;
            if (!allowed.IsEmpty) above &= (uint)(allowed[i >> 6] >> (i & 63)) & 0xFFFF;
            if (above == 0) continue;
            for (; above != 0; above &= above - 1)
            {
                var item = i + BitOperations.TrailingZeroCount(above);
                if (scores[item] > best[0]) ReplaceWorst(item, scores[item], items, best);
            }
            threshold = Vector512.Create(best[0]);
        }
        for (; i < scores.Length; i++) Offer(scores[i], i, allowed, items, best);
    }

    private static void Offer(float score, int item, ReadOnlySpan<ulong> allowed, Span<int> items, Span<float> best)
    {
        if (score > best[0] && (allowed.IsEmpty || (allowed[item >> 6] >> (item & 63) & 1) != 0)) ReplaceWorst(item, score, items, best);
    }

    // The heap's root is the worst entry: the lowest score and, among equals, the highest item.
    private static bool IsWorse(float score, int item, float otherScore, int otherItem) => score < otherScore || (score == otherScore && item > otherItem);

    private static void SiftUp(Span<int> items, Span<float> best, int at)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!IsWorse(best[at], items[at], best[parent], items[parent])) return;
            (items[at], items[parent]) = (items[parent], items[at]);
            (best[at], best[parent]) = (best[parent], best[at]);
            at = parent;
        }
    }

    private static void ReplaceWorst(int item, float score, Span<int> items, Span<float> best)
    {
        (items[0], best[0]) = (item, score);
        SiftDown(items, best, items.Length);
    }

    private static void SiftDown(Span<int> items, Span<float> best, int length)
    {
        var at = 0;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= length) return;
            if (child + 1 < length && IsWorse(best[child + 1], items[child + 1], best[child], items[child])) child++;
            if (!IsWorse(best[child], items[child], best[at], items[at])) return;
            (items[at], items[child]) = (items[child], items[at]);
            (best[at], best[child]) = (best[child], best[at]);
            at = child;
        }
    }

    private static void SortBestFirst(Span<int> items, Span<float> best)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            (items[0], items[last]) = (items[last], items[0]);
            (best[0], best[last]) = (best[last], best[0]);
            SiftDown(items, best, last);
        }
    }
}
