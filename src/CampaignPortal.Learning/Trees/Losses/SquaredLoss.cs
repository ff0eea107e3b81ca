using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>(x − y)²; gradient x − y and hessian 1 (of half of it, as boosting libraries do).</summary>
internal sealed class SquaredLoss(LabelledRows rows, float[] weights) : RowLoss(rows, weights)
{
    public override double[] BestConstants() => [WeightedMeanOfLabels()];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Gradients(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> pairs)
    {
        for (var i = 0; i < scores.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (weights[i] * (scores[i] - labels[i]), weights[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override double Sum(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            double error = scores[i] - labels[i];
            sum += weights[i] * error * error;
        }
        return sum;
    }
}
