namespace CampaignPortal.Statistics.Distributions;

/// <summary>Regularised incomplete beta function whose small tails keep their relative precision.</summary>
/// <remarks>Lentz' continued fraction (DLMF 8.17.22) after Loader's saddle-point form of the leading factor (2000); O(√max(a, b)).</remarks>
public static class IncompleteBeta
{
    /// <summary>I(x; a, b): the share of a Beta(a, b) variable below <paramref name="x"/> in [0, 1].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive or <paramref name="x"/> lies outside [0, 1].</exception>
    public static double Lower(double a, double b, double x) => Lower(a, b, x, 1 - x);

    /// <summary>1 − I(x; a, b), precise where it is small.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive or <paramref name="x"/> lies outside [0, 1].</exception>
    public static double Upper(double a, double b, double x) => Lower(b, a, 1 - x, x);

    /// <summary>As <see cref="Lower(double, double, double)"/>, with 1 − x given by a caller that knows it more precisely.</summary>
    internal static double Lower(double a, double b, double x, double complement)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(b);
        if (!(x >= 0 && x <= 1)) throw new ArgumentOutOfRangeException(nameof(x), x, "Must lie in [0, 1].");
        if (x is 0) return 0;
        if (complement is 0) return 1;
        return x <= (a + 1) / (a + b + 2)
            ? Math.Exp(LogLeading(a, b, x, complement)) / a * Fraction(a, b, x)
            : 1 - Math.Exp(LogLeading(a, b, x, complement)) / b * Fraction(b, a, complement);
    }

    /// <summary>ln of xᵃ (1−x)ᵇ / B(a, b).</summary>
    internal static double LogLeading(double a, double b, double x, double complement)
    {
        if (Math.Min(a, b) < 12)
        {
            var logX = x > 0.5 ? SpecialFunctions.LogOnePlus(-complement) : Math.Log(x);
            var logComplement = x > 0.5 ? Math.Log(complement) : SpecialFunctions.LogOnePlus(-x);
            return a * logX + b * logComplement - SpecialFunctions.LogBeta(a, b);
        }
        var n = a + b;
        // x^a (1-x)^b / B = sqrt(ab/(2π n)) · exp(tail(n) − tail(a) − tail(b) − deviances)
        return SpecialFunctions.StirlingTail(n) - SpecialFunctions.StirlingTail(a) - SpecialFunctions.StirlingTail(b)
            - IncompleteGamma.Deviance(a, n * x) - IncompleteGamma.Deviance(b, n * complement)
            + 0.5 * Math.Log(a / (2 * Math.PI) * (b / n));
    }

    private static double Fraction(double a, double b, double x)
    {
        const double Tiny = 1e-300;
        double c = 1;
        var d = 1 - (a + b) * x / (a + 1);
        if (Math.Abs(d) < Tiny) d = Tiny;
        d = 1 / d;
        var h = d;
        for (var m = 1; m < 100_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            Step(even);
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            if (Math.Abs(Step(odd) - 1) < 1e-16) break;
        }
        return h;

        double Step(double numerator)
        {
            d = 1 + numerator * d;
            if (Math.Abs(d) < Tiny) d = Tiny;
            c = 1 + numerator / c;
            if (Math.Abs(c) < Tiny) c = Tiny;
            d = 1 / d;
            var delta = d * c;
            h *= delta;
            return delta;
        }
    }
}
