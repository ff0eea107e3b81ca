using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Tensors side by side, parts of them, and sums over segments of rows.</summary>
/// <remarks>
/// Sequences of several lengths lie one after the other as rows of one matrix, without padding; offsets say where each begins and where the last one ends
/// (one more offset than there are sequences). Row-wise operations need not know; attention and pooling take the offsets.
/// </remarks>
public static unsafe class ShapeOperations
{
    /// <summary>y = [a, b]: the columns of b behind those of a. [rows, p] and [rows, q] give [rows, p + q].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor Concat(this Tape tape, in Tensor a, in Tensor b)
    {
        if (a.Rows != b.Rows) throw new ArgumentException($"Tensors side by side need equal numbers of rows; these have {a.Shape} and {b.Shape}.", nameof(b));
        var (p, q) = (a.Columns, b.Columns);
        var y = tape.Result(new Shape(a.Rows, p + q), a.NeedsGradient || b.NeedsGradient);
        for (var i = 0; i < a.Rows; i++)
        {
            a.Row(i).CopyTo(y.Row(i));
            b.Row(i).CopyTo(y.Row(i)[p..]);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&ConcatBackward, y);
            (entry.X[0], entry.X[1]) = (a, b);
        }
        return y;
    }

    /// <summary>Columns from … from + count − 1 of every row.</summary>
    public static Tensor Columns(this Tape tape, in Tensor x, int from, int count)
    {
        if (from < 0 || count < 0 || from + count > x.Columns) throw new ArgumentOutOfRangeException(nameof(from), from, $"Columns {from} to {from + count} are not all in {x.Shape}.");
        var y = tape.Result(x.Shape.WithColumns(count), x.NeedsGradient);
        for (var i = 0; i < x.Rows; i++) x.Row(i).Slice(from, count).CopyTo(y.Row(i));
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&ColumnsBackward, y);
            (entry.X[0], entry.N0) = (x, from);
        }
        return y;
    }

    /// <summary>Rows from … from + count − 1; they share the numbers of x.</summary>
    public static Tensor Rows(this Tape tape, in Tensor x, int from, int count)
    {
        if (from < 0 || count < 0 || from + count > x.Rows) throw new ArgumentOutOfRangeException(nameof(from), from, $"Rows {from} to {from + count} are not all in {x.Shape}.");
        var shape = new Shape(count, x.Columns);
        var made = tape.Result(shape, x.NeedsGradient);
        var y = new Tensor(x.Data + (long)from * x.Columns, shape, made.Slot);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&RowsBackward, y);
            (entry.X[0], entry.N0) = (x, from);
        }
        return y;
    }

    /// <summary>y[s, :] = sum or mean of the rows of segment s; an empty segment gives zeros.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="offsets">Where each segment begins, and the end of the last one.</param>
    /// <param name="mean">Mean instead of sum.</param>
    public static Tensor PoolSegments(this Tape tape, in Tensor x, in Indices offsets, bool mean)
    {
        CheckOffsets(offsets, x.Rows);
        var columns = x.Columns;
        var y = tape.Result(new Shape(offsets.Count - 1, columns), x.NeedsGradient);
        y.Values.Clear();
        for (var s = 0; s < y.Rows; s++)
        {
            var factor = Factor(offsets, s, mean);
            for (var i = offsets.Data[s]; i < offsets.Data[s + 1]; i++) Elementwise.Scaled(factor, x.Data + (long)i * columns, y.Data + (long)s * columns, columns);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&PoolBackward, y);
            (entry.X[0], entry.Index0, entry.N0) = (x, offsets, mean ? 1 : 0);
        }
        return y;
    }

    /// <summary>y[s, j] = greatest x[i, j] among the rows of segment s; an empty segment gives zeros.</summary>
    public static Tensor MaxSegments(this Tape tape, in Tensor x, in Indices offsets)
    {
        CheckOffsets(offsets, x.Rows);
        var columns = x.Columns;
        var y = tape.Result(new Shape(offsets.Count - 1, columns), x.NeedsGradient);
        var winner = tape.KeepIndices(y.Count);
        for (var s = 0; s < y.Rows; s++)
        {
            var target = y.Data + (long)s * columns;
            var from = winner + (long)s * columns;
            var (first, end) = (offsets.Data[s], offsets.Data[s + 1]);
            for (var j = 0; j < columns; j++) (target[j], from[j]) = first < end ? (x.Data[(long)first * columns + j], first) : (0, -1);
            for (var i = first + 1; i < end; i++)
            {
                var row = x.Data + (long)i * columns;
                for (var j = 0; j < columns; j++)
                {
                    if (row[j] > target[j]) (target[j], from[j]) = (row[j], i);
                }
            }
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&MaxBackward, y);
            (entry.X[0], entry.Index0) = (x, new Indices(winner, y.Count));
        }
        return y;
    }

    /// <summary>y[i] = softmax of x over the elements of its segment: weights that add up to 1 in every segment.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">One number per row.</param>
    /// <param name="offsets">Where each segment begins, and the end of the last one.</param>
    public static Tensor SoftmaxSegments(this Tape tape, in Tensor x, in Indices offsets)
    {
        CheckOffsets(offsets, x.Count);
        var y = tape.Result(x.Shape, x.NeedsGradient);
        for (var s = 0; s < offsets.Count - 1; s++)
        {
            var (from, count) = (offsets.Data[s], offsets.Data[s + 1] - offsets.Data[s]);
            if (count > 0) Softmax.Forward(x.Values.Slice(from, count), y.Values.Slice(from, count), count);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&SoftmaxSegmentsBackward, y);
            (entry.X[0], entry.Index0) = (x, offsets);
        }
        return y;
    }

    /// <summary>The mean of all elements as one number.</summary>
    public static Tensor Mean(this Tape tape, in Tensor x)
    {
        if (x.Count == 0) throw new ArgumentException("The mean of no elements is undefined.", nameof(x));
        var y = tape.Result(Shape.Scalar, x.NeedsGradient);
        double sum = 0;
        foreach (var v in x.Values) sum += v;
        *y.Data = (float)(sum / x.Count);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&MeanBackward, y);
            entry.X[0] = x;
        }
        return y;
    }

    /// <summary>Throws unless offsets rise from 0 to the number of rows.</summary>
    internal static void CheckOffsets(in Indices offsets, int rows)
    {
        if (offsets.Count == 0 || offsets.Data[0] != 0 || offsets.Data[offsets.Count - 1] != rows) throw new ArgumentException($"Offsets must rise from 0 to the {rows} rows.", nameof(offsets));
        for (var s = 1; s < offsets.Count; s++)
        {
            if (offsets.Data[s] < offsets.Data[s - 1]) throw new ArgumentException($"Offset {s} is {offsets.Data[s]}, less than the {offsets.Data[s - 1]} before it.", nameof(offsets));
        }
    }

    private static float Factor(in Indices offsets, int segment, bool mean) => mean ? 1f / Math.Max(1, offsets.Data[segment + 1] - offsets.Data[segment]) : 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConcatBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var width = entry.Y.Columns;
        var from = 0;
        for (var o = 0; o < 2; o++)
        {
            ref readonly var x = ref entry.X[o];
            var gradient = tape.ZeroedGradient(x);
            if (gradient != null)
            {
                for (var i = 0; i < x.Rows; i++) Elementwise.Add(slope + (long)i * width + from, gradient + (long)i * x.Columns, x.Columns);
            }
            from += x.Columns;
        }
    }

    private static void ColumnsBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(x);
        var count = entry.Y.Columns;
        for (var i = 0; i < x.Rows; i++) Elementwise.Add(slope + (long)i * count, gradient + (long)i * x.Columns + entry.N0, count);
    }

    private static void RowsBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(entry.X[0]);
        Elementwise.Add(slope, gradient + (long)entry.N0 * entry.Y.Columns, entry.Y.Count);
    }

    private static void PoolBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(entry.X[0]);
        var (columns, offsets) = (entry.Y.Columns, entry.Index0);
        for (var s = 0; s < entry.Y.Rows; s++)
        {
            var factor = Factor(offsets, s, entry.N0 == 1);
            for (var i = offsets.Data[s]; i < offsets.Data[s + 1]; i++) Elementwise.Scaled(factor, slope + (long)s * columns, gradient + (long)i * columns, columns);
        }
    }

    private static void MaxBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(entry.X[0]);
        var columns = entry.Y.Columns;
        for (var e = 0; e < entry.Y.Count; e++)
        {
            if (entry.Index0.Data[e] >= 0) gradient[(long)entry.Index0.Data[e] * columns + e % columns] += slope[e];
        }
    }

    private static void SoftmaxSegmentsBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(entry.X[0]);
        var offsets = entry.Index0;
        var y = entry.Y.Data;
        for (var s = 0; s < offsets.Count - 1; s++)
        {
            var (from, end) = (offsets.Data[s], offsets.Data[s + 1]);
            float dot = 0;
            for (var i = from; i < end; i++) dot += y[i] * slope[i];
            for (var i = from; i < end; i++) gradient[i] += y[i] * (slope[i] - dot);
        }
    }

    private static void MeanBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var slope = *tape.ZeroedGradient(entry.Y) / x.Count;
        var gradient = tape.ZeroedGradient(x);
        for (var i = 0; i < x.Count; i++) gradient[i] += slope;
    }
}
