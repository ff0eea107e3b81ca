using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>A comparison of two arms with its interval and p-value.</summary>
/// <param name="Effect">Effect with its interval; a one-sided question leaves one end infinite.</param>
/// <param name="PValue">In [0, 1].</param>
/// <param name="StandardError">Of the effect.</param>
/// <param name="DegreesOfFreedom">Of the t distribution; infinite for a normal one.</param>
/// <param name="Theta">Coefficient of the covariate; null for metrics without one.</param>
public sealed record EffectResult(Estimate Effect, double PValue, double StandardError, double DegreesOfFreedom, double? Theta = null)
{
    /// <summary>Effect over standard error.</summary>
    public double T => Effect.Point / StandardError;
}

/// <summary>Compares two arms that may have unequal variances.</summary>
/// <remarks>Welch 1947; degrees of freedom after Satterthwaite 1946. O(1) from sufficient statistics.</remarks>
public static class WelchTest
{
    /// <summary>Effect of the treatment with interval and p-value; covariates are used where the statistics hold them.</summary>
    /// <param name="control">The arm compared with.</param>
    /// <param name="treatment">The arm asked about.</param>
    /// <param name="difference">Scale of the effect.</param>
    /// <param name="alternative">A one-sided question makes one end of the interval infinite.</param>
    /// <param name="alpha">Error probability in (0, 1); the interval has confidence 1 − alpha.</param>
    public static Outcome<EffectResult> Compare(
        IArmStatistic control, IArmStatistic treatment, DifferenceKind difference = DifferenceKind.Absolute,
        Alternative alternative = Alternative.TwoSided, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        var moments = EffectMoments.Of(control, treatment, difference);
        return moments.Select(m =>
        {
            var t = new StudentT(m.DegreesOfFreedom);
            var halfWidth = m.StandardError * t.Quantile(alternative is Alternative.TwoSided ? 1 - alpha / 2 : 1 - alpha);
            var lower = alternative is Alternative.Less ? double.NegativeInfinity : m.Effect - halfWidth;
            var upper = alternative is Alternative.Greater ? double.PositiveInfinity : m.Effect + halfWidth;
            return new EffectResult(
                new Estimate(m.Effect, lower, upper, 1 - alpha), PValue(t, m.Effect / m.StandardError, alternative),
                m.StandardError, m.DegreesOfFreedom, m.Theta);
        });
    }

    /// <summary>Difference of the means of two samples; the interval is two-sided whatever the alternative.</summary>
    public static Outcome<EffectResult> Compare(
        ReadOnlySpan<double> control, ReadOnlySpan<double> treatment, Alternative alternative = Alternative.TwoSided, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        Moments c = Moments.Of(control), t = Moments.Of(treatment);
        if (ArmChecks.Worst(c.Problem, t.Problem) is { } problem) return problem;
        double vc = c.Variance / c.Count, vt = t.Variance / t.Count;
        if (vc + vt is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        double difference = t.Mean - c.Mean, standardError = Math.Sqrt(vc + vt);
        var df = EffectMoments.Satterthwaite(vc, c.Count, vt, t.Count);
        var distribution = new StudentT(df);
        var halfWidth = standardError * distribution.Quantile(1 - alpha / 2);
        return new EffectResult(
            new Estimate(difference, difference - halfWidth, difference + halfWidth, 1 - alpha),
            PValue(distribution, difference / standardError, alternative), standardError, df);
    }

    private static double PValue(StudentT distribution, double t, Alternative alternative) => alternative switch
    {
        Alternative.TwoSided => distribution.TwoSided(t),
        Alternative.Greater => distribution.Survival(t),
        Alternative.Less => distribution.Cdf(t),
        _ => throw new ArgumentOutOfRangeException(nameof(alternative), alternative, "Unknown alternative."),
    };
}
