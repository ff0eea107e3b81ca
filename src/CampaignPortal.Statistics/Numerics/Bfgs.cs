namespace CampaignPortal.Statistics.Numerics;

/// <summary>A function to minimise: returns its value and writes its gradient.</summary>
internal delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

/// <summary>Where a minimisation ended.</summary>
/// <param name="Point">The best point seen.</param>
/// <param name="Value">The value there.</param>
/// <param name="Converged">The gradient vanished; false when the point ran out of the box or the steps were used up.</param>
/// <param name="IterationCount">Steps taken.</param>
internal sealed record Minimum(double[] Point, double Value, bool Converged, int IterationCount);

/// <summary>Minimises smooth functions of a few variables: BFGS with a dense inverse Hessian (Nocedal and Wright 2006, algorithm 6.1).</summary>
/// <remarks>Meant for likelihoods in the logarithms of their parameters: about ten parameters at most, steps of order one.</remarks>
internal static class Bfgs
{
    private const double GradientTolerance = 1e-9;

    // Near an optimum the value stops moving (rounding of about 1e-16 of it) while the gradient still shows some 1e-8: those digits are all there are.
    private const double FlatGradient = 1e-5;
    private const double FlatChange = 1e-15;
    private const int FlatSteps = 3;

    private const double SufficientDecrease = 1e-4;
    private const double LongestStep = 3;

    /// <summary>A local minimum near <paramref name="start"/>.</summary>
    /// <param name="objective">Values of order one and below per observation: divide a likelihood by the number of observations.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="bound">The search gives up when a coordinate leaves [−bound, bound].</param>
    /// <param name="leaves">Ends the search where the caller knows that it runs away for good.</param>
    /// <param name="maxIterations">Upper limit of steps.</param>
    public static Minimum Minimize(Objective objective, ReadOnlySpan<double> start, double bound = 15, Func<double[], bool>? leaves = null, int maxIterations = 300)
    {
        var n = start.Length;
        double[] x = start.ToArray(), g = new double[n], direction = new double[n], next = new double[n], nextG = new double[n];
        var inverse = Identity(n, 1);
        var value = objective(x, g);
        var flat = 0;
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            if (LargestOf(g) < GradientTolerance) return new Minimum(x, value, true, iteration);
            if (LargestOf(x) > bound || leaves?.Invoke(x) is true) return new Minimum(x, value, false, iteration);
            var slope = Descend(inverse, g, direction);
            if (slope >= 0)
            {
                inverse = Identity(n, 1);
                slope = Descend(inverse, g, direction);
            }
            var step = Math.Min(1, LongestStep / LargestOf(direction));
            var accepted = false;
            double nextValue = value;
            for (var halving = 0; halving < 50; halving++, step *= 0.4)
            {
                for (var i = 0; i < n; i++) next[i] = x[i] + step * direction[i];
                nextValue = objective(next, nextG);
                if (!(nextValue <= value + SufficientDecrease * step * slope)) continue;
                accepted = true;
                break;
            }
            if (!accepted) return new Minimum(x, value, LargestOf(g) < FlatGradient, iteration);
            flat = value - nextValue <= FlatChange * Math.Abs(value) ? flat + 1 : 0;
            Update(inverse, x, next, g, nextG, iteration is 0);
            (x, next, g, nextG, value) = (next, x, nextG, g, nextValue);
            if (flat >= FlatSteps) return new Minimum(x, value, LargestOf(g) < FlatGradient, iteration + 1);
        }
        return new Minimum(x, value, false, maxIterations);
    }

    /// <summary>The gradient by central differences, for likelihoods without a usable closed form.</summary>
    public static Objective WithNumericalGradient(Func<double[], double> function) => (point, gradient) =>
    {
        const double Step = 1e-5;
        var at = point.ToArray();
        var value = function(at);
        for (var i = 0; i < at.Length; i++)
        {
            var centre = at[i];
            at[i] = centre + Step;
            var above = function(at);
            at[i] = centre - Step;
            var below = function(at);
            at[i] = centre;
            gradient[i] = (above - below) / (2 * Step);
        }
        return value;
    };

    /// <summary>The Hessian at a point by central differences of the gradient, made symmetric.</summary>
    public static double[,] Hessian(Objective objective, ReadOnlySpan<double> point)
    {
        const double Step = 1e-4;
        var n = point.Length;
        double[] at = point.ToArray(), above = new double[n], below = new double[n];
        var hessian = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            at[i] = point[i] + Step;
            objective(at, above);
            at[i] = point[i] - Step;
            objective(at, below);
            at[i] = point[i];
            for (var j = 0; j < n; j++)
            {
                var second = (above[j] - below[j]) / (4 * Step);
                hessian[i, j] += second;
                hessian[j, i] += second;
            }
        }
        return hessian;
    }

    private static double Descend(double[,] inverse, double[] g, double[] direction)
    {
        double slope = 0;
        for (var i = 0; i < g.Length; i++)
        {
            double sum = 0;
            for (var j = 0; j < g.Length; j++) sum -= inverse[i, j] * g[j];
            direction[i] = sum;
            slope += sum * g[i];
        }
        return slope;
    }

    private static void Update(double[,] inverse, double[] x, double[] next, double[] g, double[] nextG, bool first)
    {
        var n = x.Length;
        Span<double> s = stackalloc double[n], y = stackalloc double[n], hy = stackalloc double[n];
        double sy = 0, yy = 0;
        for (var i = 0; i < n; i++)
        {
            s[i] = next[i] - x[i];
            y[i] = nextG[i] - g[i];
            sy += s[i] * y[i];
            yy += y[i] * y[i];
        }
        if (sy <= 1e-12 * yy) return; // curvature that would spoil the approximation
        if (first) for (var i = 0; i < n; i++) inverse[i, i] = sy / yy;
        double yhy = 0;
        for (var i = 0; i < n; i++)
        {
            double sum = 0;
            for (var j = 0; j < n; j++) sum += inverse[i, j] * y[j];
            hy[i] = sum;
            yhy += sum * y[i];
        }
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                inverse[i, j] += (1 + yhy / sy) * s[i] * s[j] / sy - (hy[i] * s[j] + s[i] * hy[j]) / sy;
    }

    private static double[,] Identity(int n, double scale)
    {
        var matrix = new double[n, n];
        for (var i = 0; i < n; i++) matrix[i, i] = scale;
        return matrix;
    }

    private static double LargestOf(double[] values)
    {
        double largest = 0;
        foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
