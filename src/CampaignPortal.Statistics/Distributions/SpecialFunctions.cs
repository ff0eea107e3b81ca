namespace CampaignPortal.Statistics.Distributions;

/// <summary>Gamma-family functions in double precision; O(1), allocation-free.</summary>
public static class SpecialFunctions
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    // Coefficients B_2k / (2k (2k-1)) of Stirling's series; at 12 and above eight terms leave less than 1e-17.
    private static ReadOnlySpan<double> Stirling =>
    [
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400,
    ];

    // Bernoulli numbers B_2k, k = 1..8.
    private static ReadOnlySpan<double> Bernoulli =>
    [
        1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510,
    ];

    /// <summary>ln Γ(x) for x &gt; 0.</summary>
    /// <remarks>Abramowitz and Stegun 6.1.41 after shifting the argument to 12 or above.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not positive.</exception>
    public static double LogGamma(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        if (x is 1 or 2) return 0;
        var product = 1.0;
        while (x < 12) product *= x++;
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingTail(x) - (product is 1 ? 0 : Math.Log(product));
    }

    /// <summary>ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a+b), without cancellation for large arguments.</summary>
    public static double LogBeta(double a, double b)
    {
        var (small, large) = a < b ? (a, b) : (b, a);
        if (large < 12) return LogGamma(small) + LogGamma(large) - LogGamma(small + large);
        // ln Γ(large) − ln Γ(small+large) from Stirling's series, so that the huge parts never appear.
        var sum = small + large;
        return LogGamma(small) + (large - 0.5) * -LogOnePlus(small / large) - small * Math.Log(sum) + small + StirlingTail(large) - StirlingTail(sum);
    }

    /// <summary>The logarithmic derivative of Γ; poles at 0, −1, −2, … give NaN.</summary>
    /// <remarks>Abramowitz and Stegun 6.3.5, 6.3.7 and 6.3.18.</remarks>
    public static double Digamma(double x)
    {
        if (x <= 0)
            return Math.Floor(x).Equals(x) ? double.NaN : Digamma(1 - x) - Math.PI / Math.Tan(Math.PI * x);
        var sum = 0.0;
        while (x < 12) sum -= 1 / x++;
        var inverseSquare = 1 / (x * x);
        var power = inverseSquare;
        sum += Math.Log(x) - 0.5 / x;
        for (var k = 0; k < Bernoulli.Length; k++, power *= inverseSquare) sum -= Bernoulli[k] / (2 * (k + 1)) * power;
        return sum;
    }

    /// <summary>The second logarithmic derivative of Γ for x &gt; 0.</summary>
    /// <remarks>Abramowitz and Stegun 6.4.6 and 6.4.12.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not positive.</exception>
    public static double Trigamma(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        var sum = 0.0;
        for (; x < 12; x++) sum += 1 / (x * x);
        var inverseSquare = 1 / (x * x);
        var power = inverseSquare / x;
        sum += 1 / x + 0.5 * inverseSquare;
        for (var k = 0; k < Bernoulli.Length; k++, power *= inverseSquare) sum += Bernoulli[k] * power;
        return sum;
    }

    /// <summary>Gauss' hypergeometric function for z &lt; 1 and c not a non-positive integer.</summary>
    /// <remarks>
    /// The power series; for z &lt; 0 after Pfaff's and near 1 after the 1−z transformation (Abramowitz and Stegun 15.3.4, 15.3.3, 15.3.6).
    /// Positive parameters, as the purchase models have them, keep full precision.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="z"/> is 1 or more.</exception>
    public static double Hypergeometric2F1(double a, double b, double c, double z)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(z, 1);
        if (z < 0) return Math.Pow(1 - z, -a) * Hypergeometric2F1(a, c - b, c, z / (z - 1));
        var excess = c - a - b;
        if (z > 0.9 && Math.Abs(excess - Math.Round(excess)) > 0.01 && Math.Abs(excess) < 20 && c > a && c > b && a > 0 && b > 0)
            return NearOne(a, b, c, excess, z);
        return excess < 0 && z > 0.5 && c > a && c > b
            ? Math.Pow(1 - z, excess) * Series(c - a, c - b, c, z)
            : Series(a, b, c, z);
    }

    /// <summary>ln(1+x) without losing the digits of a small x.</summary>
    internal static double LogOnePlus(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Log(1 + x);
        // Kahan: the rounding error of 1+x cancels between both factors.
        var y = 1 + x;
        return y is 1 ? x : Math.Log(y) * x / (y - 1);
    }

    /// <summary>eˣ − 1 without losing the digits of a small x.</summary>
    internal static double ExpMinusOne(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1;
        var term = x;
        var sum = x;
        for (var k = 2; Math.Abs(term) > 1e-18 * Math.Abs(sum); k++) sum += term *= x / k;
        return sum;
    }

    /// <summary>Σ of Stirling's series: ln Γ(x) − ((x−½) ln x − x + ½ ln 2π), x at 12 or above.</summary>
    internal static double StirlingTail(double x)
    {
        var inverseSquare = 1 / (x * x);
        var tail = 0.0;
        for (var k = Stirling.Length - 1; k >= 0; k--) tail = tail * inverseSquare + Stirling[k];
        return tail / x;
    }

    private static double NearOne(double a, double b, double c, double excess, double z)
    {
        var first = GammaRatio(c, excess, c - a, c - b) * Series(a, b, 1 - excess, 1 - z);
        var second = GammaRatio(c, -excess, a, b) * Math.Pow(1 - z, excess) * Series(c - a, c - b, 1 + excess, 1 - z);
        return first + second;
    }

    /// <summary>Γ(p)Γ(q) / (Γ(r)Γ(s)); only q may be negative.</summary>
    private static double GammaRatio(double p, double q, double r, double s)
    {
        if (q > 0) return Math.Exp(LogGamma(p) + LogGamma(q) - LogGamma(r) - LogGamma(s));
        var reflected = Math.PI / Math.Sin(Math.PI * q); // Γ(q) = π / (sin(πq) Γ(1−q))
        return reflected * Math.Exp(LogGamma(p) - LogGamma(1 - q) - LogGamma(r) - LogGamma(s));
    }

    private static double Series(double a, double b, double c, double z)
    {
        const int MaxTerms = 2_000_000;
        double term = 1, sum = 1;
        for (var k = 0; k < MaxTerms; k++)
        {
            term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z;
            sum += term;
            if (Math.Abs(term) <= 1e-17 * Math.Abs(sum)) return sum;
        }
        return double.NaN;
    }
}
