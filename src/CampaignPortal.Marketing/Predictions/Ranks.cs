using CampaignPortal.Learning.Metrics;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Ranks of scores: percentiles for pages, and measures of back-tests that are missing rather than 0 where nothing can be compared.</summary>
internal static class Ranks
{
    /// <summary>Share of the others that are lower, equal ones counted half, in 0 … 1.</summary>
    public static double[] Percentiles(ReadOnlySpan<double> values)
    {
        var ranks = RegressionMetrics.Ranks(values);
        for (var i = 0; i < ranks.Length; i++) ranks[i] = (ranks[i] - 0.5) / ranks.Length;
        return ranks;
    }

    /// <summary>Spearman's rank correlation; null where one side is constant.</summary>
    public static double? Correlation(double[] x, double[] y) =>
        x.Distinct().Count() > 1 && y.Distinct().Count() > 1 ? RegressionMetrics.Spearman(x, y) : null;

    /// <summary>Area under the ROC curve; null with one class only.</summary>
    public static double? Auc(double[] scores, bool[] labels) => labels.Distinct().Count() == 2
        ? BinaryMetrics.Auc(Array.ConvertAll(labels, yes => yes ? 1f : 0f), Array.ConvertAll(scores, s => (float)s))
        : null;
}
