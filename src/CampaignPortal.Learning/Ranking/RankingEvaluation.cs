using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Neighbours;

namespace CampaignPortal.Learning.Ranking;

/// <summary>How good the lists of a model are: averages over users with something to find.</summary>
/// <param name="UserCount">Users judged.</param>
/// <param name="HitRate">Share of users with at least one relevant item on the list.</param>
/// <param name="Precision">Relevant items on the list / k.</param>
/// <param name="Recall">Relevant items on the list / min(k, relevant).</param>
/// <param name="Ndcg">Normalised discounted cumulative gain; the ideal list has min(k, relevant) hits.</param>
/// <param name="Coverage">Share of all items that are on at least one list.</param>
/// <param name="Novelty">Mean of −log₂(share of users who took the item) over all suggestions, in bits (Zhou et al. 2010); items nobody took are left out.</param>
public sealed record RankingQuality(int UserCount, double HitRate, double Precision, double Recall, double Ndcg, double Coverage, double Novelty);

/// <summary>Full-ranking evaluation: every item is a candidate, none is sampled.</summary>
public static class RankingEvaluation
{
    /// <summary>Judges lists of length k against what users took later.</summary>
    /// <param name="recommender">The model.</param>
    /// <param name="histories">Users × items known to the model.</param>
    /// <param name="truth">Users × items taken later; row by row the same users.</param>
    /// <param name="popularity">Users per item, for novelty.</param>
    /// <param name="options">k, candidates and filters. With <see cref="Candidates.NewToUser"/> only new items are relevant, with <see cref="Candidates.FromHistory"/> only known ones.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    /// <exception cref="ArgumentException">Histories and truth do not fit each other.</exception>
    public static RankingQuality Judge(IRecommender recommender, Csr histories, Csr truth, Popularity popularity, ListOptions options, CancellationToken cancellationToken = default)
    {
        if (histories.RowCount != truth.RowCount || histories.ColumnCount != truth.ColumnCount)
            throw new ArgumentException($"Histories are {histories.RowCount} × {histories.ColumnCount}, the truth is {truth.RowCount} × {truth.ColumnCount}.", nameof(truth));
        var relevant = new HashSet<int>[truth.RowCount];
        for (var row = 0; row < relevant.Length; row++) relevant[row] = Relevant(histories.Row(row), truth.Row(row), options.Candidates);
        var judged = Enumerable.Range(0, relevant.Length).Where(row => relevant[row].Count > 0).ToArray();
        var lists = Recommend.ForMany(recommender, histories.SelectRows(judged), options, cancellationToken);
        return Average(lists, [.. judged.Select(row => relevant[row])], options.Count, histories.ColumnCount, popularity);
    }

    /// <summary>Items of the later row that count as found, given what may be suggested.</summary>
    internal static HashSet<int> Relevant(SparseRow history, SparseRow later, Candidates candidates)
    {
        var relevant = new HashSet<int>();
        foreach (var item in later.Columns)
        {
            var known = history.Columns.BinarySearch(item) >= 0;
            if (candidates is Candidates.All || known == candidates is Candidates.FromHistory) relevant.Add(item);
        }
        return relevant;
    }

    private static RankingQuality Average(RankedLists lists, HashSet<int>[] relevant, int k, int itemCount, Popularity popularity)
    {
        double hitRate = 0, precision = 0, recall = 0, ndcg = 0, bits = 0;
        var suggested = new bool[itemCount];
        var suggestions = 0;
        for (var row = 0; row < relevant.Length; row++)
        {
            var list = lists.Items(row);
            hitRate += RankingMetrics.HitRate(list, relevant[row], k);
            precision += RankingMetrics.Precision(list, relevant[row], k);
            recall += RankingMetrics.Recall(list, relevant[row], k, capped: true);
            ndcg += RankingMetrics.Ndcg(list, relevant[row], k);
            foreach (var item in list)
            {
                suggested[item] = true;
                if (popularity.UserCounts[item] <= 0) continue;
                bits -= Math.Log2(popularity.UserCounts[item] / popularity.UserCount);
                suggestions++;
            }
        }
        var users = Math.Max(1, relevant.Length);
        return new RankingQuality(relevant.Length, hitRate / users, precision / users, recall / users, ndcg / users,
            itemCount == 0 ? 0 : (double)suggested.Count(s => s) / itemCount, bits / Math.Max(1, suggestions));
    }
}
