using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>The activation unit of deep interest networks (Zhou et al. 2018): how much each event of a history matters for a candidate.</summary>
public static unsafe class InterestOperations
{
    /// <summary>z = W·[h, c, h − c, h∘c] + b for every event h of every history and its candidate c, without making those rows.</summary>
    /// <remarks>
    /// With W = [P Q R S]: z = (P + R)·h + S·(h∘c) + (Q − R)·c + b. The last two terms are made once per history and the product has half the width.
    /// </remarks>
    /// <param name="tape">The tape.</param>
    /// <param name="history">[events, width], history after history.</param>
    /// <param name="candidate">[histories, width].</param>
    /// <param name="offsets">Where each history begins, and the end of the last one.</param>
    /// <param name="weight">[hidden, 4·width].</param>
    /// <param name="bias">[hidden].</param>
    /// <returns>[events, hidden].</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor InterestHidden(this Tape tape, in Tensor history, in Tensor candidate, in Indices offsets, in Tensor weight, in Tensor bias)
    {
        ShapeOperations.CheckOffsets(offsets, history.Rows);
        var (events, histories, width, hidden) = (history.Rows, candidate.Rows, history.Columns, weight.Rows);
        if (candidate.Columns != width || weight.Columns != 4 * width || bias.Count != hidden || offsets.Count != histories + 1)
            throw new ArgumentException($"Events {history.Shape} and candidates {candidate.Shape} need a weight [hidden, {4 * width}] and a bias [hidden]; got {weight.Shape} and {bias.Shape}.", nameof(weight));
        var y = tape.Result(new Shape(events, hidden), history.NeedsGradient || candidate.NeedsGradient || weight.NeedsGradient || bias.NeedsGradient);
        float* folded = tape.Keep((long)hidden * 2 * width), own = tape.Keep((long)hidden * width), pairs = tape.Keep((long)events * 2 * width), shared = tape.Keep((long)histories * hidden);
        Fold(weight.Data, folded, own, hidden, width);
        for (var s = 0; s < histories; s++) new ReadOnlySpan<float>(bias.Data, hidden).CopyTo(new Span<float>(shared + (long)s * hidden, hidden));
        Products.MultiplyTransposedB(candidate.Data, own, shared, histories, hidden, width, accumulate: true, tape.Degree);
        for (var s = 0; s < histories; s++)
        {
            for (var i = offsets.Data[s]; i < offsets.Data[s + 1]; i++)
            {
                float* h = history.Data + (long)i * width, pair = pairs + (long)i * 2 * width;
                new ReadOnlySpan<float>(h, width).CopyTo(new Span<float>(pair, width));
                Elementwise.Product(h, candidate.Data + (long)s * width, pair + width, width, accumulate: false);
                new ReadOnlySpan<float>(shared + (long)s * hidden, hidden).CopyTo(new Span<float>(y.Data + (long)i * hidden, hidden));
            }
        }
        Products.MultiplyTransposedB(pairs, folded, y.Data, events, hidden, 2 * width, accumulate: true, tape.Degree);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&InterestHiddenBackward, y);
            (entry.X[0], entry.X[1], entry.X[2], entry.X[3], entry.Index0) = (history, candidate, weight, bias, offsets);
            entry.Kept0 = folded;
            entry.Kept1 = own;
            entry.Kept2 = pairs;
        }
        return y;
    }

    /// <summary>y[s, :] = Σ over the rows of segment s of weight[i]·x[i, :].</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weights">One per row.</param>
    /// <param name="offsets">Where each segment begins, and the end of the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor WeightedSegments(this Tape tape, in Tensor x, in Tensor weights, in Indices offsets)
    {
        ShapeOperations.CheckOffsets(offsets, x.Rows);
        if (weights.Count != x.Rows) throw new ArgumentException($"{x.Rows} rows need as many weights; got {weights.Shape}.", nameof(weights));
        var columns = x.Columns;
        var y = tape.Result(new Shape(offsets.Count - 1, columns), x.NeedsGradient || weights.NeedsGradient);
        y.Values.Clear();
        for (var s = 0; s < y.Rows; s++)
        {
            for (var i = offsets.Data[s]; i < offsets.Data[s + 1]; i++) Elementwise.Scaled(weights.Data[i], x.Data + (long)i * columns, y.Data + (long)s * columns, columns);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&WeightedSegmentsBackward, y);
            (entry.X[0], entry.X[1], entry.Index0) = (x, weights, offsets);
        }
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fold(float* weight, float* folded, float* own, int hidden, int width)
    {
        for (var o = 0; o < hidden; o++)
        {
            float* p = weight + (long)o * 4 * width, q = p + width, r = q + width, s = r + width;
            Elementwise.Sum(p, 1, r, folded + (long)o * 2 * width, width);
            new ReadOnlySpan<float>(s, width).CopyTo(new Span<float>(folded + (long)o * 2 * width + width, width));
            Elementwise.Sum(q, -1, r, own + (long)o * width, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InterestHiddenBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var history = ref entry.X[0];
        ref readonly var candidate = ref entry.X[1];
        var (events, histories, width, hidden) = (history.Rows, candidate.Rows, history.Columns, entry.Y.Columns);
        var offsets = entry.Index0.Data;
        var slope = tape.ZeroedGradient(entry.Y);
        var shared = tape.KeepZeroed((long)histories * hidden); // slopes of the terms made once per history
        for (var s = 0; s < histories; s++) Elementwise.AddColumnSums(slope + (long)offsets[s] * hidden, offsets[s + 1] - offsets[s], hidden, shared + (long)s * hidden);

        var gradBias = tape.ZeroedGradient(entry.X[3]);
        if (gradBias != null) Elementwise.AddColumnSums(shared, histories, hidden, gradBias);
        var gradWeight = tape.ZeroedGradient(entry.X[2]);
        if (gradWeight != null) AddWeightGradient(tape, ref entry, slope, shared, gradWeight);

        float* gradHistory = tape.ZeroedGradient(history), gradCandidate = tape.ZeroedGradient(candidate);
        if (gradHistory == null && gradCandidate == null) return;
        if (gradCandidate != null) Products.Multiply(shared, entry.Kept1, gradCandidate, histories, width, hidden, accumulate: true, tape.Degree);
        var pairs = tape.Keep((long)events * 2 * width);
        Products.Multiply(slope, entry.Kept0, pairs, events, 2 * width, hidden, accumulate: false, tape.Degree);
        for (var s = 0; s < histories; s++)
        {
            var c = (long)s * width;
            for (var i = offsets[s]; i < offsets[s + 1]; i++)
            {
                var pair = pairs + (long)i * 2 * width;
                var h = (long)i * width;
                if (gradHistory != null)
                {
                    Elementwise.Add(pair, gradHistory + h, width);
                    Elementwise.Product(pair + width, candidate.Data + c, gradHistory + h, width, accumulate: true);
                }
                if (gradCandidate != null) Elementwise.Product(pair + width, history.Data + h, gradCandidate + c, width, accumulate: true);
            }
        }
    }

    /// <summary>Folded blocks back to [P Q R S]: R is in both folded products, with opposite signs.</summary>
    private static void AddWeightGradient(Tape tape, ref TapeEntry entry, float* slope, float* shared, float* gradient)
    {
        ref readonly var history = ref entry.X[0];
        var (events, histories, width, hidden) = (history.Rows, entry.X[1].Rows, history.Columns, entry.Y.Columns);
        float* folded = tape.Keep((long)hidden * 2 * width), own = tape.Keep((long)hidden * width);
        Products.MultiplyTransposedA(slope, entry.Kept2, folded, hidden, 2 * width, events, accumulate: false, tape.Degree);
        Products.MultiplyTransposedA(shared, entry.X[1].Data, own, hidden, width, histories, accumulate: false, tape.Degree);
        for (var o = 0; o < hidden; o++)
        {
            float* g = gradient + (long)o * 4 * width, f = folded + (long)o * 2 * width, c = own + (long)o * width;
            Elementwise.Add(f, g, width);
            Elementwise.Add(c, g + width, width);
            Elementwise.Add(f, g + 2 * width, width);
            Elementwise.Scaled(-1, c, g + 2 * width, width);
            Elementwise.Add(f + width, g + 3 * width, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeightedSegmentsBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        ref readonly var weights = ref entry.X[1];
        var slope = tape.ZeroedGradient(entry.Y);
        var (columns, offsets) = (x.Columns, entry.Index0);
        float* gradX = tape.ZeroedGradient(x), gradWeights = tape.ZeroedGradient(weights);
        for (var s = 0; s < offsets.Count - 1; s++)
        {
            var own = slope + (long)s * columns;
            for (var i = offsets.Data[s]; i < offsets.Data[s + 1]; i++)
            {
                if (gradX != null) Elementwise.Scaled(weights.Data[i], own, gradX + (long)i * columns, columns);
                if (gradWeights != null) gradWeights[i] += Dense.Dot(new ReadOnlySpan<float>(own, columns), x.Row(i));
            }
        }
    }
}
