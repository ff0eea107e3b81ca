using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>The comparison of ratio metrics with a ratio covariate, linearised by the delta method.</summary>
/// <remarks>Gradient of M/D − θ m/d with respect to the means M, D, m, d.</remarks>
internal static class CupedRatio
{
    public static Outcome<EffectMoments> Compare(CupedRatioStatistic control, CupedRatioStatistic treatment, DifferenceKind difference)
    {
        double[,] sc = control.Covariance(), st = treatment.Covariance();
        double[] unitC = Gradient(control, 1), unitT = Gradient(treatment, 1);
        var preVariance = Form(unitC, sc, unitC, 2, 2) + Form(unitT, st, unitT, 2, 2);
        if (preVariance <= 0)
        {
            var plain = EffectMoments.Plain(control, treatment, difference);
            return plain.IsOk ? Outcome.Ok(plain.Value with { Theta = 0 }, WarningCodes.CovariateNoVariance) : plain;
        }
        var theta = -(Form(unitC, sc, unitC, 2, 0) + Form(unitT, st, unitT, 2, 0)) / preVariance;
        double[] gc = Gradient(control, theta), gt = Gradient(treatment, theta);
        double vc = Form(gc, sc, gc) / control.Count, vt = Form(gt, st, gt) / treatment.Count;
        if (vc + vt <= 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        var effect = treatment.Mean - theta * treatment.Pre.Mean - (control.Mean - theta * control.Pre.Mean);
        var variance = vc + vt;
        if (difference is DifferenceKind.Relative)
        {
            var baseline = Math.Abs(control.Mean);
            var relativeGradient = RelativeControlGradient(control, gc, effect * Math.Sign(control.Mean), baseline);
            variance = vt / (baseline * baseline) + Form(relativeGradient, sc, relativeGradient) / control.Count;
            effect /= baseline;
        }
        var df = EffectMoments.Satterthwaite(vc, control.Count, vt, treatment.Count);
        return new EffectMoments(effect, Math.Sqrt(variance), df, control.Count + treatment.Count, control.Mean, theta);
    }

    private static double[] Gradient(CupedRatioStatistic arm, double theta)
    {
        double postD = arm.DenominatorPost.Mean, preD = arm.DenominatorPre.Mean;
        return [1 / postD, -arm.NumeratorPost.Mean / (postD * postD), -theta / preD, theta * arm.NumeratorPre.Mean / (preD * preD)];
    }

    private static double[] RelativeControlGradient(CupedRatioStatistic control, double[] gradient, double signedEffect, double baseline)
    {
        double m = control.NumeratorPost.Mean, d = control.DenominatorPost.Mean, total = baseline + signedEffect;
        return
        [
            -total / (d * baseline * baseline), m * total / (d * d * baseline * baseline), -gradient[2] / baseline, -gradient[3] / baseline,
        ];
    }

    // a' S b over all four entries, or over two of each from the given offsets.
    private static double Form(double[] a, double[,] s, double[] b, int fromA = 0, int fromB = 0, int length = 2)
    {
        double sum = 0;
        for (var i = fromA; i < fromA + length; i++)
            for (var j = fromB; j < fromB + length; j++)
                sum += a[i] * s[i, j] * b[j];
        return sum;
    }

    private static double Form(double[] a, double[,] s, double[] b) => Form(a, s, b, 0, 0, 4);
}
