using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>What boosting lowers: first and second derivatives of a loss by the raw scores of one set of rows.</summary>
/// <remarks>Scores are one array per output; pairs are (gradient, hessian) per row, one array per output.</remarks>
internal abstract class BoostingLoss(LabelledRows rows, float[] weights)
{
    /// <summary>A second derivative is never taken as less, so that no row is without weight.</summary>
    protected const float LeastHessian = 1e-16f;

    protected float[] Labels { get; } = rows.Labels;

    protected float[] Weights { get; } = weights;

    /// <summary>Raw scores per row.</summary>
    public virtual int OutputCount => 1;

    /// <summary>The constant raw scores of least loss.</summary>
    public abstract double[] BestConstants();

    public abstract void Gradients(float[][] scores, float[][] pairs, int degree);

    /// <summary>Weighted mean of the loss.</summary>
    public abstract double Mean(float[][] scores, int degree);

    /// <summary>What gives the leaf of some rows its value where that is not the Newton step; null otherwise.</summary>
    public virtual Func<ReadOnlyMemory<int>, double>? Renewal(float[][] scores) => null;

    /// <summary>The loss of an objective over some rows.</summary>
    /// <exception cref="ArgumentException">The labels, weights or groups do not fit the objective.</exception>
    public static BoostingLoss Of(LabelledRows rows, GbdtOptions options, int classCount) => options.Objective switch
    {
        BoostingObjective.BinaryLogistic => new BinaryLoss(rows, BoostingRows.Weights(rows)),
        BoostingObjective.SquaredError => new SquaredLoss(rows, BoostingRows.Weights(rows)),
        BoostingObjective.Softmax => new SoftmaxLoss(rows, BoostingRows.Weights(rows), classCount),
        BoostingObjective.Poisson => new PoissonLoss(rows, BoostingRows.Weights(rows)),
        BoostingObjective.Quantile => new QuantileLoss(rows, BoostingRows.Weights(rows), options.Quantile),
        BoostingObjective.LambdaRank => new RankingLoss(rows, BoostingRows.Weights(rows), options.RankingDepth),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Objective, "The objective is not known."),
    };

    protected double WeightedMeanOfLabels()
    {
        double sum = 0, total = 0;
        for (var i = 0; i < Labels.Length; i++) (sum, total) = (sum + (double)Weights[i] * Labels[i], total + Weights[i]);
        return sum / total;
    }

    protected double TotalWeight()
    {
        double total = 0;
        foreach (var weight in Weights) total += weight;
        return total;
    }

    /// <summary>Runs over fixed chunks of rows and adds what they return in their order.</summary>
    protected double SumOfChunks(Func<int, int, double> chunk, int degree)
    {
        var parts = new double[ParallelRanges.ChunkCount(Labels.Length)];
        Workers.For(parts.Length, degree, c => parts[c] = chunk(c * ParallelRanges.ChunkRows, Math.Min(ParallelRanges.ChunkRows, Labels.Length - c * ParallelRanges.ChunkRows)));
        return parts.Sum();
    }
}

/// <summary>A loss of one output whose rows do not depend on each other.</summary>
internal abstract class RowLoss(LabelledRows rows, float[] weights) : BoostingLoss(rows, weights)
{
    public sealed override void Gradients(float[][] scores, float[][] pairs, int degree) => SumOfChunks(
        (start, count) =>
        {
            Gradients(scores[0].AsSpan(start, count), Labels.AsSpan(start, count), Weights.AsSpan(start, count), pairs[0].AsSpan(2 * start, 2 * count));
            return 0;
        }, degree);

    public sealed override double Mean(float[][] scores, int degree) =>
        SumOfChunks((start, count) => Sum(scores[0].AsSpan(start, count), Labels.AsSpan(start, count), Weights.AsSpan(start, count)), degree) / TotalWeight();

    /// <summary>Pairs of at most <see cref="ParallelRanges.ChunkRows"/> rows.</summary>
    protected abstract void Gradients(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> pairs);

    /// <summary>Weighted loss of at most <see cref="ParallelRanges.ChunkRows"/> rows.</summary>
    protected abstract double Sum(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights);
}
