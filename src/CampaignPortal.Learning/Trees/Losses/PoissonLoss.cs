using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>eˣ − y·x on the logarithm x of the expectation (the likelihood without its constant); gradient eˣ − y, hessian eˣ.</summary>
internal sealed class PoissonLoss : RowLoss
{
    public PoissonLoss(LabelledRows rows, float[] weights) : base(rows, weights)
    {
        var bad = Array.FindIndex(Labels, y => y < 0);
        if (bad >= 0) throw new ArgumentException($"Labels of a Poisson fit must not be negative; row {bad} has {Labels[bad]}.", nameof(rows));
        if (!(WeightedMeanOfLabels() > 0)) throw new ArgumentException("All labels of a Poisson fit are 0; there is no rate to learn.", nameof(rows));
    }

    public override double[] BestConstants() => [Math.Log(WeightedMeanOfLabels())];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Gradients(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> pairs)
    {
        Span<float> rates = stackalloc float[ParallelRanges.ChunkRows];
        rates = rates[..scores.Length];
        VectorMath.Exp(scores, rates);
        for (var i = 0; i < rates.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (weights[i] * (rates[i] - labels[i]), weights[i] * Math.Max(rates[i], LeastHessian));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override double Sum(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        Span<float> rates = stackalloc float[ParallelRanges.ChunkRows];
        rates = rates[..scores.Length];
        VectorMath.Exp(scores, rates);
        double sum = 0;
        for (var i = 0; i < rates.Length; i++) sum += weights[i] * (rates[i] - labels[i] * scores[i]);
        return sum;
    }
}
