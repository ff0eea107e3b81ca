using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Distributions;

/// <summary>The gamma distribution with shape k and rate θ: mean k/θ.</summary>
public sealed class GammaDistribution
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public GammaDistribution(double shape, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shape);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        (Shape, Rate) = (shape, rate);
    }

    /// <summary>Shape k.</summary>
    public double Shape { get; }

    /// <summary>Rate θ, the inverse of the scale.</summary>
    public double Rate { get; }

    /// <summary>k/θ.</summary>
    public double Mean => Shape / Rate;

    /// <summary>k/θ².</summary>
    public double Variance => Shape / (Rate * Rate);

    /// <summary>P(X ≤ x).</summary>
    public double Cdf(double x) => x <= 0 ? 0 : IncompleteGamma.Lower(Shape, Rate * x);

    /// <summary>P(X &gt; x), precise in the tail.</summary>
    public double Survival(double x) => x <= 0 ? 1 : IncompleteGamma.Upper(Shape, Rate * x);

    /// <summary>Probability density at <paramref name="x"/>.</summary>
    public double Density(double x) => x <= 0 ? 0 : Shape / x * Math.Exp(IncompleteGamma.LogLeading(Shape, Rate * x));

    /// <summary>The x with P(X ≤ x) = <paramref name="probability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1].</exception>
    public double Quantile(double probability)
    {
        ProbabilityGuard.Check(probability);
        if (probability is 0) return 0;
        if (probability is 1) return double.PositiveInfinity;
        double Excess(double x) => probability < 0.5 ? Cdf(x) - probability : 1 - probability - Survival(x);
        return Roots.Brent(Excess, 0, Roots.ExpandUpwards(Excess, 0, Mean));
    }

    /// <summary>One draw (Marsaglia and Tsang 2000).</summary>
    public double Sample(Rng rng)
    {
        // A shape below one is drawn one higher and pulled down by U^(1/k).
        var boost = Shape < 1 ? Math.Pow(1 - rng.NextDouble(), 1 / Shape) : 1;
        var d = (Shape < 1 ? Shape + 1 : Shape) - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = rng.NextNormal();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            var u = 1 - rng.NextDouble();
            if (Math.Log(u) < 0.5 * x * x + d * (1 - v + Math.Log(v))) return boost * d * v / Rate;
        }
    }
}

/// <summary>The chi-square distribution.</summary>
/// <remarks>A gamma distribution of shape df/2 and rate ½.</remarks>
public sealed class ChiSquare
{
    private readonly GammaDistribution _gamma;

    /// <summary>Checks and keeps the parameter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive.</exception>
    public ChiSquare(double degreesOfFreedom) => _gamma = new GammaDistribution(degreesOfFreedom / 2, 0.5);

    /// <summary>Degrees of freedom.</summary>
    public double DegreesOfFreedom => 2 * _gamma.Shape;

    /// <summary>P(X ≤ x).</summary>
    public double Cdf(double x) => _gamma.Cdf(x);

    /// <summary>P(X &gt; x), precise in the tail.</summary>
    public double Survival(double x) => _gamma.Survival(x);

    /// <summary>The x with P(X ≤ x) = <paramref name="probability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1].</exception>
    public double Quantile(double probability) => _gamma.Quantile(probability);
}
