namespace CampaignPortal.Statistics.Numerics;

/// <summary>Roots of monotone or sign-changing functions of one variable.</summary>
internal static class Roots
{
    /// <summary>A root of <paramref name="f"/> in a bracket with opposite signs, by Brent's method (1973), to about <paramref name="tolerance"/> relative.</summary>
    /// <exception cref="ArgumentException">Both ends have the same sign.</exception>
    public static double Brent(Func<double, double> f, double lower, double upper, double tolerance = 1e-15)
    {
        double a = lower, b = upper, fa = f(a), fb = f(b);
        if (fa is 0) return a;
        if (fb is 0) return b;
        if (double.IsNaN(fa) || double.IsNaN(fb) || Math.Sign(fa) == Math.Sign(fb))
            throw new ArgumentException($"No sign change in [{lower}, {upper}]: {fa}, {fb}.", nameof(f));
        double c = a, fc = fa, step = b - a, previous = step;
        for (var iteration = 0; iteration < 300; iteration++)
        {
            if (Math.Sign(fb) == Math.Sign(fc)) (c, fc, previous) = (a, fa, step = b - a);
            if (Math.Abs(fc) < Math.Abs(fb)) (a, b, c, fa, fb, fc) = (b, c, b, fb, fc, fb);
            var enough = 2 * double.Epsilon + tolerance * Math.Abs(b);
            var half = 0.5 * (c - b);
            if (Math.Abs(half) <= enough || fb is 0) return b;
            if (Math.Abs(previous) >= enough && Math.Abs(fa) > Math.Abs(fb))
            {
                var (p, q) = Interpolate(a, b, c, fa, fb, fc, half);
                if (2 * p < Math.Min(3 * half * q - Math.Abs(enough * q), Math.Abs(previous * q)))
                    (previous, step) = (step, p / q);
                else
                    step = previous = half;
            }
            else
            {
                step = previous = half;
            }
            (a, fa) = (b, fb);
            b += Math.Abs(step) > enough ? step : Math.CopySign(enough, half);
            fb = f(b);
        }
        return b;
    }

    /// <summary>The largest step outwards from <paramref name="start"/> (doubling) at which <paramref name="f"/> has changed its sign.</summary>
    public static double ExpandUpwards(Func<double, double> f, double start, double firstStep)
    {
        var sign = Math.Sign(f(start));
        var step = firstStep;
        while (step < 1e300)
        {
            if (Math.Sign(f(start + step)) != sign) return start + step;
            step *= 2;
        }
        throw new ArgumentException("The function never changes its sign.", nameof(f));
    }

    private static (double P, double Q) Interpolate(double a, double b, double c, double fa, double fb, double fc, double half)
    {
        double p, q;
        var s = fb / fa;
        if (a.Equals(c))
        {
            (p, q) = (2 * half * s, 1 - s); // secant
        }
        else
        {
            double r = fb / fc, t = fa / fc; // inverse quadratic
            p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
            q = (t - 1) * (r - 1) * (s - 1);
        }
        return p > 0 ? (p, -q) : (-p, q);
    }
}
