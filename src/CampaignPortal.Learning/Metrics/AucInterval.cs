using CampaignPortal.Statistics;

namespace CampaignPortal.Learning.Metrics;

/// <summary>Uncertainty of the area under the ROC curve.</summary>
public static class AucInterval
{
    /// <summary>AUC with DeLong's interval (DeLong, DeLong and Clarke-Pearson 1988; ranks as in Sun and Xu 2014).</summary>
    /// <remarks>The interval is symmetric on the logit scale, so it stays inside [0, 1]; with fewer than two rows of a class, or at exactly 0 or 1, it is [0, 1].</remarks>
    public static Estimate DeLong(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, double confidence = 0.95)
    {
        var auc = BinaryMetrics.Auc(labels, scores);
        var (variancePositive, varianceNegative, m, n) = Components(labels, scores, auc);
        var deviation = Math.Sqrt(variancePositive / m + varianceNegative / n);
        if (m < 2 || n < 2 || auc is <= 0 or >= 1) return new Estimate(auc, 0, 1, confidence);
        var z = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, 0.5 + confidence / 2);
        var (logit, half) = (Math.Log(auc / (1 - auc)), z * deviation / (auc * (1 - auc)));
        return new Estimate(auc, 1 / (1 + Math.Exp(-(logit - half))), 1 / (1 + Math.Exp(-(logit + half))), confidence);
    }

    /// <summary>Standard error of the AUC by DeLong's method.</summary>
    public static double StandardError(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores)
    {
        var (positive, negative, m, n) = Components(labels, scores, BinaryMetrics.Auc(labels, scores));
        return Math.Sqrt(positive / m + negative / n);
    }

    /// <summary>Difference of the AUCs of two models on the same rows, a − b, with DeLong's interval for correlated curves.</summary>
    /// <remarks>Placements of the same row under both models move together, which makes this interval much narrower than those of the two AUCs suggest.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a class has fewer than two rows.</exception>
    public static Estimate Difference(ReadOnlySpan<float> labels, ReadOnlySpan<float> a, ReadOnlySpan<float> b, double confidence = 0.95)
    {
        if (labels.Length != a.Length || labels.Length != b.Length) throw new ArgumentException($"There are {labels.Length} labels, {a.Length} scores of one model and {b.Length} of the other.", nameof(labels));
        var (positiveA, negativeA) = Placements(labels, a);
        var (positiveB, negativeB) = Placements(labels, b);
        if (positiveA.Length < 2 || negativeA.Length < 2) throw new ArgumentException("Each class needs two rows.", nameof(labels));
        var difference = positiveA.Average() - positiveB.Average();
        var variance = VarianceOfDifference(positiveA, positiveB) / positiveA.Length + VarianceOfDifference(negativeA, negativeB) / negativeA.Length;
        var half = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, 0.5 + confidence / 2) * Math.Sqrt(variance);
        return new Estimate(difference, difference - half, difference + half, confidence);
    }

    /// <summary>Share of the other class that each row beats, ties half, in the order of the rows: of positives, and of negatives.</summary>
    private static (double[] Positives, double[] Negatives) Placements(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores)
    {
        var (positives, negatives) = (new List<float>(), new List<float>());
        for (var i = 0; i < labels.Length; i++) (labels[i] == 1 ? positives : negatives).Add(scores[i]);
        var (lows, highs) = (negatives.Order().ToArray(), positives.Order().ToArray());
        return ([.. positives.Select(s => Below(lows, s))], [.. negatives.Select(s => 1 - Below(highs, s))]);
    }

    private static double Below(float[] sorted, float score)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < score) low = middle + 1;
            else high = middle;
        }
        var notAbove = low;
        high = sorted.Length;
        while (notAbove < high)
        {
            var middle = (notAbove + high) / 2;
            if (sorted[middle] <= score) notAbove = middle + 1;
            else high = middle;
        }
        return (low + notAbove) / 2.0 / sorted.Length;
    }

    private static double VarianceOfDifference(double[] a, double[] b)
    {
        var mean = a.Average() - b.Average();
        return a.Zip(b, (x, y) => (x - y - mean) * (x - y - mean)).Sum() / (a.Length - 1);
    }

    /// <summary>Variances of the placement values of positives and of negatives.</summary>
    private static (double Positive, double Negative, int M, int N) Components(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, double auc)
    {
        var (positives, negatives) = (new List<float>(), new List<float>());
        for (var i = 0; i < labels.Length; i++) (labels[i] == 1 ? positives : negatives).Add(scores[i]);
        positives.Sort();
        negatives.Sort();
        // Share of the other class below (for positives) or above (for negatives), ties half.
        double Spread(List<float> own, List<float> other, bool above)
        {
            double sum = 0;
            int below = 0, notAbove = 0;
            foreach (var score in own)
            {
                while (below < other.Count && other[below] < score) below++;
                while (notAbove < other.Count && other[notAbove] <= score) notAbove++;
                var placement = (below + notAbove) / 2.0 / other.Count;
                if (above) placement = 1 - placement;
                sum += (placement - auc) * (placement - auc);
            }
            return sum / Math.Max(1, own.Count - 1);
        }
        return (Spread(positives, negatives, above: false), Spread(negatives, positives, above: true), positives.Count, negatives.Count);
    }
}
