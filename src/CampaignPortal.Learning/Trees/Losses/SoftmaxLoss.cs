using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>Cross-entropy of several classes; for class k the gradient is p_k − [y = k] and the hessian 2·p_k(1 − p_k), which bounds the whole matrix (Friedman, Hastie and Tibshirani 2000).</summary>
internal sealed class SoftmaxLoss : BoostingLoss
{
    private readonly int _classCount;

    public SoftmaxLoss(LabelledRows rows, float[] weights, int classCount) : base(rows, weights)
    {
        _classCount = classCount;
        var bad = Array.FindIndex(Labels, y => !(y >= 0 && y < classCount && y == MathF.Floor(y)));
        if (bad >= 0) throw new ArgumentException($"Labels must be classes of 0 to {classCount - 1}; row {bad} has {Labels[bad]}.", nameof(rows));
    }

    public override int OutputCount => _classCount;

    public override double[] BestConstants()
    {
        var counts = new double[_classCount];
        for (var i = 0; i < Labels.Length; i++) counts[(int)Labels[i]] += Weights[i];
        var total = counts.Sum();
        var constants = Array.ConvertAll(counts, c => c > 0 ? Math.Log(c / total) : throw new ArgumentException("A class has no training row; number the classes without gaps, or give more rows."));
        return constants;
    }

    public override void Gradients(float[][] scores, float[][] pairs, int degree) => SumOfChunks(
        (start, count) =>
        {
            Span<float> sums = stackalloc float[ParallelRanges.ChunkRows];
            Span<float> most = stackalloc float[ParallelRanges.ChunkRows];
            Shares(scores, start, count, most, sums);
            for (var k = 0; k < _classCount; k++) Pairs(scores[k].AsSpan(start, count), start, k, most, sums, pairs[k]);
            return 0;
        }, degree);

    public override double Mean(float[][] scores, int degree) => SumOfChunks(
        (start, count) =>
        {
            Span<float> sums = stackalloc float[ParallelRanges.ChunkRows];
            Span<float> most = stackalloc float[ParallelRanges.ChunkRows];
            Shares(scores, start, count, most, sums);
            double sum = 0;
            for (var i = 0; i < count; i++) sum += Weights[start + i] * (Math.Log(sums[i]) + most[i] - scores[(int)Labels[start + i]][start + i]);
            return sum;
        }, degree) / TotalWeight();

    /// <summary>Greatest score of each row, and the sum of exp(score − greatest).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Shares(float[][] scores, int start, int count, Span<float> most, Span<float> sums)
    {
        Span<float> powers = stackalloc float[ParallelRanges.ChunkRows];
        most[..count].Fill(float.NegativeInfinity);
        sums[..count].Clear();
        foreach (var score in scores) for (var i = 0; i < count; i++) most[i] = Math.Max(most[i], score[start + i]);
        foreach (var score in scores)
        {
            for (var i = 0; i < count; i++) powers[i] = score[start + i] - most[i];
            VectorMath.Exp(powers[..count], powers[..count]);
            for (var i = 0; i < count; i++) sums[i] += powers[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pairs(ReadOnlySpan<float> scores, int start, int k, ReadOnlySpan<float> most, ReadOnlySpan<float> sums, float[] pairs)
    {
        Span<float> powers = stackalloc float[ParallelRanges.ChunkRows];
        for (var i = 0; i < scores.Length; i++) powers[i] = scores[i] - most[i];
        VectorMath.Exp(powers[..scores.Length], powers[..scores.Length]);
        for (var i = 0; i < scores.Length; i++)
        {
            var (p, w) = (powers[i] / sums[i], Weights[start + i]);
            pairs[2 * (start + i)] = w * (Labels[start + i] == k ? p - 1 : p);
            pairs[2 * (start + i) + 1] = w * Math.Max(2 * p * (1 - p), LeastHessian);
        }
    }
}
