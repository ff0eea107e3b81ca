namespace CampaignPortal.Statistics.Privacy;

/// <summary>What several answers cost together.</summary>
/// <param name="BasicEpsilon">k ε.</param>
/// <param name="BasicDelta">k δ.</param>
/// <param name="AdvancedEpsilon">ε √(2k ln(1/δ′)) + k ε (e^ε − 1).</param>
/// <param name="AdvancedDelta">k δ + δ′.</param>
public sealed record CompositionResult(double BasicEpsilon, double BasicDelta, double AdvancedEpsilon, double AdvancedDelta)
{
    /// <summary>The smaller ε.</summary>
    public double Best => Math.Min(BasicEpsilon, AdvancedEpsilon);
}

/// <summary>Zero-concentrated privacy as (ε, δ).</summary>
/// <param name="Epsilon">ρ + 2 √(ρ ln(1/δ)).</param>
/// <param name="GaussianSigma">Noise of unit sensitivity that costs ρ.</param>
public sealed record ConcentratedPrivacy(double Epsilon, double GaussianSigma);

/// <summary>Rényi privacy of repeated Gaussian noise as (ε, δ).</summary>
/// <param name="Rdp">Cost at each order.</param>
/// <param name="MironovEpsilon">Conversion of Mironov 2017.</param>
/// <param name="ImprovedEpsilon">Conversion of Canonne, Kamath and Steinke 2020, never below 0.</param>
/// <param name="OptimalOrder">Order of the improved conversion.</param>
public sealed record RenyiResult(double[] Rdp, double MironovEpsilon, double ImprovedEpsilon, double OptimalOrder);

/// <summary>Adds up privacy costs.</summary>
public static class PrivacyBudget
{
    /// <summary>Basic and advanced composition of equal mechanisms.</summary>
    /// <remarks>Dwork and Roth 2014, Theorems 3.16 and 3.20.</remarks>
    /// <param name="epsilon">Of each.</param>
    /// <param name="delta">Of each; may be 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="slackDelta">δ′ that the advanced bound adds.</param>
    public static Outcome<CompositionResult> Compose(double epsilon, double delta, int count, double slackDelta)
    {
        if ((PrivacyChecks.Epsilon(epsilon) ?? PrivacyChecks.Delta(slackDelta)) is { } problem) return problem;
        if (!(delta is >= 0 and < 1)) return Refusal.Invalid(Reasons.DeltaOutOfRange);
        if (count < 0) return Refusal.Invalid(Reasons.NegativeCount);
        var advanced = epsilon * Math.Sqrt(2 * count * Math.Log(1 / slackDelta)) + count * epsilon * Distributions.SpecialFunctions.ExpMinusOne(epsilon);
        return new CompositionResult(count * epsilon, count * delta, advanced, count * delta + slackDelta);
    }

    /// <summary>Zero-concentrated privacy ρ as ε at a δ.</summary>
    /// <remarks>Bun and Steinke 2016, Propositions 1.3 and 1.6.</remarks>
    public static Outcome<ConcentratedPrivacy> FromConcentrated(double rho, double delta)
    {
        if (PrivacyChecks.Delta(delta) is { } problem) return problem;
        if (!(rho > 0) || !double.IsFinite(rho)) return Refusal.Invalid(Reasons.EpsilonNotPositive);
        return new ConcentratedPrivacy(rho + 2 * Math.Sqrt(rho * Math.Log(1 / delta)), Math.Sqrt(1 / (2 * rho)));
    }

    /// <summary>Repeated Gaussian noise of unit sensitivity: order a costs a/(2σ²) each time.</summary>
    public static Outcome<RenyiResult> Renyi(double sigma, int count, double delta, ReadOnlySpan<double> orders)
    {
        if (PrivacyChecks.Delta(delta) is { } problem) return problem;
        if (!(sigma > 0) || !double.IsFinite(sigma)) return Refusal.Invalid(Reasons.NegativeValue);
        if (count < 0) return Refusal.Invalid(Reasons.NegativeCount);
        var rdp = new double[orders.Length];
        double mironov = double.PositiveInfinity, improved = double.PositiveInfinity, optimal = double.NaN;
        for (var k = 0; k < orders.Length; k++)
        {
            var a = orders[k];
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(a, 1, nameof(orders));
            rdp[k] = count * a / (2 * sigma * sigma);
            mironov = Math.Min(mironov, rdp[k] + Math.Log(1 / delta) / (a - 1));
            var candidate = rdp[k] + Distributions.SpecialFunctions.LogOnePlus(-1 / a) - Math.Log(delta * a) / (a - 1);
            if (candidate < improved) (improved, optimal) = (candidate, a);
        }
        if (orders.IsEmpty) return Refusal.Insufficient(Reasons.TooFewObservations);
        return new RenyiResult(rdp, mironov, Math.Max(0, improved), optimal);
    }
}
