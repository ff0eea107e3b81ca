using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>On which scale arms are compared.</summary>
public enum DifferenceKind
{
    /// <summary>treatment − control.</summary>
    Absolute,

    /// <summary>(treatment − control) / |control|.</summary>
    Relative,
}

/// <summary>What a one-sided question asks.</summary>
public enum Alternative
{
    /// <summary>Any difference.</summary>
    TwoSided,

    /// <summary>Treatment above control.</summary>
    Greater,

    /// <summary>Treatment below control.</summary>
    Less,
}

/// <summary>A comparison of two arms before any test: effect, standard error, degrees of freedom.</summary>
/// <remarks>Delta method for relative effects (Deng, Knoblich and Lu 2018); Satterthwaite's degrees of freedom on the two arm variances on either scale.</remarks>
/// <param name="Effect">On the scale asked for.</param>
/// <param name="StandardError">Of the effect.</param>
/// <param name="DegreesOfFreedom">Welch-Satterthwaite.</param>
/// <param name="UnitCount">Units of both arms.</param>
/// <param name="ControlMean">Unadjusted mean of the control arm.</param>
/// <param name="Theta">Coefficient of the covariate; null for metrics without one.</param>
public sealed record EffectMoments(double Effect, double StandardError, double DegreesOfFreedom, double UnitCount, double ControlMean, double? Theta = null)
{
    /// <summary>Compares two arms of the same kind of metric; covariates are used where the statistics hold them.</summary>
    /// <exception cref="ArgumentException">One arm has a covariate and the other none.</exception>
    public static Outcome<EffectMoments> Of(IArmStatistic control, IArmStatistic treatment, DifferenceKind difference)
    {
        if (ArmChecks.Worst(control.Problem, treatment.Problem) is { } problem) return problem;
        if (difference is DifferenceKind.Relative && control.Mean is 0) return Refusal.Insufficient(Reasons.ZeroBaseline);
        return (control, treatment) switch
        {
            (CupedStatistic c, CupedStatistic t) => OfCuped(c, t, difference),
            (CupedRatioStatistic c, CupedRatioStatistic t) => CupedRatio.Compare(c, t, difference),
            (CupedStatistic or CupedRatioStatistic, _) or (_, CupedStatistic or CupedRatioStatistic) =>
                throw new ArgumentException("Both arms need a covariate, or none.", nameof(treatment)),
            _ => Plain(control, treatment, difference),
        };
    }

    /// <summary>Comparison without a covariate.</summary>
    internal static Outcome<EffectMoments> Plain(IArmStatistic control, IArmStatistic treatment, DifferenceKind difference)
    {
        double vc = control.Variance / control.Count, vt = treatment.Variance / treatment.Count;
        if (vc + vt is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        double mc = control.Mean, mt = treatment.Mean;
        var (effect, variance) = difference is DifferenceKind.Absolute
            ? (mt - mc, vt + vc)
            : ((mt - mc) / Math.Abs(mc), vt / (mc * mc) + vc * mt * mt / (mc * mc * mc * mc));
        return new EffectMoments(effect, Math.Sqrt(variance), Satterthwaite(vc, control.Count, vt, treatment.Count), control.Count + treatment.Count, mc);
    }

    /// <summary>Degrees of freedom after Satterthwaite 1946, from variances of the two means.</summary>
    internal static double Satterthwaite(double v1, double n1, double v2, double n2) =>
        (v1 + v2) * (v1 + v2) / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1));

    private static Outcome<EffectMoments> OfCuped(CupedStatistic control, CupedStatistic treatment, DifferenceKind difference)
    {
        var pooled = control.Merge(treatment);
        var preVariance = pooled.Pre.Variance;
        // Rounding leaves a trace of variance in a constant covariate: 1e-14 of its square is none.
        if (preVariance <= 1e-14 * pooled.PreSumSquares / pooled.Count)
        {
            var plain = Plain(control, treatment, difference);
            return plain.IsOk ? Outcome.Ok(plain.Value with { Theta = 0 }, WarningCodes.CovariateNoVariance) : plain;
        }
        var theta = pooled.Covariance / preVariance;
        double vc = control.AdjustedVariance(theta) / control.Count, vt = treatment.AdjustedVariance(theta) / treatment.Count;
        if (vc + vt is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        double baseline = Math.Abs(control.Mean), effect = treatment.Mean - theta * treatment.Pre.Mean - (control.Mean - theta * control.Pre.Mean);
        var variance = vc + vt;
        if (difference is DifferenceKind.Relative)
        {
            effect /= baseline;
            variance = (vt + control.AdjustedVariance(theta, treatment.Mean / control.Mean) / control.Count) / (baseline * baseline);
        }
        return new EffectMoments(
            effect, Math.Sqrt(variance), Satterthwaite(vc, control.Count, vt, treatment.Count), pooled.Count, control.Mean, theta);
    }
}
