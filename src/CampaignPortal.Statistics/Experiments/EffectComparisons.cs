using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>A normal test of a difference.</summary>
/// <param name="Difference">The difference with its interval.</param>
/// <param name="StandardError">Of the difference.</param>
/// <param name="Z">Difference over standard error.</param>
/// <param name="PValue">Two-sided.</param>
public sealed record NormalTestResult(Estimate Difference, double StandardError, double Z, double PValue)
{
    internal static NormalTestResult Of(double difference, double standardError, double alpha)
    {
        var halfWidth = Normal.Standard.Quantile(1 - alpha / 2) * standardError;
        var z = difference / standardError;
        return new NormalTestResult(
            new Estimate(difference, difference - halfWidth, difference + halfWidth, 1 - alpha), standardError, z,
            NormalPValue.Of(z, Alternative.TwoSided));
    }
}

/// <summary>Whether a guardrail is safe.</summary>
/// <param name="Z">Distance to the margin in standard errors.</param>
/// <param name="PValue">One-sided, of harm beyond the margin.</param>
/// <param name="Bound">One-sided confidence limit on the bad side.</param>
/// <param name="NonInferior">p below alpha.</param>
public sealed record NonInferiorityResult(double Z, double PValue, double Bound, bool NonInferior);

/// <summary>Units and sums of one stratum in one arm are a <see cref="MeanStatistic"/>; here several strata are compared.</summary>
public static class EffectComparisons
{
    /// <summary>Difference of two independent effects: two segments, or two experiments.</summary>
    public static Outcome<NormalTestResult> Interaction(
        double effectA, double standardErrorA, double effectB, double standardErrorB, double alpha = 0.05)
    {
        if ((ArmChecks.Alpha(alpha) ?? ArmChecks.Finite(effectA, standardErrorA, effectB, standardErrorB)) is { } problem) return problem;
        if (standardErrorA < 0 || standardErrorB < 0) return Refusal.Invalid(Reasons.NegativeValue);
        var standardError = Math.Sqrt(standardErrorA * standardErrorA + standardErrorB * standardErrorB);
        if (standardError is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        return NormalTestResult.Of(effectA - effectB, standardError, alpha);
    }

    /// <summary>Whether harm beyond a margin can be excluded.</summary>
    /// <param name="difference">Treatment minus control.</param>
    /// <param name="standardError">Of the difference.</param>
    /// <param name="margin">Harm that is still accepted, zero or more.</param>
    /// <param name="higherIsBetter">Direction of the metric.</param>
    /// <param name="alpha">One-sided.</param>
    public static Outcome<NonInferiorityResult> NonInferiority(
        double difference, double standardError, double margin, bool higherIsBetter, double alpha = 0.05)
    {
        if ((ArmChecks.Alpha(alpha) ?? ArmChecks.Finite(difference, standardError, margin)) is { } problem) return problem;
        if (margin < 0 || standardError < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (standardError is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        var z = (higherIsBetter ? difference + margin : margin - difference) / standardError;
        var halfWidth = Normal.Standard.Quantile(1 - alpha) * standardError;
        var p = Normal.Standard.Survival(z);
        return new NonInferiorityResult(z, p, higherIsBetter ? difference - halfWidth : difference + halfWidth, p < alpha);
    }

    /// <summary>Difference of the means with each stratum weighted by its share of both arms.</summary>
    /// <remarks>Miratrix, Sekhon and Yu 2013, conditional variance. Both lists hold the strata in the same order.</remarks>
    public static Outcome<NormalTestResult> PostStratified(
        IReadOnlyList<MeanStatistic> control, IReadOnlyList<MeanStatistic> treatment, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        if (control.Count != treatment.Count) return Refusal.Invalid(Reasons.LengthMismatch);
        if (control.Count is 0) return Refusal.Insufficient(Reasons.EmptyArm);
        Refusal? worst = null;
        foreach (var stratum in control.Concat(treatment)) worst = ArmChecks.Worst(worst, stratum.Problem);
        if (worst is { } problem) return problem;

        var total = control.Concat(treatment).Sum(s => s.Count);
        double difference = 0, variance = 0;
        foreach (var (c, t) in control.Zip(treatment))
        {
            var weight = (c.Count + t.Count) / total;
            difference += weight * (t.Mean - c.Mean);
            variance += weight * weight * (t.Variance / t.Count + c.Variance / c.Count);
        }
        if (variance is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        return NormalTestResult.Of(difference, Math.Sqrt(variance), alpha);
    }
}
