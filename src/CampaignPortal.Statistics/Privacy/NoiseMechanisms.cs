using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Privacy;

/// <summary>Laplace noise for pure differential privacy.</summary>
/// <param name="Scale">b = sensitivity/ε.</param>
public sealed record LaplaceNoise(double Scale)
{
    /// <summary>2b².</summary>
    public double Variance => 2 * Scale * Scale;

    /// <summary>|noise| stays below it with probability 0.95.</summary>
    public double Quantile95 => Scale * Math.Log(20);

    /// <summary>One draw. For published figures a snapped or discrete mechanism is needed against floating-point attacks (Mironov 2012).</summary>
    public double Sample(Rng rng)
    {
        var u = rng.NextDouble() - 0.5;
        return -Scale * Math.Sign(u) * SpecialFunctions.LogOnePlus(-2 * Math.Abs(u));
    }
}

/// <summary>Standard deviations of Gaussian noise for (ε, δ) privacy.</summary>
/// <param name="ClassicalSigma">Dwork and Roth 2014, Theorem A.1; null above ε = 1, where it guarantees nothing.</param>
/// <param name="AnalyticSigma">Exact (Balle and Wang 2018).</param>
public sealed record GaussianNoise(double? ClassicalSigma, double AnalyticSigma);

/// <summary>Scales of the sparse vector technique.</summary>
/// <param name="ThresholdScale">Laplace noise of the threshold, redrawn after each positive answer.</param>
/// <param name="QueryScale">Laplace noise of each query.</param>
public sealed record SparseVectorScales(double ThresholdScale, double QueryScale);

/// <summary>A share estimated from randomised answers.</summary>
/// <param name="TruthProbability">Probability of a true answer: e^ε/(1+e^ε).</param>
/// <param name="Estimate">Unbiased share; may leave [0, 1] in small samples.</param>
/// <param name="StandardError">Of the share.</param>
public sealed record RandomizedResponseResult(double TruthProbability, double Estimate, double StandardError);

/// <summary>How much noise makes a figure private.</summary>
public static class NoiseMechanisms
{
    /// <summary>Laplace mechanism.</summary>
    /// <remarks>Dwork, McSherry, Nissim and Smith 2006.</remarks>
    public static Outcome<LaplaceNoise> Laplace(double sensitivity, double epsilon)
    {
        if ((PrivacyChecks.Epsilon(epsilon) ?? PrivacyChecks.Sensitivity(sensitivity)) is { } problem) return problem;
        return new LaplaceNoise(sensitivity / epsilon);
    }

    /// <summary>Gaussian mechanism.</summary>
    public static Outcome<GaussianNoise> Gaussian(double sensitivity, double epsilon, double delta)
    {
        if ((PrivacyChecks.Epsilon(epsilon) ?? PrivacyChecks.Delta(delta) ?? PrivacyChecks.Sensitivity(sensitivity)) is { } problem) return problem;
        double? classical = epsilon <= 1 ? sensitivity * Math.Sqrt(2 * Math.Log(1.25 / delta)) / epsilon : null;
        if (sensitivity is 0) return new GaussianNoise(0, 0);
        // In ln σ of unit sensitivity: δ falls from 1 to 0 as σ grows.
        double Excess(double logSigma) => DeltaOf(Math.Exp(logSigma), epsilon) - delta;
        return new GaussianNoise(classical, sensitivity * Math.Exp(Roots.Brent(Excess, -30, 60, 1e-14)));
    }

    /// <summary>The exact ε of Gaussian noise.</summary>
    /// <remarks>Balle and Wang 2018, Theorem 8.</remarks>
    public static Outcome<double> GaussianEpsilon(double sigma, double sensitivity, double delta)
    {
        if ((PrivacyChecks.Delta(delta) ?? PrivacyChecks.Sensitivity(sensitivity)) is { } problem) return problem;
        if (!(sigma > 0) || !double.IsFinite(sigma)) return Refusal.Invalid(Reasons.NegativeValue);
        var relative = sigma / sensitivity;
        double Excess(double epsilon) => DeltaOf(relative, epsilon) - delta;
        if (sensitivity is 0 || Excess(0) <= 0) return 0.0;
        return Roots.Brent(Excess, 0, Roots.ExpandUpwards(Excess, 0, 1), 1e-14);
    }

    /// <summary>Scales that answer up to <paramref name="maxAnswers"/> positive threshold queries.</summary>
    /// <remarks>Dwork and Roth 2014, algorithm 2 with δ = 0.</remarks>
    public static Outcome<SparseVectorScales> SparseVector(double epsilon, int maxAnswers, double sensitivity = 1)
    {
        if ((PrivacyChecks.Epsilon(epsilon) ?? PrivacyChecks.Sensitivity(sensitivity)) is { } problem) return problem;
        if (maxAnswers <= 0) return Refusal.Invalid(Reasons.NegativeCount);
        return new SparseVectorScales(2 * maxAnswers * sensitivity / epsilon, 4 * maxAnswers * sensitivity / epsilon);
    }

    /// <summary>The share behind answers that were true with a known probability only.</summary>
    /// <remarks>Warner 1965.</remarks>
    public static Outcome<RandomizedResponseResult> RandomizedResponse(double epsilon, double responses, double observedYes)
    {
        if (PrivacyChecks.Epsilon(epsilon) is { } problem) return problem;
        if (responses < 0 || observedYes < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (observedYes > responses) return Refusal.Invalid(Reasons.SuccessesExceedTrials);
        if (responses is 0) return Refusal.Insufficient(Reasons.NoUnits);
        double truth = 1 / (1 + Math.Exp(-epsilon)), share = observedYes / responses, contrast = 2 * truth - 1;
        return new RandomizedResponseResult(truth, (share - (1 - truth)) / contrast, Math.Sqrt(share * (1 - share) / responses) / contrast);
    }

    // δ(ε) of noise σ for unit sensitivity: Φ(1/(2σ) − εσ) − e^ε Φ(−1/(2σ) − εσ).
    private static double DeltaOf(double sigma, double epsilon)
    {
        var second = Normal.Standard.Cdf(-0.5 / sigma - epsilon * sigma);
        return Normal.Standard.Cdf(0.5 / sigma - epsilon * sigma) - (second is 0 ? 0 : Math.Exp(epsilon + Math.Log(second)));
    }
}

internal static class PrivacyChecks
{
    public static Refusal? Epsilon(double epsilon) => epsilon > 0 && double.IsFinite(epsilon) ? null : Refusal.Invalid(Reasons.EpsilonNotPositive);

    public static Refusal? Delta(double delta) => delta is > 0 and < 1 ? null : Refusal.Invalid(Reasons.DeltaOutOfRange);

    public static Refusal? Sensitivity(double sensitivity) =>
        !double.IsFinite(sensitivity) ? Refusal.Invalid(Reasons.NonFiniteValue)
        : sensitivity < 0 ? Refusal.Invalid(Reasons.NegativeValue)
        : null;
}
