using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>Units per arm to find a difference of two rates.</summary>
/// <param name="PooledPerArm">Variance under no effect from the mean rate, under the effect from both rates.</param>
/// <param name="UnpooledPerArm">Variance under the effect in both places.</param>
/// <param name="ArcsineH">Cohen's h: 2 asin √p₂ − 2 asin √p₁.</param>
/// <param name="ArcsinePerArm">From h.</param>
public sealed record ProportionSampleSize(double PooledPerArm, double UnpooledPerArm, double ArcsineH, double ArcsinePerArm)
{
    /// <summary>The pooled size in whole units.</summary>
    public double PooledPerArmCeiling => Math.Ceiling(PooledPerArm);
}

/// <summary>Units per arm to find a difference of two means.</summary>
/// <param name="NoncentralTPerArm">By the noncentral t distribution.</param>
/// <param name="NormalPerArm">By the normal approximation.</param>
public sealed record MeanSampleSize(double NoncentralTPerArm, double NormalPerArm);

/// <summary>The smallest effect that a test of given size finds.</summary>
/// <param name="TreatmentRate">Smallest rate above the baseline that reaches the power.</param>
/// <param name="AbsoluteMde">Rate minus baseline.</param>
/// <param name="RelativeMde">The same over the baseline.</param>
public sealed record MinimumDetectableEffect(double TreatmentRate, double AbsoluteMde, double RelativeMde);

/// <summary>Units of arms of unequal size.</summary>
public sealed record UnequalSampleSize(double Control, double Treatment);

/// <summary>Sizes, power and smallest effects of planned tests. The rejection in the wrong tail is neglected, as R's power functions do.</summary>
public static class PowerAnalysis
{
    /// <summary>Units per arm to tell two rates apart.</summary>
    /// <remarks>Fleiss, Levin and Paik 2003, chapter 4; Cohen 1988 for the arcsine form.</remarks>
    public static Outcome<ProportionSampleSize> ForProportions(
        double baseline, double treatment, double alpha = 0.05, double power = 0.8, Alternative alternative = Alternative.TwoSided)
    {
        if ((Check(alpha, power) ?? Rates(baseline, treatment)) is { } problem) return problem;
        if (baseline.Equals(treatment)) return Refusal.Invalid(Reasons.ZeroEffect);
        double za = ZAlpha(alpha, alternative), zb = Normal.Standard.Quantile(power), difference = treatment - baseline;
        double underEffect = Bernoulli(baseline) + Bernoulli(treatment), underNone = 2 * Bernoulli((baseline + treatment) / 2);
        var pooled = Square((za * Math.Sqrt(underNone) + zb * Math.Sqrt(underEffect)) / difference);
        var unpooled = Square((za + zb) / difference) * underEffect;
        var h = 2 * Math.Asin(Math.Sqrt(treatment)) - 2 * Math.Asin(Math.Sqrt(baseline));
        return new ProportionSampleSize(pooled, unpooled, h, 2 * Square((za + zb) / h));
    }

    /// <summary>Power of a test of two rates with <paramref name="perArm"/> units in each arm.</summary>
    public static Outcome<double> OfProportions(
        double perArm, double baseline, double treatment, double alpha = 0.05, Alternative alternative = Alternative.TwoSided)
    {
        if ((Check(alpha, 0.5) ?? Rates(baseline, treatment)) is { } problem) return problem;
        if (!(perArm > 0)) return Refusal.Invalid(Reasons.NegativeCount);
        return Power(perArm, baseline, treatment, ZAlpha(alpha, alternative));
    }

    /// <summary>The smallest treatment rate above the baseline that a two-sided test finds with the power.</summary>
    public static Outcome<MinimumDetectableEffect> SmallestEffect(double perArm, double baseline, double alpha = 0.05, double power = 0.8)
    {
        if ((Check(alpha, power) ?? Rates(baseline, baseline)) is { } problem) return problem;
        if (!(perArm > 0)) return Refusal.Invalid(Reasons.NegativeCount);
        var za = ZAlpha(alpha, Alternative.TwoSided);
        double Missing(double rate) => Power(perArm, baseline, rate, za) - power;
        var highest = 1 - 1e-12;
        if (Missing(highest) < 0) return Refusal.Insufficient(Reasons.TooFewObservations);
        var found = Roots.Brent(Missing, baseline, highest);
        return new MinimumDetectableEffect(found, found - baseline, (found - baseline) / baseline);
    }

