using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Optim;

/// <summary>Learning rates as functions of the step, from 0.</summary>
public static class LearningRates
{
    /// <summary>rate·½(1 + cos(π·step/total)): from the rate to 0 after <paramref name="total"/> steps.</summary>
    public static double Cosine(double rate, int step, int total) => rate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(step, total) / total));

    /// <summary>Rises linearly over <paramref name="warmUp"/> steps (the first has rate/warmUp), then falls linearly to 0 at step <paramref name="total"/>.</summary>
    public static double WarmUpLinear(double rate, int step, int warmUp, int total) =>
        step < warmUp ? rate * (step + 1) / warmUp : rate * Math.Max(0, (double)(total - step) / (total - warmUp));

    /// <summary>Multiplies by <paramref name="factor"/> every <paramref name="every"/> steps.</summary>
    public static double Step(double rate, int step, int every, double factor = 0.5) => rate * Math.Pow(factor, step / every);
}

/// <summary>Keeps gradients in bounds.</summary>
public static class GradientClipping
{
    /// <summary>Scales all gradients by maxNorm / (norm + 1e-6) when their common Euclidean norm exceeds <paramref name="maxNorm"/>.</summary>
    /// <returns>The norm before.</returns>
    public static double ByNorm(IReadOnlyList<Parameter> parameters, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        double square = 0;
        for (var p = 0; p < parameters.Count; p++)
        {
            if (parameters[p].Touched is { IsAll: false } touched)
            {
                foreach (var row in touched.Rows) square += SumOfSquares(RowGradient(parameters[p], row));
            }
            else
            {
                square += SumOfSquares(parameters[p].Gradient);
            }
        }
        var norm = Math.Sqrt(square);
        if (!(norm > maxNorm)) return norm;
        var factor = (float)(maxNorm / (norm + 1e-6));
        for (var p = 0; p < parameters.Count; p++)
        {
            if (parameters[p].Touched is { IsAll: false } touched)
            {
                foreach (var row in touched.Rows) Scale(RowGradient(parameters[p], row), factor);
            }
            else
            {
                Scale(parameters[p].Gradient, factor);
            }
        }
        return norm;
    }

    private static Span<float> RowGradient(Parameter table, int row)
    {
        var width = table.Gradient.Length / table.Shape[0];
        return table.Gradient.Slice(row * width, width);
    }

    // Sums of short stretches in float32, the whole in double.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        for (var from = 0; from < values.Length; from += 1024)
        {
            var part = values[from..Math.Min(values.Length, from + 1024)];
            sum += Dense.Dot(part, part);
        }
        return sum;
    }

    private static void Scale(Span<float> values, float factor) => System.Numerics.Tensors.TensorPrimitives.Multiply(values, factor, values);
}
