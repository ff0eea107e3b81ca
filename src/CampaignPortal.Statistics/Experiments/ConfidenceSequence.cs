using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>A comparison that may be looked at as often as one likes.</summary>
/// <param name="Effect">Effect with its always-valid interval.</param>
/// <param name="PValue">Always valid; keep the running minimum.</param>
/// <param name="StandardError">Of the effect at this look.</param>
/// <param name="Rho">Tuning of the boundary.</param>
public sealed record SequentialResult(Estimate Effect, double PValue, double StandardError, double Rho);

/// <summary>Asymptotic confidence sequences: the default engine of experiments.</summary>
/// <remarks>
/// Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024.
/// Decide on the absolute scale and only after the minimum counts of the product: the delta variance of relative effects is poor with few conversions.
/// </remarks>
public static class ConfidenceSequence
{
    /// <summary>Two-sided comparison.</summary>
    /// <param name="control">The arm compared with.</param>
    /// <param name="treatment">The arm asked about.</param>
    /// <param name="difference">Scale of the effect.</param>
    /// <param name="tuningSampleSize">Total units of both arms at which the sequence is tightest; fixed at launch.</param>
    /// <param name="alpha">Error probability over all looks together.</param>
    public static Outcome<SequentialResult> Compare(
        IArmStatistic control, IArmStatistic treatment, DifferenceKind difference, double tuningSampleSize, double alpha = 0.05)
    {
        if (Check(alpha, tuningSampleSize) is { } problem) return problem;
        return EffectMoments.Of(control, treatment, difference).Select(m =>
        {
            var rho = Rho(alpha, tuningSampleSize);
            var scale = m.UnitCount * rho * rho + 1;
            var halfWidth = Width(m.StandardError * m.StandardError * m.UnitCount, m.UnitCount, rho, Math.Log(Math.Sqrt(scale) / alpha));
            var z = m.Effect / m.StandardError;
            var p = Math.Min(1, Math.Sqrt(scale) * Math.Exp(-rho * rho * m.UnitCount * z * z / (2 * scale)));
            return new SequentialResult(
                new Estimate(m.Effect, m.Effect - halfWidth, m.Effect + halfWidth, 1 - alpha), p, m.StandardError, rho);
        });
    }

    /// <summary>One-sided comparison: one end of the interval is infinite. The p-value is that of the same one-sided boundary.</summary>
    public static Outcome<SequentialResult> CompareOneSided(
        IArmStatistic control, IArmStatistic treatment, DifferenceKind difference, Alternative alternative, double tuningSampleSize, double alpha = 0.05)
    {
        if (alternative is Alternative.TwoSided) throw new ArgumentOutOfRangeException(nameof(alternative), alternative, "One side is needed.");
        if (Check(alpha, tuningSampleSize) is { } problem) return problem;
        return EffectMoments.Of(control, treatment, difference).Select(m =>
        {
            var rho = Rho(2 * alpha, tuningSampleSize);
            var scale = m.UnitCount * rho * rho + 1;
            var halfWidth = Width(m.StandardError * m.StandardError * m.UnitCount, m.UnitCount, rho, Math.Log(1 + Math.Sqrt(scale) / (2 * alpha)));
            var z = Math.Max(0, (alternative is Alternative.Greater ? 1 : -1) * m.Effect / m.StandardError);
            // The alpha at which the boundary passes through the estimate.
            var excess = Distributions.SpecialFunctions.ExpMinusOne(rho * rho * m.UnitCount * z * z / (2 * scale));
            var p = excess > 0 ? Math.Min(1, Math.Sqrt(scale) / (2 * excess)) : 1;
            var (lower, upper) = alternative is Alternative.Greater
                ? (m.Effect - halfWidth, double.PositiveInfinity)
                : (double.NegativeInfinity, m.Effect + halfWidth);
            return new SequentialResult(new Estimate(m.Effect, lower, upper, 1 - alpha), p, m.StandardError, rho);
        });
    }

    /// <summary>Half width of the two-sided sequence for a mean.</summary>
    /// <param name="variance">Of one observation.</param>
    /// <param name="count">Observations so far.</param>
    /// <param name="tuningSampleSize">Where the sequence is tightest.</param>
    /// <param name="alpha">Error probability over all looks together.</param>
    /// <returns>ρ and the half width.</returns>
    public static Outcome<(double Rho, double HalfWidth)> HalfWidth(double variance, double count, double tuningSampleSize, double alpha = 0.05)
    {
        if (Check(alpha, tuningSampleSize) is { } problem) return problem;
        if (!double.IsFinite(variance) || !double.IsFinite(count)) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (variance < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (count < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        var rho = Rho(alpha, tuningSampleSize);
        return (rho, Width(variance, count, rho, Math.Log(Math.Sqrt(count * rho * rho + 1) / alpha)));
    }

    private static double Width(double variance, double n, double rho, double logTerm)
    {
        var scaled = n * rho;
        return Math.Sqrt(variance) * Math.Sqrt(2 * (n * rho * rho + 1) * logTerm / (scaled * scaled));
    }

    // Equation 25 of the paper: the ρ that makes the boundary tightest at the tuning size.
    private static double Rho(double alpha, double tuningSampleSize)
    {
        var k = -2 * Math.Log(alpha);
        return Math.Sqrt((k + Math.Log(1 + k)) / tuningSampleSize);
    }

    private static Refusal? Check(double alpha, double tuningSampleSize) =>
        ArmChecks.Alpha(alpha) ?? (tuningSampleSize > 0 && double.IsFinite(tuningSampleSize) ? null : Refusal.Invalid(Reasons.NegativeCount));
}
