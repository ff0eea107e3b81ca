namespace CampaignPortal.Learning.Metrics;

/// <summary>Measures of scores against binary labels. Labels are 0 or 1; weights may be empty for 1 each. Equal scores count as ties everywhere.</summary>
public static class BinaryMetrics
{
    /// <summary>Area under the ROC curve: the weighted share of (positive, negative) pairs in the right order, ties half.</summary>
    /// <exception cref="ArgumentException">Only one class occurs.</exception>
    public static double Auc(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights = default)
    {
        var (order, positive, negative) = Sorted(labels, scores, weights);
        RequireBoth(positive, negative);
        double right = 0, negativesAbove = 0;
        for (var i = 0; i < order.Length;)
        {
            double p = 0, n = 0;
            var tie = scores[order[i]];
            for (; i < order.Length && scores[order[i]] == tie; i++) AddTo(ref p, ref n, labels, weights, order[i]);
            right += p * (negative - negativesAbove - n + 0.5 * n);
            negativesAbove += n;
        }
        return right / (positive * negative);
    }

    /// <summary>Average precision: Σ (recall step) · precision over descending scores, the step form of the area under the precision-recall curve.</summary>
    public static double AveragePrecision(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights = default)
    {
        var (order, positive, negative) = Sorted(labels, scores, weights);
        RequireBoth(positive, negative);
        double p = 0, n = 0, area = 0;
        for (var i = 0; i < order.Length;)
        {
            var (before, tie) = (p, scores[order[i]]);
            for (; i < order.Length && scores[order[i]] == tie; i++) AddTo(ref p, ref n, labels, weights, order[i]);
            if (p > before) area += (p - before) / positive * (p / (p + n));
        }
        return area;
    }

