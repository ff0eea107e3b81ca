namespace CampaignPortal.Learning.Metrics;

/// <summary>Measures of ordered lists of recommended items against sets of relevant ones. Per-list values; a report averages them over users.</summary>
public static class RankingMetrics
{
    /// <summary>1 when one of the first k items is relevant, else 0.</summary>
    public static double HitRate(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k) => Hits(recommended, relevant, k) > 0 ? 1 : 0;

    /// <summary>Relevant items among the first k, divided by k (also where the list is shorter).</summary>
    public static double Precision(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k) => (double)Hits(recommended, relevant, k) / k;

    /// <summary>Relevant items among the first k, divided by the number of relevant items, or by min(k, that number) when <paramref name="capped"/>.</summary>
    public static double Recall(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k, bool capped = false)
    {
        var total = capped ? Math.Min(k, relevant.Count) : relevant.Count;
        return total > 0 ? (double)Hits(recommended, relevant, k) / total : 0;
    }

    /// <summary>Normalised discounted cumulative gain with binary relevance: Σ 1/log₂(rank + 1) over the ideal list of min(k, relevant) hits.</summary>
    public static double Ndcg(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k)
    {
        double gain = 0, ideal = 0;
        for (var i = 0; i < Math.Min(k, recommended.Length); i++)
        {
            if (relevant.Contains(recommended[i])) gain += 1 / Math.Log2(i + 2);
        }
        for (var i = 0; i < Math.Min(k, relevant.Count); i++) ideal += 1 / Math.Log2(i + 2);
        return ideal > 0 ? gain / ideal : 0;
    }

    /// <summary>1 / rank of the first relevant item among the first k, else 0.</summary>
    public static double ReciprocalRank(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k)
    {
        for (var i = 0; i < Math.Min(k, recommended.Length); i++)
        {
            if (relevant.Contains(recommended[i])) return 1.0 / (i + 1);
        }
        return 0;
    }

    /// <summary>Average precision at k: mean of the precision at each hit over min(k, relevant).</summary>
    public static double AveragePrecision(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k)
    {
        double sum = 0;
        var hits = 0;
        for (var i = 0; i < Math.Min(k, recommended.Length); i++)
        {
            if (relevant.Contains(recommended[i])) sum += (double)++hits / (i + 1);
        }
        var most = Math.Min(k, relevant.Count);
        return most > 0 ? sum / most : 0;
    }

    /// <summary>Share of the catalogue that occurs among the first k items of any list.</summary>
    public static double Coverage(IEnumerable<IReadOnlyList<int>> lists, int itemCount, int k) => (double)lists.SelectMany(l => l.Take(k)).Distinct().Count() / itemCount;

    /// <summary>Place, from 0, of the first score among all: how many others are greater, or with <paramref name="tiesCountAgainst"/> not smaller.</summary>
    public static int PlaceOfFirst(ReadOnlySpan<double> scores, bool tiesCountAgainst)
    {
        var place = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[0] || (tiesCountAgainst && scores[i] == scores[0])) place++;
        }
        return place;
    }

    /// <summary>NDCG with linear gains and log₂ discount; items of equal score share the mean gain of their places.</summary>
    /// <param name="gains">Gain of each item, not negative.</param>
    /// <param name="scores">Score of each item.</param>
    /// <param name="k">Length of the list; null for all.</param>
    public static double GradedNdcg(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, int? k = null)
    {
        if (gains.Length != scores.Length) throw new ArgumentException($"Gains and scores must have the same length; they have {gains.Length} and {scores.Length}.", nameof(scores));
        var ideal = Dcg(gains.ToArray(), gains.ToArray(), k ?? gains.Length);
        return ideal > 0 ? Dcg(gains.ToArray(), scores.ToArray(), k ?? gains.Length) / ideal : 0;
    }

    private static double Dcg(double[] gains, double[] scores, int k)
    {
        var order = Enumerable.Range(0, gains.Length).OrderByDescending(i => scores[i]).ToArray();
        double sum = 0;
        for (var i = 0; i < order.Length;)
        {
            var start = i;
            double gain = 0, discount = 0;
            for (; i < order.Length && scores[order[i]] == scores[order[start]]; i++)
            {
                gain += gains[order[i]];
                if (i < k) discount += 1 / Math.Log2(i + 2);
            }
            sum += gain / (i - start) * discount;
        }
        return sum;
    }

    private static int Hits(ReadOnlySpan<int> recommended, IReadOnlySet<int> relevant, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var hits = 0;
        for (var i = 0; i < Math.Min(k, recommended.Length); i++) hits += relevant.Contains(recommended[i]) ? 1 : 0;
        return hits;
    }
}
