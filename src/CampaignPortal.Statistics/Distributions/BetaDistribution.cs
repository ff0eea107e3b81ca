using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Distributions;

/// <summary>The beta distribution on [0, 1].</summary>
public sealed class BetaDistribution
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public BetaDistribution(double alpha, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (Alpha, Beta) = (alpha, beta);
    }

    /// <summary>First shape; in a posterior the successes plus the prior.</summary>
    public double Alpha { get; }

    /// <summary>Second shape; in a posterior the failures plus the prior.</summary>
    public double Beta { get; }

    /// <summary>α/(α+β).</summary>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>αβ/((α+β)²(α+β+1)).</summary>
    public double Variance => Mean * (Beta / (Alpha + Beta)) / (Alpha + Beta + 1);

    /// <summary>Probability density at <paramref name="x"/>; 0 outside (0, 1).</summary>
    public double Density(double x) => x is <= 0 or >= 1 ? 0 : Math.Exp(IncompleteBeta.LogLeading(Alpha, Beta, x, 1 - x)) / (x * (1 - x));

    /// <summary>P(X ≤ x).</summary>
    public double Cdf(double x) => IncompleteBeta.Lower(Alpha, Beta, Math.Clamp(x, 0, 1));

    /// <summary>P(X &gt; x), precise in the tail.</summary>
    public double Survival(double x) => IncompleteBeta.Upper(Alpha, Beta, Math.Clamp(x, 0, 1));

    /// <summary>The x with P(X ≤ x) = <paramref name="probability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1].</exception>
    public double Quantile(double probability)
    {
        ProbabilityGuard.Check(probability);
        if (probability is 0 or 1) return probability;
        return Roots.Brent(x => probability < 0.5 ? Cdf(x) - probability : 1 - probability - Survival(x), 0, 1);
    }

    /// <summary>One draw: the share of one gamma variable in the sum of two.</summary>
    public double Sample(Rng rng)
    {
        var first = new GammaDistribution(Alpha, 1).Sample(rng);
        var second = new GammaDistribution(Beta, 1).Sample(rng);
        return first + second > 0 ? first / (first + second) : Mean;
    }
}

/// <summary>Fisher's F distribution.</summary>
public sealed class FisherF
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public FisherF(double numeratorDegreesOfFreedom, double denominatorDegreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numeratorDegreesOfFreedom);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominatorDegreesOfFreedom);
        (NumeratorDegreesOfFreedom, DenominatorDegreesOfFreedom) = (numeratorDegreesOfFreedom, denominatorDegreesOfFreedom);
    }

    /// <summary>Degrees of freedom of the numerator.</summary>
    public double NumeratorDegreesOfFreedom { get; }

    /// <summary>Degrees of freedom of the denominator.</summary>
    public double DenominatorDegreesOfFreedom { get; }

    /// <summary>P(X ≤ x).</summary>
    public double Cdf(double x) => Share(x, upper: false);

    /// <summary>P(X &gt; x), precise in the tail.</summary>
    public double Survival(double x) => Share(x, upper: true);

    private double Share(double x, bool upper)
    {
        if (x <= 0) return upper ? 1 : 0;
        if (double.IsPositiveInfinity(x)) return upper ? 0 : 1;
        var weighted = NumeratorDegreesOfFreedom * x;
        var below = DenominatorDegreesOfFreedom / (DenominatorDegreesOfFreedom + weighted);
        var above = weighted / (DenominatorDegreesOfFreedom + weighted);
        return upper
            ? IncompleteBeta.Lower(DenominatorDegreesOfFreedom / 2, NumeratorDegreesOfFreedom / 2, below, above)
            : IncompleteBeta.Lower(NumeratorDegreesOfFreedom / 2, DenominatorDegreesOfFreedom / 2, above, below);
    }
}
