using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Resampling;

/// <summary>A figure of a sample.</summary>
public delegate double SampleFigure(ReadOnlySpan<double> sample);

/// <summary>How an interval is read off the resampled figures.</summary>
public enum BootstrapMethod
{
    /// <summary>Their quantiles.</summary>
    Percentile,

    /// <summary>Their quantiles mirrored at the estimate.</summary>
    Basic,

    /// <summary>Quantiles shifted for bias and skewness (Efron 1987).</summary>
    BiasCorrectedAccelerated,
}

/// <summary>A figure with its bootstrap interval.</summary>
/// <param name="Figure">The figure of the sample and its interval.</param>
/// <param name="StandardError">Standard deviation of the resampled figures.</param>
public sealed record BootstrapResult(Estimate Figure, double StandardError);

/// <summary>Intervals for any figure of a sample, by resampling with replacement.</summary>
/// <remarks>Efron and Tibshirani 1993. Resample k uses fork k of the generator, so that any number of threads gives the same bits. O(resamples × n).</remarks>
public static class Bootstrap
{
    /// <summary>The mean with its interval.</summary>
    public static Outcome<BootstrapResult> Mean(
        ReadOnlySpan<double> values, Rng rng, int resampleCount = 2000, double confidence = 0.95, BootstrapMethod method = BootstrapMethod.Percentile) =>
        Of(values, sample => CompensatedSum.Of(sample) / sample.Length, rng, resampleCount, confidence, method);

    /// <summary>Any figure with its interval.</summary>
    /// <param name="values">One per unit.</param>
    /// <param name="figure">Called from several threads.</param>
    /// <param name="rng">Only its seed is used.</param>
    /// <param name="resampleCount">At least 2.</param>
    /// <param name="confidence">In (0, 1).</param>
    /// <param name="method">Percentile by default.</param>
    public static Outcome<BootstrapResult> Of(
        ReadOnlySpan<double> values, SampleFigure figure, Rng rng, int resampleCount = 2000, double confidence = 0.95,
        BootstrapMethod method = BootstrapMethod.Percentile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resampleCount, 2);
        if ((ArmChecks.Alpha(confidence) ?? ArmChecks.Finite(values)) is { } problem) return problem;
        if (values.Length < 2) return Refusal.Insufficient(Reasons.TooFewObservations);
        var sample = values.ToArray();
        var figures = new double[resampleCount];
        Parallel.For(0, resampleCount, () => new double[sample.Length], (k, _, buffer) =>
        {
            var own = rng.Fork(k);
            for (var i = 0; i < buffer.Length; i++) buffer[i] = sample[own.NextInt(sample.Length)];
            figures[k] = figure(buffer);
            return buffer;
        }, _ => { });

        var estimate = figure(sample);
        var error = Math.Sqrt(Moments.Of(figures).Variance);
        Array.Sort(figures);
        double tail = (1 - confidence) / 2, lowerLevel = tail, upperLevel = 1 - tail;
        if (method is BootstrapMethod.BiasCorrectedAccelerated) (lowerLevel, upperLevel) = Corrected(sample, figure, figures, estimate, tail);
        double lower = Quantiles.OfSorted(figures, lowerLevel), upper = Quantiles.OfSorted(figures, upperLevel);
        if (method is BootstrapMethod.Basic) (lower, upper) = (2 * estimate - upper, 2 * estimate - lower);
        return new BootstrapResult(new Estimate(estimate, lower, upper, confidence), error);
    }

    private static (double Lower, double Upper) Corrected(double[] sample, SampleFigure figure, double[] sorted, double estimate, double tail)
    {
        var below = sorted.Count(f => f < estimate) + 0.5 * sorted.Count(f => f.Equals(estimate));
        var bias = Normal.Standard.Quantile(Math.Clamp(below / sorted.Length, 1e-9, 1 - 1e-9));
        var left = new double[sample.Length];
        for (var i = 0; i < sample.Length; i++) left[i] = figure([.. sample.AsSpan(0, i), .. sample.AsSpan(i + 1)]);
        var mean = left.Average();
        double cubes = left.Sum(f => Math.Pow(mean - f, 3)), squares = left.Sum(f => (mean - f) * (mean - f));
        var acceleration = squares is 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
        return (Level(tail), Level(1 - tail));

        double Level(double probability)
        {
            var z = bias + Normal.Standard.Quantile(probability);
            return Normal.Standard.Cdf(bias + z / (1 - acceleration * z));
        }
    }
}
