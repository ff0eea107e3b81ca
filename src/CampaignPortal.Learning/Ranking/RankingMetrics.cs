namespace CampaignPortal.Learning.Ranking;

/// <summary>Measures of one ranked list against the set of relevant items, and of graded or sampled rankings. Binary relevance unless said otherwise.</summary>
public static class RankingMetrics
{
    /// <summary>How many of the first <paramref name="k"/> are relevant.</summary>
    public static int Hits(ReadOnlySpan<int> list, IReadOnlySet<int> relevant, int k)
    {
        var hits = 0;
        foreach (var item in list[..Math.Min(k, list.Length)]) hits += relevant.Contains(item) ? 1 : 0;
        return hits;
    }

    /// <summary>Normalised discounted cumulative gain (Järvelin &amp; Kekäläinen 2002): Σ 1/log₂(rank + 1) over hits, divided by that of min(k, relevant) hits on top.</summary>
    public static double Ndcg(ReadOnlySpan<int> list, IReadOnlySet<int> relevant, int k)
    {
        if (relevant.Count == 0) return 0;
        double gain = 0, ideal = 0;
        for (var rank = 0; rank < Math.Min(k, list.Length); rank++)
        {
            if (relevant.Contains(list[rank])) gain += Discount(rank);
        }
        for (var rank = 0; rank < Math.Min(k, relevant.Count); rank++) ideal += Discount(rank);
        return gain / ideal;
    }

    /// <summary>1 / rank of the first relevant item of the first k, 0 without one.</summary>
    public static double ReciprocalRank(ReadOnlySpan<int> list, IReadOnlySet<int> relevant, int k)
    {
        for (var rank = 0; rank < Math.Min(k, list.Length); rank++)
        {
            if (relevant.Contains(list[rank])) return 1.0 / (rank + 1);
        }
        return 0;
    }

    /// <summary>Mean of the precision at every hit of the first k, divided by min(k, relevant).</summary>
    public static double AveragePrecision(ReadOnlySpan<int> list, IReadOnlySet<int> relevant, int k)
    {
        if (relevant.Count == 0) return 0;
        double sum = 0;
        var hits = 0;
        for (var rank = 0; rank < Math.Min(k, list.Length); rank++)
        {
            if (relevant.Contains(list[rank])) sum += (double)++hits / (rank + 1);
        }
        return sum / Math.Min(k, relevant.Count);
    }

    /// <summary>NDCG with linear gains instead of yes or no; equal scores keep the order of the items.</summary>
    /// <param name="gains">Gain of each item, not negative.</param>
    /// <param name="scores">Score of each item.</param>
    /// <param name="k">Length of the list.</param>
    public static double GradedNdcg(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int k)
    {
        var (all, byScore) = (gains.ToArray(), scores.ToArray());
        var ranked = Enumerable.Range(0, all.Length).OrderByDescending(i => byScore[i]).Select(i => all[i]);
        var ideal = Gain(all.OrderDescending());
        return ideal > 0 ? Gain(ranked) / ideal : 0;

        double Gain(IEnumerable<double> inOrder) => inOrder.Take(k).Select((gain, rank) => gain * Discount(rank)).Sum();
    }

    /// <summary>Rank, from 0, of a true item among sampled others: how many score higher, or at least as high when ties count against it.</summary>
    public static int RankAmong(float score, ReadOnlySpan<float> others, bool tiesAgainst)
    {
        var rank = 0;
        foreach (var other in others) rank += other > score || (tiesAgainst && other == score) ? 1 : 0;
        return rank;
    }

    /// <summary>1 / log₂(rank + 2) for a rank from 0.</summary>
    public static double Discount(int rank) => 1 / Math.Log2(rank + 2);
}
