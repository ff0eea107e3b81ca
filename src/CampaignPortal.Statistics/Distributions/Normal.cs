using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Distributions;

/// <summary>The normal distribution.</summary>
public sealed class Normal
{
    private static readonly double Sqrt2 = Math.Sqrt(2);
    private static readonly double InverseSqrtTwoPi = 1 / Math.Sqrt(2 * Math.PI);

    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is not positive.</exception>
    public Normal(double mean, double standardDeviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(standardDeviation);
        (Mean, StandardDeviation) = (mean, standardDeviation);
    }

    /// <summary>Mean 0, standard deviation 1.</summary>
    public static Normal Standard { get; } = new(0, 1);

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation, positive.</summary>
    public double StandardDeviation { get; }

    /// <summary>Probability density at <paramref name="x"/>.</summary>
    public double Density(double x)
    {
        var z = (x - Mean) / StandardDeviation;
        return InverseSqrtTwoPi / StandardDeviation * Math.Exp(-0.5 * z * z);
    }

    /// <summary>P(X ≤ x), with full relative precision down to 1e-300.</summary>
    public double Cdf(double x) => 0.5 * MathNet.Numerics.SpecialFunctions.Erfc((Mean - x) / StandardDeviation / Sqrt2);

    /// <summary>P(X &gt; x), with full relative precision down to 1e-300.</summary>
    public double Survival(double x) => 0.5 * MathNet.Numerics.SpecialFunctions.Erfc((x - Mean) / StandardDeviation / Sqrt2);

    /// <summary>The x with P(X ≤ x) = <paramref name="probability"/>; infinite at 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1].</exception>
    public double Quantile(double probability)
    {
        ProbabilityGuard.Check(probability);
        return Mean - StandardDeviation * Sqrt2 * MathNet.Numerics.SpecialFunctions.ErfcInv(2 * probability);
    }

    /// <summary>One draw.</summary>
    public double Sample(Rng rng) => Mean + StandardDeviation * rng.NextNormal();
}
