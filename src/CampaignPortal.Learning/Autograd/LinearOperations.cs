using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Products with weights and of tensors with each other.</summary>
public static unsafe class LinearOperations
{
    /// <summary>y = f(x·Wᵀ + b) in one entry.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or default for none.</param>
    /// <param name="activation">f; null for the identity.</param>
    /// <returns>[…, outputs].</returns>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Tensor Linear(this Tape tape, in Tensor x, in Tensor weight, in Tensor bias = default, Activation? activation = null)
    {
        var (rows, inputs, outputs) = (x.Rows, x.Columns, weight.Rows);
        if (weight.Shape.Rank != 2 || weight.Columns != inputs) throw new ArgumentException($"A weight [outputs, {inputs}] is due for rows {x.Shape}; got {weight.Shape}.", nameof(weight));
        var y = tape.Result(x.Shape.WithColumns(outputs), x.NeedsGradient || weight.NeedsGradient);
        var hasBias = bias.Data != null;
        if (activation == Activation.Relu && hasBias && outputs > 1)
        {
            // The commonest layer: bias and rectifier in one pass behind the product.
            Products.MultiplyTransposedB(x.Data, weight.Data, y.Data, rows, outputs, inputs, accumulate: false, tape.Degree);
            Elementwise.AddRowRectified(y.Data, bias.Data, rows, outputs);
            Record(tape, x, weight, bias, y, activation, y.Data);
            return y;
        }
        if (hasBias)
        {
            for (var i = 0; i < rows; i++) new ReadOnlySpan<float>(bias.Data, outputs).CopyTo(new Span<float>(y.Data + (long)i * outputs, outputs));
        }
        if (outputs == 1)
        {
            var w = new ReadOnlySpan<float>(weight.Data, inputs);
            for (var i = 0; i < rows; i++) y.Data[i] = (hasBias ? y.Data[i] : 0) + Dense.Dot(new ReadOnlySpan<float>(x.Data + (long)i * inputs, inputs), w);
        }
        else
        {
            Products.MultiplyTransposedB(x.Data, weight.Data, y.Data, rows, outputs, inputs, hasBias, tape.Degree);
        }
        float* before = null;
        if (activation is { } f)
        {
            // These find their slope in y alone; the others need what they were given.
            before = f is Activation.Relu or Activation.Sigmoid or Activation.Tanh || !y.NeedsGradient ? y.Data : tape.Keep(y.Count);
            if (before != y.Data) y.Values.CopyTo(new Span<float>(before, y.Count));
            Activations.Forward(f, y.Values, y.Values);
        }
        Record(tape, x, weight, bias, y, activation, before);
        return y;
    }

    private static void Record(Tape tape, in Tensor x, in Tensor weight, in Tensor bias, in Tensor y, Activation? activation, float* before)
    {
        if (!y.NeedsGradient) return;
        ref var entry = ref tape.Record(&LinearBackward, y);
        (entry.X[0], entry.X[1], entry.X[2]) = (x, weight, bias);
        entry.Kept0 = before;
        entry.N0 = activation is { } a ? (int)a : -1;
        entry.N1 = bias.Data != null ? 1 : 0;
    }

    /// <summary>y = a·bᵀ: every row of a with every row of b.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">[m, width].</param>
    /// <param name="b">[n, width].</param>
    /// <returns>[m, n].</returns>
    public static Tensor MultiplyTransposed(this Tape tape, in Tensor a, in Tensor b) => tape.Linear(a, b);

