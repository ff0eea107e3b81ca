namespace CampaignPortal.Marketing.Predictions;

/// <summary>Ranks of scores: percentiles for pages and rank correlation for back-tests.</summary>
internal static class Ranks
{
    /// <summary>Ranks from 1; equal values share the mean of their ranks.</summary>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort(values.ToArray(), order);
        var ranks = new double[values.Length];
        for (var from = 0; from < order.Length;)
        {
            var to = from + 1;
            while (to < order.Length && values[order[to]] == values[order[from]]) to++;
            for (var i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2.0;
            from = to;
        }
        return ranks;
    }

    /// <summary>Share of the others that are lower, equal ones counted half, in 0 … 1.</summary>
    public static double[] Percentiles(ReadOnlySpan<double> values)
    {
        var ranks = Of(values);
        for (var i = 0; i < ranks.Length; i++) ranks[i] = (ranks[i] - 0.5) / ranks.Length;
        return ranks;
    }

    /// <summary>Spearman's rank correlation; null where one side is constant.</summary>
    public static double? Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (a, b) = (Of(x), Of(y));
        var mean = (a.Length + 1) / 2.0;
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - mean) * (b[i] - mean);
            aa += (a[i] - mean) * (a[i] - mean);
            bb += (b[i] - mean) * (b[i] - mean);
        }
        return aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : null;
    }

    /// <summary>Area under the ROC curve as the Mann–Whitney statistic; null with one class only.</summary>
    public static double? Auc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var ranks = Of(scores);
        double positives = 0, sum = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            if (!labels[i]) continue;
            positives++;
            sum += ranks[i];
        }
        var negatives = ranks.Length - positives;
        return positives > 0 && negatives > 0 ? (sum - positives * (positives + 1) / 2) / (positives * negatives) : null;
    }
}
