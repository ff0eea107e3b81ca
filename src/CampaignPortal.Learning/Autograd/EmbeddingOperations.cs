using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Rows of tables and of tensors by their numbers.</summary>
public static unsafe class EmbeddingOperations
{
    /// <summary>y[i, :] = table[index[i], :].</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="table">[rows, width].</param>
    /// <param name="index">Row numbers.</param>
    /// <param name="paddingIndex">A row whose value is returned but that gets no gradient; −1 for none.</param>
    /// <returns>[index count, width].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A row number is outside the table.</exception>
    public static Tensor Gather(this Tape tape, Parameter table, in Indices index, int paddingIndex = -1)
    {
        var weight = tape.UseRows(table);
        Check(index, weight.Rows, table.Name);
        return Gather(tape, weight, index, paddingIndex, table);
    }

    /// <summary>y[i, :] = x[index[i], :] of a tensor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row number is outside the tensor.</exception>
    public static Tensor Gather(this Tape tape, in Tensor x, in Indices index)
    {
        Check(index, x.Rows, "the tensor");
        return Gather(tape, x, index, -1, null);
    }

    /// <summary>y[b, :] = sum or mean of the rows index[offsets[b]] … index[offsets[b + 1] − 1]; an empty bag gives zeros.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="table">[rows, width].</param>
    /// <param name="index">Row numbers, bag after bag.</param>
    /// <param name="offsets">Where each bag begins, and the end of the last one: one more than there are bags.</param>
    /// <param name="mode">Sum or mean.</param>
    /// <param name="paddingIndex">A row that gets no gradient; −1 for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor Bags(this Tape tape, Parameter table, in Indices index, in Indices offsets, BagMode mode, int paddingIndex = -1)
    {
        var weight = tape.UseRows(table);
        Check(index, weight.Rows, table.Name);
        var (width, bags) = (weight.Columns, offsets.Count - 1);
        var y = tape.Result(new Shape(bags, width), weight.NeedsGradient);
        y.Values.Clear();
        for (var b = 0; b < bags; b++)
        {
            var factor = Factor(mode, offsets.Data[b + 1] - offsets.Data[b]);
            for (var i = offsets.Data[b]; i < offsets.Data[b + 1]; i++) Elementwise.Scaled(factor, weight.Data + (long)index.Data[i] * width, y.Data + (long)b * width, width);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&BagsBackward, y);
            (entry.X[0], entry.Index0, entry.Index1, entry.N0, entry.N1, entry.Owner) = (weight, index, offsets, (int)mode, paddingIndex, table);
        }
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Tensor Gather(Tape tape, in Tensor weight, in Indices index, int paddingIndex, Parameter? table)
    {
        var width = weight.Columns;
        var y = tape.Result(new Shape(index.Count, width), weight.NeedsGradient);
        for (var i = 0; i < index.Count; i++) new ReadOnlySpan<float>(weight.Data + (long)index.Data[i] * width, width).CopyTo(new Span<float>(y.Data + (long)i * width, width));
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&GatherBackward, y);
            (entry.X[0], entry.Index0, entry.N0, entry.Owner) = (weight, index, paddingIndex, table);
        }
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(entry.X[0]);
        var width = entry.Y.Columns;
        var touched = entry.Owner is Parameter table ? tape.TouchedOf(table) : null;
        for (var i = 0; i < entry.Index0.Count; i++)
        {
            var row = entry.Index0.Data[i];
            if (row == entry.N0) continue;
            touched?.Touch(row);
            Elementwise.Add(slope + (long)i * width, gradient + (long)row * width, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BagsBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        var gradient = tape.ZeroedGradient(entry.X[0]);
        var (width, offsets) = (entry.Y.Columns, entry.Index1);
        var touched = entry.Owner is Parameter table ? tape.TouchedOf(table) : null;
        for (var b = 0; b < offsets.Count - 1; b++)
        {
            var factor = Factor((BagMode)entry.N0, offsets.Data[b + 1] - offsets.Data[b]);
            for (var i = offsets.Data[b]; i < offsets.Data[b + 1]; i++)
            {
                var row = entry.Index0.Data[i];
                if (row == entry.N1) continue;
                touched?.Touch(row);
                Elementwise.Scaled(factor, slope + (long)b * width, gradient + (long)row * width, width);
            }
        }
    }

    private static float Factor(BagMode mode, int count) => mode == BagMode.Mean && count > 0 ? 1f / count : 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Check(in Indices index, int rowCount, string name)
    {
        for (var i = 0; i < index.Count; i++)
        {
            if ((uint)index.Data[i] >= (uint)rowCount) throw new ArgumentOutOfRangeException(nameof(index), index.Data[i], $"Entry {i} names row {index.Data[i]} of {name}, which has {rowCount} rows.");
        }
    }
}
