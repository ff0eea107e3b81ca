using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>Pinball loss: τ·(y − x) above, (1 − τ)·(x − y) below. It has no second derivative; trees split by its gradient, and each leaf takes the τ-quantile of what its rows still lack (Friedman 2001, alg. 3).</summary>
internal sealed class QuantileLoss(LabelledRows rows, float[] weights, double quantile) : RowLoss(rows, weights)
{
    public override double[] BestConstants() => [Quantile(Array.ConvertAll(Labels, y => (double)y), Weights)];

    public override Func<ReadOnlyMemory<int>, double> Renewal(float[][] scores) => leaf =>
    {
        var indices = leaf.ToArray();
        return Quantile(Array.ConvertAll(indices, i => (double)Labels[i] - scores[0][i]), Array.ConvertAll(indices, i => Weights[i]));
    };

    protected override void Gradients(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> pairs)
    {
        for (var i = 0; i < scores.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (weights[i] * (float)(labels[i] > scores[i] ? -quantile : 1 - quantile), weights[i]);
    }

    protected override double Sum(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            double lack = labels[i] - scores[i];
            sum += weights[i] * (lack > 0 ? quantile * lack : (quantile - 1) * lack);
        }
        return sum;
    }

    /// <summary>Where the weight below first reaches τ of the total; the middle of two values where it is met exactly.</summary>
    private double Quantile(double[] values, float[] weights)
    {
        weights = [.. weights];
        Array.Sort(values, weights);
        double total = 0, below = 0;
        foreach (var weight in weights) total += weight;
        for (var i = 0; i < values.Length; i++)
        {
            below += weights[i];
            if (below < quantile * total) continue;
            return below == quantile * total && i + 1 < values.Length ? (values[i] + values[i + 1]) / 2 : values[i];
        }
        return values[^1];
    }
}