    /// <summary>Mean of −ln(probability of the label), with probabilities kept 1e-15 away from 0 and 1.</summary>
    public static double LogLoss(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weights = default)
    {
        Check(labels, probabilities, weights);
        double sum = 0, total = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var p = Math.Clamp((double)probabilities[i], 1e-15, 1 - 1e-15);
            var w = WeightOf(weights, i);
            sum -= w * (labels[i] == 1 ? Math.Log(p) : Math.Log(1 - p));
            total += w;
        }
        return sum / total;
    }

    /// <summary>Mean squared difference of probability and label.</summary>
    public static double Brier(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weights = default)
    {
        Check(labels, probabilities, weights);
        double sum = 0, total = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var difference = (double)probabilities[i] - labels[i];
            var w = WeightOf(weights, i);
            sum += w * difference * difference;
            total += w;
        }
        return sum / total;
    }

    /// <summary>Largest gap between true and false positive rate over all thresholds (Kolmogorov-Smirnov of the two score distributions).</summary>
    public static double KolmogorovSmirnov(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights = default)
    {
        var (order, positive, negative) = Sorted(labels, scores, weights);
        RequireBoth(positive, negative);
        double p = 0, n = 0, gap = 0;
        for (var i = 0; i < order.Length;)
        {
            var tie = scores[order[i]];
            for (; i < order.Length && scores[order[i]] == tie; i++) AddTo(ref p, ref n, labels, weights, order[i]);
            gap = Math.Max(gap, Math.Abs(p / positive - n / negative));
        }
        return gap;
    }

    /// <summary>Weighted counts of decisions "score ≥ threshold".</summary>
    public static ConfusionCounts Confusion(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, double threshold = 0.5, ReadOnlySpan<float> weights = default)
    {
        Check(labels, scores, weights);
        double tp = 0, fp = 0, tn = 0, fn = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var w = WeightOf(weights, i);
            switch (scores[i] >= threshold, labels[i] == 1)
            {
                case (true, true): tp += w; break;
                case (true, false): fp += w; break;
                case (false, false): tn += w; break;
                case (false, true): fn += w; break;
            }
        }
        return new ConfusionCounts(tp, fp, tn, fn);
    }

    /// <summary>Positives among the ⌈share·n⌉ highest scores over the base rate; rows tied at the border count with their mean rate.</summary>
    public static double Lift(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, double share)
    {
        if (!(share is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share must lie in (0, 1].");
        var (order, positive, _) = Sorted(labels, scores, default);
        if (positive == 0) throw new ArgumentException("There is no positive label; lift has no base rate to compare with.", nameof(labels));
        var count = (int)Math.Ceiling(share * order.Length - 1e-9);
        double found = 0;
        for (var i = 0; i < count;)
        {
            double p = 0, n = 0;
            var (start, tie) = (i, scores[order[i]]);
            for (; i < order.Length && scores[order[i]] == tie; i++) AddTo(ref p, ref n, labels, default, order[i]);
            found += p * Math.Min(1.0, (double)(count - start) / (i - start));
        }
        return found / count / (positive / order.Length);
    }

    /// <summary>Cumulative gains: after the share x of rows with the highest scores, the share y of all positives found. Points from (0, 0) to (1, 1), one per distinct score.</summary>
    public static IReadOnlyList<(double RowShare, double PositiveShare)> GainsCurve(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights = default)
    {
        var (order, positive, negative) = Sorted(labels, scores, weights);
        if (positive == 0) throw new ArgumentException("There is no positive label; a gains curve needs one.", nameof(labels));
        var points = new List<(double, double)> { (0, 0) };
        double p = 0, n = 0;
        for (var i = 0; i < order.Length;)
        {
            var tie = scores[order[i]];
            for (; i < order.Length && scores[order[i]] == tie; i++) AddTo(ref p, ref n, labels, weights, order[i]);
            points.Add(((p + n) / (positive + negative), p / positive));
        }
        return points;
    }

    /// <summary>ROC curve: (false positive rate, true positive rate) from (0, 0) to (1, 1), one point per distinct score.</summary>
    public static IReadOnlyList<(double FalsePositiveRate, double TruePositiveRate)> RocCurve(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights = default)
    {
        var (order, positive, negative) = Sorted(labels, scores, weights);
        RequireBoth(positive, negative);
        var points = new List<(double, double)> { (0, 0) };
        double p = 0, n = 0;
        for (var i = 0; i < order.Length;)
        {
            var tie = scores[order[i]];
            for (; i < order.Length && scores[order[i]] == tie; i++) AddTo(ref p, ref n, labels, weights, order[i]);
            points.Add((n / negative, p / positive));
        }
        return points;
    }

    internal static double WeightOf(ReadOnlySpan<float> weights, int i) => weights.IsEmpty ? 1 : weights[i];

    internal static void Check(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights)
    {
        if (labels.IsEmpty || labels.Length != scores.Length || (!weights.IsEmpty && weights.Length != labels.Length))
        {
            throw new ArgumentException($"Labels, scores and weights must have one length above 0; they have {labels.Length}, {scores.Length} and {weights.Length}.", nameof(scores));
        }
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] is not (0 or 1)) throw new ArgumentException($"Labels must be 0 or 1; row {i} has {labels[i]}.", nameof(labels));
            if (float.IsNaN(scores[i])) throw new ArgumentException($"The score of row {i} is not a number.", nameof(scores));
        }
    }

    /// <summary>Indices by descending score, and the total weights of both classes.</summary>
    private static (int[] Order, double Positive, double Negative) Sorted(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights)
    {
        Check(labels, scores, weights);
        var keys = new float[scores.Length];
        var order = new int[scores.Length];
        double positive = 0, negative = 0;
        for (var i = 0; i < order.Length; i++)
        {
            (keys[i], order[i]) = (-scores[i], i);
            AddTo(ref positive, ref negative, labels, weights, i);
        }
        Array.Sort(keys, order);
        return (order, positive, negative);
    }

    private static void AddTo(ref double positive, ref double negative, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, int i)
    {
        if (labels[i] == 1) positive += WeightOf(weights, i);
        else negative += WeightOf(weights, i);
    }

    private static void RequireBoth(double positive, double negative)
    {
        if (positive > 0 && negative > 0) return;
        throw new ArgumentException($"All labels are {(positive > 0 ? 1 : 0)}; this measure needs both classes. Take a longer window or more rows.");
    }
}

/// <summary>Weighted counts of right and wrong decisions. Ratios without a denominator are 0.</summary>
/// <param name="TruePositives">Positives called positive.</param>
/// <param name="FalsePositives">Negatives called positive.</param>
/// <param name="TrueNegatives">Negatives called negative.</param>
/// <param name="FalseNegatives">Positives called negative.</param>
public sealed record ConfusionCounts(double TruePositives, double FalsePositives, double TrueNegatives, double FalseNegatives)
{
    /// <summary>Share of right decisions.</summary>
    public double Accuracy => Ratio(TruePositives + TrueNegatives, TruePositives + FalsePositives + TrueNegatives + FalseNegatives);

    /// <summary>Share of positives among those called positive.</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>Share of positives that were called positive.</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Ratio(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Matthews correlation coefficient.</summary>
    public double Matthews => Ratio(TruePositives * TrueNegatives - FalsePositives * FalseNegatives,
        Math.Sqrt((TruePositives + FalsePositives) * (TruePositives + FalseNegatives) * (TrueNegatives + FalsePositives) * (TrueNegatives + FalseNegatives)));

    private static double Ratio(double numerator, double denominator) => denominator > 0 ? numerator / denominator : 0;
}