    /// <summary>y = a·b of two matrices.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <returns>[m, n].</returns>
    public static Tensor Multiply(this Tape tape, in Tensor a, in Tensor b)
    {
        var (m, k, n) = (a.Rows, a.Columns, b.Columns);
        if (b.Shape.Rank != 2 || b.Rows != k) throw new ArgumentException($"A matrix [{k}, n] is due after {a.Shape}; got {b.Shape}.", nameof(b));
        var y = tape.Result(a.Shape.WithColumns(n), a.NeedsGradient || b.NeedsGradient);
        Products.Multiply(a.Data, b.Data, y.Data, m, n, k, accumulate: false, tape.Degree);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&MultiplyBackward, y);
            (entry.X[0], entry.X[1]) = (a, b);
        }
        return y;
    }

    /// <summary>y[i] = Σ_j a[i, j]·b[i, j]: rows of a with the same rows of b.</summary>
    /// <returns>[rows].</returns>
    public static Tensor RowDot(this Tape tape, in Tensor a, in Tensor b)
    {
        if (a.Shape != b.Shape) throw new ArgumentException($"Both tensors must have one shape; they have {a.Shape} and {b.Shape}.", nameof(b));
        var (rows, columns) = (a.Rows, a.Columns);
        var y = tape.Result(new Shape(rows), a.NeedsGradient || b.NeedsGradient);
        for (var i = 0; i < rows; i++) y.Data[i] = Dense.Dot(a.Row(i), b.Row(i));
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&RowDotBackward, y);
            (entry.X[0], entry.X[1]) = (a, b);
        }
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LinearBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        ref readonly var weight = ref entry.X[1];
        var y = entry.Y;
        var (rows, inputs, outputs) = (x.Rows, x.Columns, weight.Rows);
        var slope = tape.ZeroedGradient(y);
        if (entry.N0 >= 0)
        {
            // The gradient of y is read by nobody after this entry, so it becomes the gradient before the activation in place.
            var g = new Span<float>(slope, y.Count);
            Activations.Backward((Activation)entry.N0, new ReadOnlySpan<float>(entry.Kept0, y.Count), y.Values, g, g);
        }
        if (entry.N1 == 1)
        {
            var gradBias = tape.ZeroedGradient(entry.X[2]);
            if (gradBias != null) Elementwise.AddColumnSums(slope, rows, outputs, gradBias);
        }
        var gradWeight = tape.Gradient(weight, out var addWeight);
        if (gradWeight != null)
        {
            if (outputs == 1) AddWeightedRows(x.Data, slope, rows, inputs, gradWeight, addWeight);
            else Products.MultiplyTransposedA(slope, x.Data, gradWeight, outputs, inputs, rows, addWeight, tape.Degree);
        }
        var gradX = tape.Gradient(x, out var addX);
        if (gradX != null) Products.Multiply(slope, weight.Data, gradX, rows, inputs, outputs, addX, tape.Degree);
    }

    /// <summary>target (+)= Σ_i factor[i]·x[i, :].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWeightedRows(float* x, float* factor, int rows, int columns, float* target, bool accumulate)
    {
        if (!accumulate) new Span<float>(target, columns).Clear();
        for (var i = 0; i < rows; i++) Elementwise.Scaled(factor[i], x + (long)i * columns, target, columns);
    }

    private static void MultiplyBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var a = ref entry.X[0];
        ref readonly var b = ref entry.X[1];
        var (m, k, n) = (a.Rows, a.Columns, b.Columns);
        var slope = tape.ZeroedGradient(entry.Y);
        var gradA = tape.Gradient(a, out var addA);
        if (gradA != null) Products.MultiplyTransposedB(slope, b.Data, gradA, m, k, n, addA, tape.Degree);
        var gradB = tape.Gradient(b, out var addB);
        if (gradB != null) Products.MultiplyTransposedA(a.Data, slope, gradB, k, n, m, addB, tape.Degree);
    }

    private static void RowDotBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var a = ref entry.X[0];
        ref readonly var b = ref entry.X[1];
        var slope = tape.ZeroedGradient(entry.Y);
        var gradA = tape.ZeroedGradient(a);
        var gradB = tape.ZeroedGradient(b);
        var columns = a.Columns;
        for (var i = 0; i < a.Rows; i++)
        {
            var offset = (long)i * columns;
            if (gradA != null) Elementwise.Scaled(slope[i], b.Data + offset, gradA + offset, columns);
            if (gradB != null) Elementwise.Scaled(slope[i], a.Data + offset, gradB + offset, columns);
        }
    }
}
