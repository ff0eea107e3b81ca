namespace CampaignPortal.Statistics.Distributions;

/// <summary>Regularised incomplete gamma functions whose small tails keep their relative precision.</summary>
/// <remarks>Series or Lentz' continued fraction (DLMF 8.7.1, 8.9.2) after Loader's saddle-point form of the leading factor (2000).</remarks>
public static class IncompleteGamma
{
    /// <summary>P(a, x): the share of a Gamma(a, 1) variable below <paramref name="x"/>; a &gt; 0, x ≥ 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="a"/> is not positive or <paramref name="x"/> negative.</exception>
    public static double Lower(double a, double x)
    {
        Check(a, x);
        return x < a + 1 ? Series(a, x) : 1 - Fraction(a, x);
    }

    /// <summary>Q(a, x) = 1 − P(a, x), precise where it is small.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="a"/> is not positive or <paramref name="x"/> negative.</exception>
    public static double Upper(double a, double x)
    {
        Check(a, x);
        return x < a + 1 ? 1 - Series(a, x) : Fraction(a, x);
    }

    /// <summary>ln of xᵃ e⁻ˣ / Γ(a+1), also for a and x in the millions.</summary>
    internal static double LogLeading(double a, double x)
    {
        if (a < 12) return a * Math.Log(x) - x - SpecialFunctions.LogGamma(a + 1);
        return -SpecialFunctions.StirlingTail(a) - Deviance(a, x) - 0.5 * Math.Log(2 * Math.PI * a);
    }

    /// <summary>x₀ ln(x₀/m) + m − x₀ without cancellation (Loader's bd0).</summary>
    internal static double Deviance(double x0, double mean)
    {
        var difference = x0 - mean;
        if (Math.Abs(difference) >= 0.1 * (x0 + mean)) return x0 * Math.Log(x0 / mean) + mean - x0;
        var v = difference / (x0 + mean);
        var sum = difference * v;
        var power = 2 * x0 * v;
        for (var k = 1; k < 1000; k++)
        {
            power *= v * v;
            var next = sum + power / (2 * k + 1);
            if (next.Equals(sum)) return next;
            sum = next;
        }
        return sum;
    }

    private static void Check(double a, double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
    }

    private static double Series(double a, double x)
    {
        if (x is 0) return 0;
        double term = 1, sum = 1;
        for (var k = 1; term > 1e-17 * sum; k++) sum += term *= x / (a + k);
        return sum * Math.Exp(LogLeading(a, x));
    }

    private static double Fraction(double a, double x)
    {
        if (double.IsPositiveInfinity(x)) return 0;
        const double Tiny = 1e-300;
        var b = x + 1 - a;
        var c = 1 / Tiny;
        var d = 1 / b;
        var h = d;
        for (var k = 1; k < 100_000; k++)
        {
            var an = -k * (k - a);
            b += 2;
            d = an * d + b;
            if (Math.Abs(d) < Tiny) d = Tiny;
            c = b + an / c;
            if (Math.Abs(c) < Tiny) c = Tiny;
            d = 1 / d;
            var delta = d * c;
            h *= delta;
            if (Math.Abs(delta - 1) < 1e-16) break;
        }
        return h * a * Math.Exp(LogLeading(a, x)); // Γ(a+1) = a Γ(a)
    }
}
