using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>ln(1 + eˣ) − y·x on log-odds x; gradient p − y, hessian p(1 − p).</summary>
internal sealed class BinaryLoss : RowLoss
{
    public BinaryLoss(LabelledRows rows, float[] weights) : base(rows, weights)
    {
        var bad = Array.FindIndex(Labels, y => y is not (0 or 1));
        if (bad >= 0) throw new ArgumentException($"Labels must be 0 or 1; row {bad} has {Labels[bad]}.", nameof(rows));
    }

    public override double[] BestConstants()
    {
        var share = WeightedMeanOfLabels();
        return [Math.Log(share / (1 - share))];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Gradients(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> pairs)
    {
        Span<float> chances = stackalloc float[ParallelRanges.ChunkRows];
        chances = chances[..scores.Length];
        VectorMath.Sigmoid(scores, chances);
        for (var i = 0; i < chances.Length; i++)
        {
            var (p, w) = (chances[i], weights[i]);
            pairs[2 * i] = w * (p - labels[i]);
            pairs[2 * i + 1] = w * Math.Max(p * (1 - p), LeastHessian);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override double Sum(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        Span<float> soft = stackalloc float[ParallelRanges.ChunkRows];
        soft = soft[..scores.Length];
        VectorMath.Softplus(scores, soft);
        double sum = 0;
        for (var i = 0; i < soft.Length; i++) sum += weights[i] * (soft[i] - labels[i] * scores[i]);
        return sum;
    }
}
