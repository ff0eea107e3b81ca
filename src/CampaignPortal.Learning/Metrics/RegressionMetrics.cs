namespace CampaignPortal.Learning.Metrics;

/// <summary>Measures of predicted against actual numbers. Spans of one length, at least 1 (correlations: at least 2).</summary>
public static class RegressionMetrics
{
    /// <summary>Root of the mean squared error.</summary>
    public static double Rmse(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted) => Math.Sqrt(SquaredError(actual, predicted) / actual.Length);

    /// <summary>Mean absolute error.</summary>
    public static double Mae(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted) => AbsoluteErrors(actual, predicted).Average();

    /// <summary>Median absolute error.</summary>
    public static double MedianAbsoluteError(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        var errors = AbsoluteErrors(actual, predicted);
        Array.Sort(errors);
        return (errors[(errors.Length - 1) / 2] + errors[errors.Length / 2]) / 2;
    }

    /// <summary>1 − squared error / squared deviation from the mean; 0 where the actual values are constant and missed, 1 where they are hit.</summary>
    public static double R2(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        double mean = 0, total = 0;
        foreach (var v in actual) mean += v / actual.Length;
        foreach (var v in actual) total += (v - mean) * (v - mean);
        var error = SquaredError(actual, predicted);
        return total > 0 ? 1 - error / total : error == 0 ? 1 : 0;
    }

    /// <summary>Pearson correlation; 0 where one side is constant.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++) (mx, my) = (mx + x[i] / x.Length, my + y[i] / x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            var (a, b) = (x[i] - mx, y[i] - my);
            (xx, yy, xy) = (xx + a * a, yy + b * b, xy + a * b);
        }
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
    }

    /// <summary>Spearman correlation: Pearson's of average ranks.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>Kendall's τ-b, ties corrected. Cost: n².</summary>
    public static double KendallTauB(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        double score = 0, untiedX = 0, untiedY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = i + 1; j < x.Length; j++)
            {
                var (a, b) = (Math.Sign(x[i].CompareTo(x[j])), Math.Sign(y[i].CompareTo(y[j])));
                score += a * b;
                untiedX += a * a;
                untiedY += b * b;
            }
        }
        return untiedX > 0 && untiedY > 0 ? score / Math.Sqrt(untiedX * untiedY) : 0;
    }

    /// <summary>Gini of the actual values in order of prediction over their own Gini: 1 for the ideal order, 0 for a random one.</summary>
    /// <remarks>gini = mean of cumulative shares − (n + 1) / 2n, stable descending order.</remarks>
    public static double NormalisedGini(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        Check(actual, predicted);
        var ideal = Gini(actual.ToArray(), actual.ToArray());
        return ideal != 0 ? Gini(actual.ToArray(), predicted.ToArray()) / ideal : 0;
    }

    /// <summary>Ranks from 1, ties at their average.</summary>
    public static double[] Ranks(ReadOnlySpan<double> values)
    {
        var keys = values.ToArray();
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        var ranks = new double[keys.Length];
        for (var i = 0; i < keys.Length;)
        {
            var start = i;
            while (i < keys.Length && keys[i] == keys[start]) i++;
            for (var q = start; q < i; q++) ranks[order[q]] = (start + i + 1) / 2.0;
        }
        return ranks;
    }

    private static double Gini(double[] actual, double[] by)
    {
        var sorted = Enumerable.Range(0, actual.Length).OrderByDescending(i => by[i]).Select(i => actual[i]); // OrderBy is stable
        double total = actual.Sum(), cumulative = 0, area = 0;
        foreach (var v in sorted) area += (cumulative += v) / total;
        return area / actual.Length - (actual.Length + 1) / (2.0 * actual.Length);
    }

    private static double[] AbsoluteErrors(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        Check(actual, predicted);
        var errors = new double[actual.Length];
        for (var i = 0; i < errors.Length; i++) errors[i] = Math.Abs(actual[i] - predicted[i]);
        return errors;
    }

    private static double SquaredError(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted)
    {
        Check(actual, predicted);
        double sum = 0;
        for (var i = 0; i < actual.Length; i++) sum += (actual[i] - predicted[i]) * (actual[i] - predicted[i]);
        return sum;
    }

    private static void Check(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.IsEmpty || a.Length != b.Length) throw new ArgumentException($"Both spans must have one length above 0; they have {a.Length} and {b.Length}.", nameof(b));
    }
}
