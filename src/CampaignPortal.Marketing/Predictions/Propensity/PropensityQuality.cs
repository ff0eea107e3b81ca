using CampaignPortal.Learning.Metrics;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Distributions;
using CalibrationBin = CampaignPortal.Learning.Metrics.CalibrationBin;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>How good probabilities were on later rows; every figure with its 95 % interval.</summary>
/// <param name="TopTenthRate">Share of yes among the tenth ranked highest: "of the 10 % ranked highest 41 % bought".</param>
/// <param name="LiftAtTenth">The same against everybody's rate: "without the model 9 %".</param>
/// <param name="CalibrationError">Mean distance of promised and real rates over ten bins of equal size.</param>
public sealed record PropensityQuality(
    int RowCount, double PositiveRate, Estimate Auc, Estimate AveragePrecision, Estimate LogLoss, Estimate Brier,
    Estimate TopTenthRate, Estimate LiftAtTenth, double CalibrationError, IReadOnlyList<CalibrationBin> Curve)
{
    private const double Confidence = 0.95;

    public static PropensityQuality Of(float[] labels, double[] probabilities)
    {
        var scores = Array.ConvertAll(probabilities, p => (float)p);
        var count = labels.Length;
        var positives = labels.Sum(l => (double)l);
        var rate = positives / count;
        var curve = CalibrationMetrics.Curve(labels, scores);
        var top = Enumerable.Range(0, count).OrderByDescending(i => probabilities[i]).ThenBy(i => i).Take(Math.Max(1, count / 10)).ToArray();
        var topRate = Proportion(top.Sum(i => (double)labels[i]), top.Length);
        var precision = BinaryMetrics.AveragePrecision(labels, scores);
        return new PropensityQuality(
            count, rate, AucInterval.DeLong(labels, scores), Logit(precision, positives),
            Mean(labels.Zip(probabilities, (y, p) => -Math.Log(Math.Clamp(y == 1 ? p : 1 - p, 1e-12, 1)))),
            Mean(labels.Zip(probabilities, (y, p) => (y - p) * (y - p))),
            topRate, new Estimate(topRate.Point / rate, topRate.Lower / rate, topRate.Upper / rate, Confidence),
            curve.Sum(b => b.RowCount * Math.Abs(b.PositiveRate - b.MeanPredicted)) / count, curve);
    }

    private static double Z => Normal.Standard.Quantile(0.5 + Confidence / 2);

    private static Estimate Mean(IEnumerable<double> losses)
    {
        var values = losses.ToArray();
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Length - 1) / values.Length);
        return new Estimate(mean, mean - Z * error, mean + Z * error, Confidence);
    }

    /// <summary>Wilson's score interval (1927).</summary>
    internal static Estimate Proportion(double successes, double count)
    {
        double rate = successes / count, z2 = Z * Z;
        var centre = (rate + z2 / (2 * count)) / (1 + z2 / count);
        var half = Z / (1 + z2 / count) * Math.Sqrt(rate * (1 - rate) / count + z2 / (4 * count * count));
        return new Estimate(rate, Math.Max(0, centre - half), Math.Min(1, centre + half), Confidence);
    }

    /// <summary>Interval of an area under the precision-recall curve on the logit scale (Boyd, Eng and Page 2013).</summary>
    private static Estimate Logit(double area, double positives)
    {
        if (area is <= 0 or >= 1) return new Estimate(area, 0, 1, Confidence);
        double logit = Math.Log(area / (1 - area)), half = Z / Math.Sqrt(positives * area * (1 - area));
        return new Estimate(area, 1 / (1 + Math.Exp(-(logit - half))), 1 / (1 + Math.Exp(-(logit + half))), Confidence);
    }
}

/// <summary>Whether a new model may take the place of the live one.</summary>
public sealed record PromotionDecision(bool IsPromoted, string Reason)
{
    /// <summary>On the same rows the challenger's log-loss may be higher by the tolerance at most.</summary>
    public static PromotionDecision Of(double challengerLogLoss, double? liveLogLoss, double tolerance)
    {
        if (liveLogLoss is not { } live) return new PromotionDecision(true, "There is no live model yet.");
        var isBetter = challengerLogLoss <= live + tolerance;
        return new PromotionDecision(isBetter, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Log-loss {challengerLogLoss:0.0000} against {live:0.0000} of the live model on the same customers; {(isBetter ? "within" : "worse than")} the tolerance of {tolerance:0.000}."));
    }
}