    /// <summary>Units per arm to tell two means apart.</summary>
    /// <param name="difference">Of the means.</param>
    /// <param name="standardDeviation">Of one unit, in both arms.</param>
    /// <param name="alpha">Error probability.</param>
    /// <param name="power">Probability to find the difference.</param>
    /// <param name="alternative">One- or two-sided test.</param>
    public static Outcome<MeanSampleSize> ForMeans(
        double difference, double standardDeviation, double alpha = 0.05, double power = 0.8, Alternative alternative = Alternative.TwoSided)
    {
        if (Check(alpha, power) is { } problem) return problem;
        if (!double.IsFinite(difference) || !double.IsFinite(standardDeviation)) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (standardDeviation < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (standardDeviation is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        if (difference is 0) return Refusal.Invalid(Reasons.ZeroEffect);
        double d = Math.Abs(difference) / standardDeviation, tail = alternative is Alternative.TwoSided ? alpha / 2 : alpha;
        var normal = 2 * Square((ZAlpha(alpha, alternative) + Normal.Standard.Quantile(power)) / d);
        double Missing(double n)
        {
            var df = Math.Max(2 * (n - 1), 1);
            return new NoncentralT(df, d * Math.Sqrt(n / 2)).Survival(new StudentT(df).Quantile(1 - tail)) - power;
        }

        const double Smallest = 2;
        var exact = Missing(Smallest) >= 0 ? Smallest : Roots.Brent(Missing, Smallest, Roots.ExpandUpwards(Missing, Smallest, normal), 1e-10);
        return new MeanSampleSize(exact, normal);
    }

    /// <summary>Units of both arms when the treatment arm is <paramref name="ratio"/> times as large as the control arm (unpooled formula).</summary>
    public static Outcome<UnequalSampleSize> ForUnequalProportions(double baseline, double treatment, double ratio, double alpha = 0.05, double power = 0.8)
    {
        if ((Check(alpha, power) ?? Rates(baseline, treatment)) is { } problem) return problem;
        if (!(ratio > 0)) return Refusal.Invalid(Reasons.WeightsNotPositive);
        if (baseline.Equals(treatment)) return Refusal.Invalid(Reasons.ZeroEffect);
        var z = ZAlpha(alpha, Alternative.TwoSided) + Normal.Standard.Quantile(power);
        var control = Square(z / (treatment - baseline)) * (Bernoulli(baseline) + Bernoulli(treatment) / ratio);
        return new UnequalSampleSize(control, ratio * control);
    }

    /// <summary>How many times the present sample is needed in total, so that a two-sided z test (both tails) finds the effect with the power.</summary>
    public static Outcome<double> RemainingSampleFactor(double standardErrorNow, double targetEffect, double alpha = 0.05, double power = 0.8)
    {
        if (Check(alpha, power) is { } problem) return problem;
        if (!double.IsFinite(standardErrorNow) || !double.IsFinite(targetEffect)) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (standardErrorNow < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (standardErrorNow is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        if (targetEffect is 0) return Refusal.Invalid(Reasons.ZeroEffect);
        if (power <= alpha) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        var za = ZAlpha(alpha, Alternative.TwoSided);
        double Missing(double drift) => Normal.Standard.Cdf(drift - za) + Normal.Standard.Cdf(-drift - za) - power;
        var drift = Roots.Brent(Missing, 0, Roots.ExpandUpwards(Missing, 0, 1));
        return Square(drift * standardErrorNow / targetEffect);
    }

    /// <summary>Units per arm of the test part of a one-off send to a finite list that earns most in total (two arms).</summary>
    /// <remarks>Feit and Berman 2019, Test and roll: profit-maximizing A/B tests.</remarks>
    /// <param name="population">Size of the list.</param>
    /// <param name="responseStandardDeviation">Of one unit's response.</param>
    /// <param name="priorStandardDeviation">Of the arms' means, from earlier campaigns.</param>
    public static Outcome<double> TestAndRoll(double population, double responseStandardDeviation, double priorStandardDeviation)
    {
        if (!double.IsFinite(population) || !double.IsFinite(responseStandardDeviation) || !double.IsFinite(priorStandardDeviation))
            return Refusal.Invalid(Reasons.NonFiniteValue);
        if (population < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (responseStandardDeviation < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (priorStandardDeviation <= 0) return Refusal.Invalid(Reasons.PriorNotPositive);
        if (population is 0) return Refusal.Insufficient(Reasons.NoUnits);
        var r = Square(responseStandardDeviation / priorStandardDeviation);
        return Math.Sqrt(population * r / 4 + Square(0.75 * r)) - 0.75 * r;
    }

    private static double Power(double perArm, double baseline, double treatment, double za)
    {
        double underEffect = Bernoulli(baseline) + Bernoulli(treatment), underNone = 2 * Bernoulli((baseline + treatment) / 2);
        return Normal.Standard.Cdf((Math.Abs(treatment - baseline) * Math.Sqrt(perArm) - za * Math.Sqrt(underNone)) / Math.Sqrt(underEffect));
    }

    private static Refusal? Check(double alpha, double power) =>
        !(alpha is > 0 and < 1) ? Refusal.Invalid(Reasons.AlphaOutOfRange)
        : !(power is > 0 and < 1) ? Refusal.Invalid(Reasons.ProbabilityOutOfRange)
        : null;

    private static Refusal? Rates(double first, double second) =>
        first is > 0 and < 1 && second is > 0 and < 1 ? null : Refusal.Invalid(Reasons.ProbabilityOutOfRange);

    private static double ZAlpha(double alpha, Alternative alternative) =>
        Normal.Standard.Quantile(alternative is Alternative.TwoSided ? 1 - alpha / 2 : 1 - alpha);

    private static double Bernoulli(double p) => p * (1 - p);

    private static double Square(double x) => x * x;
}
