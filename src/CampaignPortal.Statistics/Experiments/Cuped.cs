using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>A comparison with a covariate beside the same comparison without.</summary>
/// <param name="Adjusted">With the covariate; its Theta is the coefficient.</param>
/// <param name="UnadjustedStandardError">Without the covariate.</param>
public sealed record CupedResult(EffectResult Adjusted, double UnadjustedStandardError)
{
    /// <summary>Share of the variance that the covariate removed.</summary>
    public double VarianceReduction => 1 - Adjusted.StandardError * Adjusted.StandardError / (UnadjustedStandardError * UnadjustedStandardError);
}

/// <summary>CUPED from raw values.</summary>
/// <param name="Effect">Difference of the adjusted means, with Welch's interval.</param>
/// <param name="Theta">Coefficient over all units.</param>
/// <param name="Correlation">Of metric and covariate over all units; null where one of them does not vary.</param>
public sealed record CupedSampleResult(EffectResult Effect, double Theta, double? Correlation);

/// <summary>Variance reduction with what was known before the exposure.</summary>
/// <remarks>Deng, Xu, Kohavi and Walker 2013. A covariate without variance leaves the plain comparison and a warning.</remarks>
public static class Cuped
{
    /// <summary>From sufficient statistics, on the scale asked for; both arms hold means or both hold ratios.</summary>
    public static Outcome<CupedResult> Compare(IArmStatistic control, IArmStatistic treatment, DifferenceKind difference, double alpha = 0.05)
    {
        var adjusted = WelchTest.Compare(control, treatment, difference, Alternative.TwoSided, alpha);
        if (!adjusted.IsOk) return adjusted.Refusal;
        var plain = EffectMoments.Plain(control, treatment, difference);
        return plain.IsOk ? adjusted.Select(a => new CupedResult(a, plain.Value.StandardError)) : plain.Refusal;
    }

    /// <summary>From values: θ over all units, then Welch's test on post − θ pre.</summary>
    public static Outcome<CupedSampleResult> Compare(
        ReadOnlySpan<double> controlPre, ReadOnlySpan<double> controlPost, ReadOnlySpan<double> treatmentPre, ReadOnlySpan<double> treatmentPost,
        double alpha = 0.05)
    {
        if (controlPre.Length != controlPost.Length || treatmentPre.Length != treatmentPost.Length) return Refusal.Invalid(Reasons.LengthMismatch);
        if ((ArmChecks.Finite(controlPre) ?? ArmChecks.Finite(controlPost) ?? ArmChecks.Finite(treatmentPre) ?? ArmChecks.Finite(treatmentPost)) is { } problem)
            return problem;
        if (controlPre.IsEmpty || treatmentPre.IsEmpty) return Refusal.Insufficient(Reasons.EmptyArm);
        double[] pre = [.. controlPre, .. treatmentPre], post = [.. controlPost, .. treatmentPost];
        Moments x = Moments.Of(pre), y = Moments.Of(post);
        var covariance = pre.Zip(post, (a, b) => (a - x.Mean) * (b - y.Mean)).Sum() / (pre.Length - 1);
        var theta = x.Variance > 0 ? covariance / x.Variance : 0;
        double? correlation = x.Variance > 0 && y.Variance > 0 ? covariance / Math.Sqrt(x.Variance * y.Variance) : null;
        var effect = WelchTest.Compare(Adjust(controlPre, controlPost, theta), Adjust(treatmentPre, treatmentPost, theta), Alternative.TwoSided, alpha);
        if (!effect.IsOk) return effect.Refusal;
        var result = new CupedSampleResult(effect.Value, theta, correlation);
        return x.Variance > 0 ? result : Outcome.Ok(result, WarningCodes.CovariateNoVariance);
    }

    private static double[] Adjust(ReadOnlySpan<double> pre, ReadOnlySpan<double> post, double theta)
    {
        var adjusted = post.ToArray();
        for (var i = 0; i < adjusted.Length; i++) adjusted[i] -= theta * pre[i];
        return adjusted;
    }
}
