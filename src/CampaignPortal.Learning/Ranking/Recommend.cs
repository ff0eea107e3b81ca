using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;

namespace CampaignPortal.Learning.Ranking;

/// <summary>What a list should hold.</summary>
public sealed record ListOptions
{
    /// <summary>Length of a list.</summary>
    public int Count { get; init; } = 10;

    /// <summary>Which items may be suggested, seen from the history.</summary>
    public Candidates Candidates { get; init; }

    /// <summary>Items that may be suggested at all (in stock, in season, …); null allows all.</summary>
    public ItemMask? Allowed { get; init; }

    /// <summary>Threads of a batch, null for all processors but one. The lists do not depend on it.</summary>
    public int? Degree { get; init; }
}

/// <summary>Lists of items for many users: row r belongs to row r of the histories.</summary>
public sealed class RankedLists
{
    private readonly int[] _items;
    private readonly float[] _scores;
    private readonly int[] _counts;

    internal RankedLists(int listCount, int length)
    {
        (Length, _items, _scores, _counts) = (length, new int[checked(listCount * length)], new float[listCount * length], new int[listCount]);
    }

    /// <summary>Number of lists.</summary>
    public int ListCount => _counts.Length;

    /// <summary>Length of a full list.</summary>
    public int Length { get; }

    /// <summary>Items of one list, best first; shorter than <see cref="Length"/> when fewer were allowed.</summary>
    public ReadOnlySpan<int> Items(int row) => _items.AsSpan(row * Length, _counts[row]);

    /// <summary>Scores beside <see cref="Items"/>.</summary>
    public ReadOnlySpan<float> Scores(int row) => _scores.AsSpan(row * Length, _counts[row]);

    internal void Fill(int row, ReadOnlySpan<float> scores, ItemMask? allowed) =>
        _counts[row] = TopK.Select(scores, allowed, _items.AsSpan(row * Length, Length), _scores.AsSpan(row * Length, Length));
}

/// <summary>From scores to lists. Filters are masks inside the search: a list is full whenever enough items are allowed.</summary>
public static class Recommend
{
    /// <summary>The list of one user.</summary>
    public static ScoredItem[] For(IRecommender recommender, SparseRow history, ListOptions options)
    {
        var scores = new float[recommender.ItemCount];
        recommender.Score(history, scores);
        return Best(scores, MaskFor(history, options, new ItemMask(recommender.ItemCount)), options.Count);
    }

    /// <summary>The lists of many users; each equals what <see cref="For"/> returns for its history.</summary>
    /// <param name="recommender">The model.</param>
    /// <param name="histories">Users × items.</param>
    /// <param name="options">Length, filters and threads.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    public static RankedLists ForMany(IRecommender recommender, Csr histories, ListOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Count, 1, nameof(options.Count));
        var lists = new RankedLists(histories.RowCount, options.Count);
        ParallelRows.Run(histories.RowCount, 32, options.Degree,
            () => (Scores: new float[recommender.ItemCount], Mask: new ItemMask(recommender.ItemCount)),
            (scratch, from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    var history = histories.Row(row);
                    recommender.Score(history, scratch.Scores);
                    lists.Fill(row, scratch.Scores, MaskFor(history, options, scratch.Mask));
                }
            }, cancellationToken);
        return lists;
    }

    /// <summary>Why an item is on a list: the history items that add most to its score, largest first, positive parts only.</summary>
    public static ScoredItem[] Reasons(IExplainByHistory recommender, SparseRow history, int item, int count)
    {
        var contributions = new float[history.Count];
        recommender.Contributions(history, item, contributions);
        var items = history.Columns.ToArray();
        return [.. items.Zip(contributions, (i, c) => new ScoredItem(i, c)).Where(c => c.Score > 0).OrderByDescending(c => c.Score).ThenBy(c => c.Item).Take(count)];
    }

    /// <summary>The best of dense scores as a list.</summary>
    public static ScoredItem[] Best(ReadOnlySpan<float> scores, ItemMask? allowed, int count)
    {
        count = Math.Min(count, scores.Length);
        var items = new int[count];
        var best = new float[count];
        var found = TopK.Select(scores, allowed, items, best);
        return [.. items.Zip(best, (item, score) => new ScoredItem(item, score)).Take(found)];
    }

    internal static ItemMask? MaskFor(SparseRow history, ListOptions options, ItemMask scratch)
    {
        if (options.Candidates is Candidates.All) return options.Allowed;
        scratch.CopyFrom(options.Allowed);
        if (options.Candidates is Candidates.NewToUser) scratch.Exclude(history.Columns);
        else scratch.KeepOnly(history.Columns);
        return scratch;
    }

    internal static void CheckScores(IRecommender recommender, SparseRow history, Span<float> scores)
    {
        if (scores.Length != recommender.ItemCount)
            throw new ArgumentException($"The model knows {recommender.ItemCount} items; there is room for {scores.Length} scores.", nameof(scores));
        if (history.Count > 0 && (uint)history.Columns[^1] >= (uint)recommender.ItemCount)
            throw new ArgumentException($"The history names item {history.Columns[^1]}; the model knows {recommender.ItemCount} items.", nameof(history));
    }
}
