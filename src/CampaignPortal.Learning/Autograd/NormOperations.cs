using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Normalisation of rows and of columns.</summary>
public static unsafe class NormOperations
{
    /// <summary>Layer norm (Ba, Kiros and Hinton 2016) of every row: (x − mean)/√(population variance + ε)·weight + bias.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[…, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="bias">[columns].</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor LayerNorm(this Tape tape, in Tensor x, in Tensor weight, in Tensor bias, double epsilon = 1e-5)
    {
        if (weight.Count != x.Columns || bias.Count != x.Columns) throw new ArgumentException($"Weight and bias need {x.Columns} elements each for rows {x.Shape}; got {weight.Shape} and {bias.Shape}.", nameof(weight));
        var y = tape.Result(x.Shape, x.NeedsGradient || weight.NeedsGradient);
        var kept = y.NeedsGradient ? x.Rows : 0;
        var mean = tape.Keep(kept);
        var inverse = tape.Keep(kept);
        LayerNormKernel.Forward(x.Values, weight.Values, bias.Values, y.Values, new Span<float>(mean, kept), new Span<float>(inverse, kept), (float)epsilon);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&LayerNormBackward, y);
            (entry.X[0], entry.X[1], entry.X[2]) = (x, weight, bias);
            entry.Kept0 = mean;
            entry.Kept1 = inverse;
        }
        return y;
    }

    /// <summary>Batch norm (Ioffe and Szegedy 2015) of every column over all rows; training uses the batch and moves the running figures, prediction uses those.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[…, columns].</param>
    /// <param name="norm">The layer with weight, bias and running figures.</param>
    /// <param name="rectify">Whether max(0, ·) follows in the same entry.</param>
    /// <exception cref="ArgumentException">Training on fewer than two rows, which have no variance.</exception>
    public static Tensor BatchNorm(this Tape tape, in Tensor x, BatchNorm norm, bool rectify = false)
    {
        ArgumentNullException.ThrowIfNull(norm);
        if (norm.Weight.Value.Length != x.Columns) throw new ArgumentException($"The norm has {norm.Weight.Value.Length} columns; the rows are {x.Shape}.", nameof(x));
        if (tape.IsShard && tape.IsTraining) throw new InvalidOperationException("Batch norm needs whole batches: set TrainingOptions.Shards to 1.");
        var (weight, bias) = (tape.Use(norm.Weight), tape.Use(norm.Bias));
        var y = tape.Result(x.Shape, x.NeedsGradient || weight.NeedsGradient);
        var (columns, kernel) = (x.Columns, new BatchNormKernel(x.Rows, x.Columns, tape.Degree));
        var figures = tape.Keep(3L * columns); // mean, 1/deviation, and their product with the weight
        var scratch = tape.IsTraining ? tape.Keep(kernel.ScratchCount) : null;
        norm.Figures(kernel, x.Data, figures, figures + columns, scratch, tape.IsTraining);
        for (var j = 0; j < columns; j++) figures[2 * columns + j] = figures[columns + j] * weight.Data[j];
        kernel.Apply(x.Data, figures, figures + 2 * columns, bias.Data, y.Data, rectify);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&BatchNormBackward, y);
            (entry.X[0], entry.X[1], entry.X[2]) = (x, weight, bias);
            entry.Kept0 = figures;
            entry.Kept1 = scratch;
            entry.N0 = rectify ? 1 : 0;
        }
        return y;
    }

    /// <summary>y = x/max(‖x‖, ε) for every row.</summary>
    public static Tensor Normalize(this Tape tape, in Tensor x, double epsilon = 1e-12)
    {
        var y = tape.Result(x.Shape, x.NeedsGradient);
        var inverse = tape.Keep(x.Rows);
        for (var i = 0; i < x.Rows; i++)
        {
            var row = x.Row(i);
            inverse[i] = (float)(1 / Math.Max(Math.Sqrt(Dense.Dot(row, row)), epsilon));
            y.Row(i).Clear();
            Elementwise.Scaled(inverse[i], x.Data + (long)i * x.Columns, y.Data + (long)i * x.Columns, x.Columns);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&NormalizeBackward, y);
            entry.X[0] = x;
            entry.Kept0 = inverse;
        }
        return y;
    }

    private static void LayerNormBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var slope = tape.ZeroedGradient(entry.Y);
        var (rows, columns) = (x.Rows, x.Columns);
        var gradX = tape.Gradient(x, out var accumulate);
        var gradWeight = tape.ZeroedGradient(entry.X[1]);
        var gradBias = tape.ZeroedGradient(entry.X[2]);
        // The kernel computes all three; what nobody asks for goes to memory that nobody reads.
        if (gradX == null) gradX = tape.Keep(x.Count);
        if (gradWeight == null) gradWeight = tape.KeepZeroed(columns);
        if (gradBias == null) gradBias = tape.KeepZeroed(columns);
        LayerNormKernel.Backward(x.Values, entry.X[1].Values, new Span<float>(entry.Kept0, rows), new Span<float>(entry.Kept1, rows), new Span<float>(slope, x.Count),
            new Span<float>(gradX, x.Count), new Span<float>(gradWeight, columns), new Span<float>(gradBias, columns), accumulate);
    }

    private static void BatchNormBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var (columns, kernel) = (x.Columns, new BatchNormKernel(x.Rows, x.Columns, tape.Degree));
        var figures = entry.Kept0;
        var slope = tape.ZeroedGradient(entry.Y);
        if (entry.N0 == 1)
        {
            // The gradient of y is read by nobody after this entry, so it becomes the gradient before the rectifier in place.
            var g = new Span<float>(slope, x.Count);
            Activations.Backward(Activation.Relu, entry.Y.Values, entry.Y.Values, g, g);
        }
        var sums = tape.Keep(2L * columns); // of gradients, and of their products with the normalised values
        kernel.Sums(x.Data, slope, figures, figures + columns, sums, entry.Kept1);
        var gradX = tape.Gradient(x, out var accumulate);
        if (gradX != null) kernel.Backward(x.Data, slope, figures, sums, gradX, accumulate);
        var gradWeight = tape.ZeroedGradient(entry.X[1]);
        var gradBias = tape.ZeroedGradient(entry.X[2]);
        if (gradBias != null) Elementwise.Add(sums, gradBias, columns);
        if (gradWeight != null) Elementwise.Add(sums + columns, gradWeight, columns);
    }

    private static void NormalizeBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var slope = tape.ZeroedGradient(entry.Y);
        var gradX = tape.ZeroedGradient(x);
        var columns = x.Columns;
        for (var i = 0; i < x.Rows; i++)
        {
            var y = entry.Y.Data + (long)i * columns;
            var g = slope + (long)i * columns;
            var dot = Dense.Dot(new ReadOnlySpan<float>(y, columns), new ReadOnlySpan<float>(g, columns));
            Elementwise.Scaled(entry.Kept0[i], g, gradX + (long)i * columns, columns);
            Elementwise.Scaled(-dot * entry.Kept0[i], y, gradX + (long)i * columns, columns);
        }
    }
}
