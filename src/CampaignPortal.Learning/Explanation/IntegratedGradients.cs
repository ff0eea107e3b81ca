using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Explanation;

/// <summary>Scores rows on a tape: [rows, columns] to one number per row.</summary>
/// <param name="tape">The tape of the step.</param>
/// <param name="rows">The rows; they ask for a gradient.</param>
public delegate Tensor TapeScorer(Tape tape, in Tensor rows);

/// <summary>What the inputs of any differentiable scorer contribute to a score (Sundararajan, Taly and Yan 2017).</summary>
/// <remarks>Contribution i is (xᵢ − x′ᵢ)·∫₀¹ ∂f/∂xᵢ(x′ + t(x − x′)) dt, the integral by the midpoint rule; all of them add up to f(x) − f(x′) within the error of that rule.</remarks>
public static class IntegratedGradients
{
    /// <summary>Contributions of one row against a baseline.</summary>
    /// <param name="row">Inputs x.</param>
    /// <param name="baseline">Inputs x′ that stand for "nothing known", the training means for instance.</param>
    /// <param name="scorer">The scorer; rows must not influence each other.</param>
    /// <param name="contributions">Room for one value per input.</param>
    /// <param name="steps">Points on the way from the baseline to the row. Default 64.</param>
    /// <returns>f(x) − f(x′) less the sum of the contributions: what the steps missed.</returns>
    /// <exception cref="ArgumentException">Lengths differ, or the scorer does not give one number per row.</exception>
    public static double Of(ReadOnlySpan<float> row, ReadOnlySpan<float> baseline, TapeScorer scorer, Span<float> contributions, int steps = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        if (baseline.Length != row.Length || contributions.Length != row.Length) throw new ArgumentException($"Row, baseline and contributions need one length; they have {row.Length}, {baseline.Length} and {contributions.Length}.", nameof(baseline));
        using var lease = TapePool.Rent();
        var tape = lease.Tape;
        tape.Begin(training: true);
        var way = tape.Allocate(new Shape(steps + 2, row.Length), needsGradient: true);
        for (var p = 0; p < steps; p++) for (var j = 0; j < row.Length; j++) way.Row(p)[j] = baseline[j] + (p + 0.5f) / steps * (row[j] - baseline[j]);
        baseline.CopyTo(way.Row(steps));
        row.CopyTo(way.Row(steps + 1));
        var scores = scorer(tape, way);
        if (scores.Count != steps + 2) throw new ArgumentException($"The scorer gave {scores.Count} numbers for {steps + 2} rows.", nameof(scorer));
        var slopes = tape.Allocate(new Shape(steps + 2)).Values;
        slopes.Fill(1f / steps);
        slopes[steps..].Clear(); // the ends are only scored
        tape.Backward(scores, slopes);
        var gradient = tape.GradientOf(way);
        double rest = (double)scores.Values[steps + 1] - scores.Values[steps];
        for (var j = 0; j < row.Length; j++)
        {
            double mean = 0;
            for (var p = 0; p < steps; p++) mean += gradient[p * row.Length + j];
            contributions[j] = (float)((row[j] - baseline[j]) * mean);
            rest -= contributions[j];
        }
        return rest;
    }
}
