using System.Buffers;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Learning.Sequences;

/// <summary>A recommender of histories asked about a sequence: the item that is <c>age</c> steps from the newest weighs fade^age, and only the newest ones count. Immutable.</summary>
/// <param name="inner">The model behind; it reads the values of a history as weights (or ignores them).</param>
/// <param name="fade">Weight of an item relative to the next newer one, above 0 and at most 1.</param>
/// <param name="newest">How many of the newest items count.</param>
public sealed class FadedHistory(IRecommender inner, double fade = 1, int newest = int.MaxValue) : ISequenceRecommender
{
    /// <inheritdoc/>
    public int ItemCount => inner.ItemCount;

    /// <summary>The model behind.</summary>
    public IRecommender Inner => inner;

    /// <summary>Weight of an item relative to the next newer one.</summary>
    public double Fade { get; } = fade is > 0 and <= 1 ? fade : throw new ArgumentOutOfRangeException(nameof(fade), fade, "The weight of an older item must lie above 0 and at most at 1.");

    /// <summary>How many of the newest items count.</summary>
    public int Newest { get; } = newest > 0 ? newest : throw new ArgumentOutOfRangeException(nameof(newest), newest, "At least one item must count.");

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        var recent = sequence[^Math.Min(Newest, sequence.Length)..];
        var (items, weights) = (ArrayPool<int>.Shared.Rent(recent.Length), ArrayPool<float>.Shared.Rent(recent.Length));
        var count = Weigh(recent, items.AsSpan(0, recent.Length), weights.AsSpan(0, recent.Length));
        inner.Score(new SparseRow(items.AsSpan(0, count), weights.AsSpan(0, count)), scores);
        ArrayPool<int>.Shared.Return(items);
        ArrayPool<float>.Shared.Return(weights);
    }

    // An item taken twice weighs what its newest time weighs.
    private int Weigh(ReadOnlySpan<int> recent, Span<int> items, Span<float> weights)
    {
        recent.CopyTo(items);
        for (var age = 0; age < recent.Length; age++) weights[recent.Length - 1 - age] = (float)Math.Pow(Fade, age);
        items.Sort(weights);
        var count = 0;
        for (var at = 0; at < items.Length; at++)
        {
            if (count > 0 && items[count - 1] == items[at]) weights[count - 1] = Math.Max(weights[count - 1], weights[at]);
            else (items[count], weights[count++]) = (items[at], weights[at]);
        }
        return count;
    }
}
