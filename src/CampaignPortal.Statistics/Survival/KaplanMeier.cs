using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Survival;

/// <summary>A survival curve at its event times; limits that do not exist are null.</summary>
/// <param name="Time">Times with an event, ascending.</param>
/// <param name="AtRisk">Units under observation just before.</param>
/// <param name="Events">Events at that time.</param>
/// <param name="Survival">Share that survives the time.</param>
/// <param name="StandardError">Greenwood's, of the share.</param>
/// <param name="LowerLog">Lower limit on the log scale.</param>
/// <param name="UpperLog">Upper limit on the log scale, at most 1.</param>
/// <param name="LowerLogLog">Lower limit on the log(−log) scale.</param>
/// <param name="UpperLogLog">Upper limit on the log(−log) scale.</param>
/// <param name="Median">Smallest time with survival of at most one half; null when it is not reached.</param>
public sealed record SurvivalCurve(
    double[] Time, int[] AtRisk, int[] Events, double[] Survival, double?[] StandardError, double?[] LowerLog, double?[] UpperLog,
    double?[] LowerLogLog, double?[] UpperLogLog, double? Median);

/// <summary>The log-rank test of two groups.</summary>
/// <param name="ChiSquare">One degree of freedom.</param>
/// <param name="PValue">Upper tail.</param>
/// <param name="Observed">Events by group, groups in ascending order.</param>
/// <param name="Expected">Events expected without a difference.</param>
public sealed record LogRankResult(double ChiSquare, double PValue, double[] Observed, double[] Expected);

/// <summary>Survival without a model.</summary>
public static class KaplanMeier
{
    /// <summary>The product-limit curve; O(n log n).</summary>
    /// <remarks>Kaplan and Meier 1958; Greenwood 1926 for the variance.</remarks>
    /// <param name="time">Event or end of observation.</param>
    /// <param name="occurred">1 for an event, 0 for the end of observation.</param>
    /// <param name="alpha">Limits have confidence 1 − alpha.</param>
    public static Outcome<SurvivalCurve> Curve(ReadOnlySpan<double> time, ReadOnlySpan<double> occurred, double alpha = 0.05)
    {
        if ((ArmChecks.Alpha(alpha) ?? SurvivalData.Check(time, occurred)) is { } problem) return problem;
        var steps = SurvivalData.Steps(time.ToArray(), occurred.ToArray());
        var z = Normal.Standard.Quantile(1 - alpha / 2);
        double survival = 1, greenwood = 0;
        var n = steps.Length;
        var curve = new SurvivalCurve(
            new double[n], new int[n], new int[n], new double[n], new double?[n], new double?[n], new double?[n], new double?[n], new double?[n], null);
        for (var k = 0; k < n; k++)
        {
            var (at, risk, events) = steps[k];
            survival *= 1 - (double)events / risk;
            greenwood += (double)events / ((double)risk * (risk - events));
            (curve.Time[k], curve.AtRisk[k], curve.Events[k], curve.Survival[k]) = (at, risk, events, survival);
            if (survival is 0) continue; // nobody is left: the limits do not exist
            var error = Math.Sqrt(greenwood);
            var logLogError = error / Math.Abs(Math.Log(survival));
            curve.StandardError[k] = survival * error;
            curve.LowerLog[k] = survival * Math.Exp(-z * error);
            curve.UpperLog[k] = Math.Min(1, survival * Math.Exp(z * error));
            curve.LowerLogLog[k] = Math.Pow(survival, Math.Exp(z * logLogError));
            curve.UpperLogLog[k] = Math.Pow(survival, Math.Exp(-z * logLogError));
        }
        var median = Array.FindIndex(curve.Survival, s => s <= 0.5 + 1e-12);
        return curve with { Median = median < 0 ? null : curve.Time[median] };
    }

    /// <summary>Whether two groups differ; O(n log n).</summary>
    /// <remarks>Mantel 1966, hypergeometric variance.</remarks>
    /// <param name="time">Event or end of observation.</param>
    /// <param name="occurred">1 for an event.</param>
    /// <param name="group">Two different numbers.</param>
    public static Outcome<LogRankResult> LogRank(ReadOnlySpan<double> time, ReadOnlySpan<double> occurred, ReadOnlySpan<double> group)
    {
        if ((InputChecks.SameLength(time.Length, group.Length) ?? SurvivalData.Check(time, occurred) ?? ArmChecks.Finite(group)) is { } problem) return problem;
        double[] t = time.ToArray(), e = occurred.ToArray(), g = group.ToArray(), names = [.. g.Distinct().Order()];
        if (names.Length < 2) return Refusal.Insufficient(Reasons.SingleGroup);
        if (names.Length > 2) throw new ArgumentException($"The test compares two groups; found {names.Length}.", nameof(group));
        if (!e.Contains(1)) return Refusal.Insufficient(Reasons.NoEvents);
        var all = SurvivalData.Steps(t, e);
        int[] first = [.. Enumerable.Range(0, t.Length).Where(i => g[i].Equals(names[0]))];
        double expected = 0, variance = 0, total = all.Sum(s => s.Events), observed = first.Sum(i => e[i]);
        double[] firstTimes = [.. first.Select(i => t[i]).Order()];
        foreach (var (at, risk, events) in all)
        {
            double share = (double)firstTimes.Count(time0 => time0 >= at) / risk;
            expected += events * share;
            if (risk > 1) variance += events * share * (1 - share) * (risk - events) / (risk - 1);
        }
        if (variance is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        var chiSquare = (observed - expected) * (observed - expected) / variance;
        return new LogRankResult(chiSquare, new ChiSquare(1).Survival(chiSquare), [observed, total - observed], [expected, total - expected]);
    }
}

internal static class SurvivalData
{
    public static Refusal? Check(ReadOnlySpan<double> time, ReadOnlySpan<double> occurred) =>
        (InputChecks.SameLength(time.Length, occurred.Length) ?? InputChecks.NonNegative(time, Reasons.NegativeValue) ?? InputChecks.Binary(occurred))
        ?? (time.IsEmpty ? Refusal.Insufficient(Reasons.NoUnits) : null);

    /// <summary>Event times with the units at risk just before.</summary>
    public static (double Time, int AtRisk, int Events)[] Steps(double[] time, double[] occurred)
    {
        var steps = new List<(double, int, int)>();
        var risk = time.Length;
        foreach (var tied in Enumerable.Range(0, time.Length).GroupBy(i => time[i]).OrderBy(g => g.Key))
        {
            var events = (int)tied.Sum(i => occurred[i]);
            if (events > 0) steps.Add((tied.Key, risk, events));
            risk -= tied.Count();
        }
        return [.. steps];
    }
}
