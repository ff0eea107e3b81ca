namespace CampaignPortal.Learning.Metrics;

/// <summary>Measures of uplift scores on a randomised test: rows are taken by descending score (stable), k is how many were taken.</summary>
public static class UpliftMetrics
{
    /// <summary>Qini curve (Radcliffe 2007): treated positives − control positives · treated / control among the first k; n + 1 points from 0.</summary>
    public static double[] QiniCurve(ReadOnlySpan<int> treated, ReadOnlySpan<double> outcome, ReadOnlySpan<double> score) =>
        Curve(treated, outcome, score, (t, c, yt, yc) => yt - (c > 0 ? yc * t / c : 0));

    /// <summary>Cumulative gain: (treated rate − control rate) · k among the first k, a rate without rows being 0; n + 1 points from 0.</summary>
    public static double[] CumulativeGain(ReadOnlySpan<int> treated, ReadOnlySpan<double> outcome, ReadOnlySpan<double> score) =>
        Curve(treated, outcome, score, (t, c, yt, yc) => ((t > 0 ? yt / t : 0) - (c > 0 ? yc / c : 0)) * (t + c));

    /// <summary>Trapezoid area under a curve over the share 0 to 1 of rows.</summary>
    public static double Area(ReadOnlySpan<double> curve)
    {
        double sum = 0;
        for (var i = 1; i < curve.Length; i++) sum += (curve[i - 1] + curve[i]) / 2;
        return sum / (curve.Length - 1);
    }

    /// <summary>Area under a curve minus that under the straight line to its end: what the order is worth over a random one.</summary>
    public static double AreaOverRandom(ReadOnlySpan<double> curve) => Area(curve) - curve[^1] / 2;

    private static double[] Curve(ReadOnlySpan<int> treated, ReadOnlySpan<double> outcome, ReadOnlySpan<double> score, Func<double, double, double, double, double> point)
    {
        if (treated.IsEmpty || treated.Length != outcome.Length || treated.Length != score.Length)
        {
            throw new ArgumentException($"Treatment, outcome and score must have one length above 0; they have {treated.Length}, {outcome.Length} and {score.Length}.", nameof(score));
        }
        var keys = score.ToArray();
        var order = Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]).ToArray();
        var curve = new double[order.Length + 1];
        double t = 0, c = 0, yt = 0, yc = 0;
        for (var k = 0; k < order.Length; k++)
        {
            if (treated[order[k]] == 1) (t, yt) = (t + 1, yt + outcome[order[k]]);
            else (c, yc) = (c + 1, yc + outcome[order[k]]);
            curve[k + 1] = point(t, c, yt, yc);
        }
        return curve;
    }
}
