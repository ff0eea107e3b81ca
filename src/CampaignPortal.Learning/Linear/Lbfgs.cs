namespace CampaignPortal.Learning.Linear;

/// <summary>A smooth function and its gradient.</summary>
internal delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

/// <summary>Limited-memory BFGS (Nocedal 1980); with an L1 term its orthant-wise form (Andrew and Gao 2007).</summary>
internal static class Lbfgs
{
    private const int Memory = 10;
    private const double Noise = 1e-9; // of the loss: sums over float32 values are not smooth below it

    /// <summary>Minimises objective(x) + Σ l1·|x| in place.</summary>
    /// <param name="objective">The smooth part.</param>
    /// <param name="x">Start and result.</param>
    /// <param name="l1">Weight of each |x|, or empty for none.</param>
    /// <param name="tolerance">Stops when the largest entry of the (pseudo-)gradient is at most this.</param>
    /// <param name="maxIterations">Most steps.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <returns>Steps taken and whether the tolerance was reached.</returns>
    public static (int Iterations, bool Converged) Minimize(Objective objective, double[] x, double[] l1, double tolerance, int maxIterations, CancellationToken ct)
    {
        var (gradient, pairs) = (new double[x.Length], new List<Pair>());
        var value = objective(x, gradient) + Absolute(x, l1);
        for (var iteration = 1; iteration <= maxIterations; iteration++)
        {
            ct.ThrowIfCancellationRequested();
            var slope = PseudoGradient(x, gradient, l1);
            if (Largest(slope) <= tolerance) return (iteration - 1, true);
            var direction = Direction(slope, pairs);
            if (l1.Length > 0) for (var j = 0; j < x.Length; j++) if (direction[j] * slope[j] >= 0) direction[j] = 0;
            var (next, nextGradient, nextValue) = Search(objective, x, value, slope, direction, l1, pairs.Count == 0 ? 1 / Math.Max(1, Norm(slope)) : 1);
            if (next is null)
            {
                if (pairs.Count == 0) return (iteration, true); // steepest descent finds nothing: at the precision of the sums
                pairs.Clear();
                continue;
            }
            Remember(pairs, x, next, gradient, nextGradient);
            next.CopyTo(x, 0);
            (gradient, value) = (nextGradient, nextValue);
        }
        return (maxIterations, false);
    }

    private static (double[]? X, double[] Gradient, double Value) Search(Objective objective, double[] x, double value, double[] slope, double[] direction, double[] l1, double step)
    {
        var trial = new double[x.Length];
        var gradient = new double[x.Length];
        for (; step > 1e-12; step /= 2)
        {
            double expected = 0;
            for (var j = 0; j < x.Length; j++)
            {
                trial[j] = x[j] + step * direction[j];
                // With an L1 term a step ends at zero where it would leave its orthant.
                if (l1.Length > 0 && l1[j] > 0 && trial[j] * (x[j] != 0 ? x[j] : -slope[j]) <= 0) trial[j] = 0;
                expected += slope[j] * (trial[j] - x[j]);
            }
            var next = objective(trial, gradient) + Absolute(trial, l1);
            if (next <= value + 1e-4 * expected + Noise * Math.Abs(value) && expected < 0) return (trial, gradient, next);
        }
        return (null, gradient, value);
    }

    /// <summary>The two-loop recursion: −H·slope.</summary>
    private static double[] Direction(double[] slope, List<Pair> pairs)
    {
        var direction = Array.ConvertAll(slope, v => -v);
        var alpha = new double[pairs.Count];
        for (var p = pairs.Count - 1; p >= 0; p--)
        {
            alpha[p] = Dot(pairs[p].Step, direction) / pairs[p].Curvature;
            Add(-alpha[p], pairs[p].Change, direction);
        }
        if (pairs.Count > 0)
        {
            var scale = pairs[^1].Curvature / Dot(pairs[^1].Change, pairs[^1].Change);
            for (var j = 0; j < direction.Length; j++) direction[j] *= scale;
        }
        for (var p = 0; p < pairs.Count; p++) Add(alpha[p] - Dot(pairs[p].Change, direction) / pairs[p].Curvature, pairs[p].Step, direction);
        return direction;
    }

    private static void Remember(List<Pair> pairs, double[] x, double[] next, double[] gradient, double[] nextGradient)
    {
        var (step, change) = (new double[x.Length], new double[x.Length]);
        for (var j = 0; j < x.Length; j++) (step[j], change[j]) = (next[j] - x[j], nextGradient[j] - gradient[j]);
        var curvature = Dot(step, change);
        if (curvature <= 1e-12 * Dot(change, change)) return; // would spoil the positive definite estimate
        if (pairs.Count == Memory) pairs.RemoveAt(0);
        pairs.Add(new Pair(step, change, curvature));
    }

    private static double[] PseudoGradient(double[] x, double[] gradient, double[] l1)
    {
        if (l1.Length == 0) return gradient;
        var slope = new double[x.Length];
        for (var j = 0; j < x.Length; j++)
            slope[j] = x[j] != 0 ? gradient[j] + Math.Sign(x[j]) * l1[j] : GeneralizedLinear.SoftThreshold(gradient[j], l1[j]);
        return slope;
    }

    private static double Absolute(ReadOnlySpan<double> x, double[] l1)
    {
        double sum = 0;
        for (var j = 0; j < l1.Length; j++) sum += l1[j] * Math.Abs(x[j]);
        return sum;
    }

    private static double Dot(double[] a, double[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(a, b);

    private static void Add(double factor, double[] a, double[] to) => System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(a, factor, to, to);

    private static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    private static double Largest(double[] a) => Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<double>(a));

    private sealed record Pair(double[] Step, double[] Change, double Curvature);
}
