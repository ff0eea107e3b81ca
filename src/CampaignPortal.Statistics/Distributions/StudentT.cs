using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Distributions;

/// <summary>Student's t distribution.</summary>
public sealed class StudentT
{
    /// <summary>Checks and keeps the parameter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive.</exception>
    public StudentT(double degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);
        DegreesOfFreedom = degreesOfFreedom;
    }

    /// <summary>Degrees of freedom, positive, not necessarily whole.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>P(T ≤ t), precise in both tails.</summary>
    public double Cdf(double t) => t <= 0 ? Tail(-t) : 1 - Tail(t);

    /// <summary>P(T &gt; t), precise in both tails.</summary>
    public double Survival(double t) => Cdf(-t);

    /// <summary>P(|T| &gt; |t|).</summary>
    public double TwoSided(double t) => 2 * Tail(Math.Abs(t));

    /// <summary>The t with P(T ≤ t) = <paramref name="probability"/>; infinite at 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1].</exception>
    public double Quantile(double probability)
    {
        ProbabilityGuard.Check(probability);
        if (probability > 0.5) return -Quantile(1 - probability);
        if (probability is 0.5) return 0;
        if (probability is 0) return double.NegativeInfinity;
        double Excess(double t) => Tail(t) - probability;
        return -Roots.Brent(Excess, 0, Roots.ExpandUpwards(Excess, 0, 2));
    }

    // P(T > t), t at 0 or above: half of I(df/(df+t²); df/2, 1/2).
    private double Tail(double t)
    {
        if (double.IsPositiveInfinity(t)) return 0;
        var squareOverDf = t * t / DegreesOfFreedom;
        return 0.5 * IncompleteBeta.Lower(DegreesOfFreedom / 2, 0.5, 1 / (1 + squareOverDf), squareOverDf / (1 + squareOverDf));
    }
}

/// <summary>The noncentral t distribution: (Z + δ)/√(χ²/df).</summary>
public sealed class NoncentralT
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one degree of freedom.</exception>
    public NoncentralT(double degreesOfFreedom, double noncentrality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degreesOfFreedom, 1);
        (DegreesOfFreedom, Noncentrality) = (degreesOfFreedom, noncentrality);
    }

    /// <summary>Degrees of freedom, one or more.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>δ, the mean of the numerator.</summary>
    public double Noncentrality { get; }

    /// <summary>P(T ≤ t), precise where it is small.</summary>
    public double Cdf(double t) => Integral(t, upper: false);

    /// <summary>P(T &gt; t), precise where it is small.</summary>
    public double Survival(double t) => Integral(t, upper: true);

    // The normal probability given the scale s = √(χ²/df), integrated over s. The range leaves out less than 1e-17 (Laurent and Massart 2000).
    private double Integral(double t, bool upper)
    {
        const double Exponent = 40;
        var df = DegreesOfFreedom;
        var spread = 2 * Math.Sqrt(df * Exponent);
        var from = Math.Sqrt(Math.Max(0, df - spread) / df);
        var to = Math.Sqrt((df + spread + 2 * Exponent) / df);
        var logConstant = Math.Log(2) + df / 2 * Math.Log(df / 2) - SpecialFunctions.LogGamma(df / 2);
        return Quadrature.Integrate(
            s =>
            {
                var density = Math.Exp(logConstant + (df - 1) * Math.Log(s) - df * s * s / 2);
                var z = t * s - Noncentrality;
                return density * (upper ? Normal.Standard.Survival(z) : Normal.Standard.Cdf(z));
            },
            from, to, panelCount: 64);
    }
}
