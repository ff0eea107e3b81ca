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
        double square = 0;
        foreach (var parameter in parameters) foreach (var g in parameter.Gradient) square += (double)g * g;
        var norm = Math.Sqrt(square);
        if (norm > maxNorm)
        {
            var factor = (float)(maxNorm / (norm + 1e-6));
            foreach (var parameter in parameters) foreach (ref var g in parameter.Gradient) g *= factor;
        }
        return norm;
    }
}
