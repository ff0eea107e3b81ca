using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>The difference of two rates with its z test.</summary>
/// <param name="Difference">Treatment minus control, with the Wald interval (unpooled standard error).</param>
/// <param name="Z">Difference over the standard error asked for.</param>
/// <param name="PValue">In [0, 1].</param>
public sealed record ProportionTestResult(Estimate Difference, double Z, double PValue);

/// <summary>The relative difference of two rates with three intervals.</summary>
/// <param name="Uplift">Treatment/control − 1.</param>
/// <param name="DeltaStandardError">First-order standard error of the ratio.</param>
/// <param name="Delta">Wald interval of the ratio.</param>
/// <param name="Fieller">Exact set of the ratio of normals; null where it is unbounded (g ≥ 1).</param>
/// <param name="FiellerG">z² var(control)/control².</param>
/// <param name="KatzLog">Interval on the log scale; null when a count is zero or full.</param>
public sealed record RelativeUplift(
    double Uplift, double DeltaStandardError, Estimate Delta, Estimate? Fieller, double FiellerG, Estimate? KatzLog);

/// <summary>Compares two rates.</summary>
public static class ProportionTest
{
    private const double SmallExpectedCount = 5;

    /// <summary>Two-proportion z test.</summary>
    /// <remarks>
    /// <paramref name="pooled"/> chooses the standard error of z only; the interval is always unpooled and two-sided, so that test and interval may disagree
    /// near the threshold. Below five expected in a cell the answer carries a warning: take <see cref="ContingencyTable.FisherExact"/>.
    /// </remarks>
    public static Outcome<ProportionTestResult> Compare(
        ProportionStatistic control, ProportionStatistic treatment, bool pooled = true,
        Alternative alternative = Alternative.TwoSided, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        if (ArmChecks.Worst(control.Problem, treatment.Problem) is { } problem) return problem;
        var all = control.Merge(treatment);
        if (all.Sum is 0) return Refusal.Insufficient(Reasons.NoConversions);
        if (all.Sum.Equals(all.Count)) return Refusal.Insufficient(Reasons.NoVariation);

        var difference = treatment.Mean - control.Mean;
        var unpooledError = Math.Sqrt(control.Variance / control.Count + treatment.Variance / treatment.Count);
        var error = pooled ? Math.Sqrt(all.Variance * (1 / control.Count + 1 / treatment.Count)) : unpooledError;
        if (error is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        var z = difference / error;
        var halfWidth = Normal.Standard.Quantile(1 - alpha / 2) * unpooledError;
        var result = new ProportionTestResult(
            new Estimate(difference, difference - halfWidth, difference + halfWidth, 1 - alpha), z, NormalPValue.Of(z, alternative));
        var smallest = Math.Min(control.Count, treatment.Count) * Math.Min(all.Mean, 1 - all.Mean);
        return smallest < SmallExpectedCount ? Outcome.Ok(result, WarningCodes.SmallExpectedCount) : result;
    }

    /// <summary>Relative difference of two rates.</summary>
    /// <remarks>Delta method; Fieller 1954 for the ratio of independent normals; Katz et al. 1978 for the logarithm of the ratio.</remarks>
    public static Outcome<RelativeUplift> Relative(ProportionStatistic control, ProportionStatistic treatment, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        if (ArmChecks.Worst(control.Problem, treatment.Problem) is { } problem) return problem;
        if (control.Sum is 0) return Refusal.Insufficient(Reasons.ZeroBaseline);

        double z = Normal.Standard.Quantile(1 - alpha / 2), c = control.Mean, ratio = treatment.Mean / c;
        double vc = control.Variance / control.Count, vt = treatment.Variance / treatment.Count;
        var standardError = Math.Sqrt(vt + ratio * ratio * vc) / c;
        var uplift = ratio - 1;
        Estimate Around(double lower, double upper) => new(uplift, lower, upper, 1 - alpha);
        var delta = Around(uplift - z * standardError, uplift + z * standardError);

        var g = z * z * vc / (c * c);
        Estimate? fieller = null;
        if (g < 1)
        {
            var halfWidth = z / c * Math.Sqrt(vt * (1 - g) + ratio * ratio * vc) / (1 - g);
            fieller = Around(ratio / (1 - g) - halfWidth - 1, ratio / (1 - g) + halfWidth - 1);
        }
        Estimate? katz = Katz(treatment, control, z) is { } limits ? Around(limits.Lower - 1, limits.Upper - 1) : null;
        var result = new RelativeUplift(uplift, standardError, delta, fieller, g, katz);
        return fieller is null ? Outcome.Ok(result, WarningCodes.FiellerUnbounded) : result;
    }

    /// <summary>Katz' limits of first/second; null when a count is zero or full.</summary>
    internal static (double Lower, double Upper)? Katz(ProportionStatistic first, ProportionStatistic second, double z)
    {
        if (first.Mean is 0 or 1 || second.Mean is 0 or 1) return null;
        var error = Math.Sqrt(1 / first.Sum - 1 / first.Count + 1 / second.Sum - 1 / second.Count);
        var ratio = first.Mean / second.Mean;
        return (ratio * Math.Exp(-z * error), ratio * Math.Exp(z * error));
    }
}

internal static class NormalPValue
{
    public static double Of(double z, Alternative alternative) => alternative switch
    {
        Alternative.TwoSided => 2 * Normal.Standard.Survival(Math.Abs(z)),
        Alternative.Greater => Normal.Standard.Survival(z),
        Alternative.Less => Normal.Standard.Cdf(z),
        _ => throw new ArgumentOutOfRangeException(nameof(alternative), alternative, "Unknown alternative."),
    };
}
