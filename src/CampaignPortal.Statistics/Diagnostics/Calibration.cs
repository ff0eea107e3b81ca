using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Diagnostics;

/// <summary>How far predicted probabilities can be taken at their word.</summary>
/// <param name="ExpectedCalibrationError">Mean gap between predicted and observed share over equal-width bins, weighted by size.</param>
/// <param name="MaximumCalibrationError">Largest gap.</param>
/// <param name="Brier">Mean squared error.</param>
/// <param name="LogLoss">Mean negative log-likelihood, with probabilities kept 1e-15 away from 0 and 1.</param>
/// <param name="BrierSkill">1 − Brier over that of the base rate; null for a single class.</param>
/// <param name="HosmerLemeshow">Chi-square over groups of equal size; null where a group's prediction is exactly 0 or 1.</param>
/// <param name="DegreesOfFreedom">Groups − 2.</param>
/// <param name="PValue">Of the Hosmer-Lemeshow statistic; null without one, or without degrees of freedom.</param>
/// <param name="Auc">Area under the ROC curve; null for a single class.</param>
public sealed record CalibrationResult(
    double ExpectedCalibrationError, double MaximumCalibrationError, double Brier, double LogLoss, double? BrierSkill,
    double? HosmerLemeshow, int DegreesOfFreedom, double? PValue, double? Auc);

/// <summary>Calibration and discrimination of predicted probabilities.</summary>
public static class Calibration
{
    private const double LogLossMargin = 1e-15;

    /// <summary>All measures; O(n log n).</summary>
    /// <remarks>Brier 1950; Hosmer and Lemeshow 1980 on groups of equal size in stable order of the prediction; AUC by ranks, ties count ½.</remarks>
    /// <param name="actual">0 or 1.</param>
    /// <param name="predicted">Probabilities of 1.</param>
    /// <param name="binCount">Of the equal-width bins and of the groups.</param>
    public static Outcome<CalibrationResult> Of(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, int binCount = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(binCount);
        if ((InputChecks.SameLength(actual.Length, predicted.Length) ?? ArmChecks.Finite(predicted) ?? InputChecks.Binary(actual)
            ?? InputChecks.Probabilities(predicted)) is { } problem)
            return problem;
        if (actual.IsEmpty) return Refusal.Insufficient(Reasons.NoUnits);
        var n = actual.Length;
        double brier = 0, logLoss = 0, positives = 0;
        double[] counts = new double[binCount], sums = new double[binCount], hits = new double[binCount];
        for (var i = 0; i < n; i++)
        {
            double y = actual[i], p = predicted[i];
            brier += (p - y) * (p - y);
            var kept = Math.Clamp(p, LogLossMargin, 1 - LogLossMargin);
            logLoss -= y is 1 ? Math.Log(kept) : Math.Log(1 - kept);
            positives += y;
            var bin = Math.Min((int)(p * binCount), binCount - 1);
            counts[bin]++;
            sums[bin] += p;
            hits[bin] += y;
        }
        double expected = 0, maximum = 0;
        for (var b = 0; b < binCount; b++)
        {
            if (counts[b] is 0) continue;
            var gap = Math.Abs(sums[b] - hits[b]) / counts[b];
            expected += gap * counts[b] / n;
            maximum = Math.Max(maximum, gap);
        }
        var rate = positives / n;
        var single = rate is 0 or 1;
        var statistic = HosmerLemeshow(actual, predicted, binCount);
        var df = binCount - 2;
        double? p0 = statistic is { } chiSquare && df > 0 ? new ChiSquare(df).Survival(chiSquare) : null;
        var result = new CalibrationResult(
            expected, maximum, brier / n, logLoss / n, single ? null : 1 - brier / n / (rate * (1 - rate)), statistic, df, p0,
            single ? null : Auc(actual, predicted, positives));
        return single ? Outcome.Ok(result, WarningCodes.SingleClass) : result;
    }

    private static double Auc(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, double positives)
    {
        var ranks = Ranks.Average(predicted, out _);
        double sum = 0;
        for (var i = 0; i < ranks.Length; i++) sum += actual[i] * ranks[i];
        return (sum - positives * (positives + 1) / 2) / (positives * (ranks.Length - positives));
    }

    private static double? HosmerLemeshow(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, int groupCount)
    {
        double[] y = actual.ToArray(), p = predicted.ToArray();
        int[] order = [.. Enumerable.Range(0, p.Length).OrderBy(i => p[i])];
        double statistic = 0;
        foreach (var group in EvenSplit.Of(order.Length, groupCount))
        {
            double observed = 0, expected = 0, size = group.End.Value - group.Start.Value;
            if (size is 0) continue;
            foreach (var i in order[group])
            {
                observed += y[i];
                expected += p[i];
            }
            var variance = expected * (1 - expected / size);
            if (variance <= 0 && observed.Equals(expected)) continue;
            if (variance <= 0) return null;
            statistic += (observed - expected) * (observed - expected) / variance;
        }
        return statistic;
    }
}
