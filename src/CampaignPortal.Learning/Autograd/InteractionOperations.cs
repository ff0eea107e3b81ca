using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Products of features with each other: factorisation machines and cross layers.</summary>
public static unsafe class InteractionOperations
{
    /// <summary>y[b] = Σ over pairs of fields of the dot product of their vectors, by the half-square identity ½·Σ((Σv)² − Σv²) (Rendle 2010, lemma 3.1).</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[rows·fields, width] or any shape of as many numbers, field after field within a row.</param>
    /// <param name="fields">Fields per row.</param>
    /// <returns>[rows].</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor FactorPairs(this Tape tape, in Tensor x, int fields)
    {
        if (fields < 1 || x.Rows % fields != 0) throw new ArgumentException($"{x.Rows} vectors do not make rows of {fields} fields.", nameof(fields));
        var (rows, width) = (x.Rows / fields, x.Columns);
        var y = tape.Result(new Shape(rows), x.NeedsGradient);
        var sums = tape.KeepZeroed((long)rows * width);
        for (var b = 0; b < rows; b++)
        {
            float* first = x.Data + (long)b * fields * width, sum = sums + (long)b * width;
            for (var f = 0; f < fields; f++) Elementwise.Add(first + (long)f * width, sum, width);
            var own = new ReadOnlySpan<float>(first, fields * width);
            y.Data[b] = 0.5f * (Dense.Dot(new ReadOnlySpan<float>(sum, width), new ReadOnlySpan<float>(sum, width)) - Dense.Dot(own, own));
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&FactorPairsBackward, y);
            (entry.X[0], entry.N0) = (x, fields);
            entry.Kept0 = sums;
        }
        return y;
    }

    /// <summary>Cross layer with a vector (Wang et al. 2017, eq. 3): y = x0·(x·w) + b + x.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x0">[rows, width]: the input of the first layer.</param>
    /// <param name="x">[rows, width]: the output of the layer before.</param>
    /// <param name="w">[width].</param>
    /// <param name="b">[width].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor Cross(this Tape tape, in Tensor x0, in Tensor x, in Tensor w, in Tensor b)
    {
        var (rows, width) = (x.Rows, x.Columns);
        if (x0.Shape != x.Shape || w.Count != width || b.Count != width) throw new ArgumentException($"A cross layer of {x.Shape} needs as large an x0 and {width} weights and biases; got {x0.Shape}, {w.Shape} and {b.Shape}.", nameof(x0));
        var y = tape.Result(x.Shape, x0.NeedsGradient || x.NeedsGradient || w.NeedsGradient || b.NeedsGradient);
        var dots = tape.Keep(rows);
        for (var i = 0; i < rows; i++)
        {
            var at = (long)i * width;
            dots[i] = Dense.Dot(x.Row(i), w.Values);
            Elementwise.Sum(x.Data + at, 1, b.Data, y.Data + at, width);
            Elementwise.Scaled(dots[i], x0.Data + at, y.Data + at, width);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&CrossBackward, y);
            (entry.X[0], entry.X[1], entry.X[2], entry.X[3]) = (x0, x, w, b);
            entry.Kept0 = dots;
        }
        return y;
    }

    /// <summary>d y/d v_f = (sum of all vectors of the row) − v_f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FactorPairsBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        float* slope = tape.ZeroedGradient(entry.Y), gradient = tape.ZeroedGradient(x);
        if (gradient == null) return;
        var (fields, width) = (entry.N0, x.Columns);
        for (var b = 0; b < entry.Y.Count; b++)
        {
            var first = (long)b * fields * width;
            for (var f = 0; f < fields; f++) Elementwise.Scaled(slope[b], entry.Kept0 + (long)b * width, gradient + first + (long)f * width, width);
            Elementwise.Scaled(-slope[b], x.Data + first, gradient + first, fields * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CrossBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x0 = ref entry.X[0];
        ref readonly var x = ref entry.X[1];
        ref readonly var w = ref entry.X[2];
        var (rows, width) = (x.Rows, x.Columns);
        var slope = tape.ZeroedGradient(entry.Y);
        float* gradX0 = tape.ZeroedGradient(x0), gradX = tape.ZeroedGradient(x), gradW = tape.ZeroedGradient(w), gradB = tape.ZeroedGradient(entry.X[3]);
        for (var i = 0; i < rows; i++)
        {
            var at = (long)i * width;
            var ofDot = Dense.Dot(new ReadOnlySpan<float>(slope + at, width), x0.Row(i)); // d loss / d (x·w)
            if (gradX0 != null) Elementwise.Scaled(entry.Kept0[i], slope + at, gradX0 + at, width);
            if (gradX != null)
            {
                Elementwise.Add(slope + at, gradX + at, width);
                Elementwise.Scaled(ofDot, w.Data, gradX + at, width);
            }
            if (gradW != null) Elementwise.Scaled(ofDot, x.Data + at, gradW, width);
            if (gradB != null) Elementwise.Add(slope + at, gradB, width);
        }
    }
}
