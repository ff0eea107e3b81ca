using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Operations element by element. Two operands have the same shape, or the second is one row for all rows of the first.</summary>
public static unsafe class ElementwiseOperations
{
    /// <summary>y = a + factor·b.</summary>
    /// <exception cref="ArgumentException">b has neither the shape of a nor that of one of its rows.</exception>
    public static Tensor Add(this Tape tape, in Tensor a, in Tensor b, float factor = 1)
    {
        var isRow = RequireSameOrRow(a, b);
        var y = tape.Result(a.Shape, a.NeedsGradient || b.NeedsGradient);
        if (isRow)
        {
            for (var i = 0; i < a.Rows; i++) Elementwise.Sum(a.Data + (long)i * a.Columns, factor, b.Data, y.Data + (long)i * a.Columns, a.Columns);
        }
        else
        {
            Elementwise.Sum(a.Data, factor, b.Data, y.Data, a.Count);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&AddBackward, y);
            (entry.X[0], entry.X[1], entry.F0, entry.N0) = (a, b, factor, isRow ? 1 : 0);
        }
        return y;
    }

    /// <summary>y = a − b.</summary>
    public static Tensor Subtract(this Tape tape, in Tensor a, in Tensor b) => tape.Add(a, b, -1);

    /// <summary>y = a∘b, the product element by element.</summary>
    /// <exception cref="ArgumentException">b has neither the shape of a nor that of one of its rows.</exception>
    public static Tensor Hadamard(this Tape tape, in Tensor a, in Tensor b)
    {
        var isRow = RequireSameOrRow(a, b);
        var y = tape.Result(a.Shape, a.NeedsGradient || b.NeedsGradient);
        var (rows, columns) = isRow ? (a.Rows, a.Columns) : (1, a.Count);
        for (var i = 0; i < rows; i++) Elementwise.Product(a.Data + (long)i * columns, b.Data, y.Data + (long)i * columns, columns, accumulate: false);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&HadamardBackward, y);
            (entry.X[0], entry.X[1], entry.N0) = (a, b, rows);
        }
        return y;
    }

    /// <summary>y[i, :] = a[i, :]·factor[i]: every row times a number of its own.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">[rows, columns].</param>
    /// <param name="factor">rows numbers.</param>
    public static Tensor ScaleRows(this Tape tape, in Tensor a, in Tensor factor)
    {
        if (factor.Count != a.Rows) throw new ArgumentException($"{a.Rows} factors are due for rows {a.Shape}; got {factor.Shape}.", nameof(factor));
        var columns = a.Columns;
        var y = tape.Result(a.Shape, a.NeedsGradient || factor.NeedsGradient);
        for (var i = 0; i < a.Rows; i++)
        {
            var row = new Span<float>(y.Data + (long)i * columns, columns);
            row.Clear();
            Elementwise.Scaled(factor.Data[i], a.Data + (long)i * columns, y.Data + (long)i * columns, columns);
        }
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&ScaleRowsBackward, y);
            (entry.X[0], entry.X[1]) = (a, factor);
        }
        return y;
    }

    /// <summary>y = factor·x.</summary>
    public static Tensor Scale(this Tape tape, in Tensor x, float factor)
    {
        var y = tape.Result(x.Shape, x.NeedsGradient);
        new Span<float>(y.Data, y.Count).Clear();
        Elementwise.Scaled(factor, x.Data, y.Data, x.Count);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&ScaleBackward, y);
            (entry.X[0], entry.F0) = (x, factor);
        }
        return y;
    }

    /// <summary>y = f(x).</summary>
    public static Tensor Activate(this Tape tape, in Tensor x, Activation activation)
    {
        var y = tape.Result(x.Shape, x.NeedsGradient);
        Activations.Forward(activation, x.Values, y.Values);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&ActivateBackward, y);
            (entry.X[0], entry.N0) = (x, (int)activation);
        }
        return y;
    }

    /// <summary>Parametric rectifier (He et al. 2015): y = x, below zero slope·x with one learned slope.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="slope">[1].</param>
    public static Tensor Prelu(this Tape tape, in Tensor x, in Tensor slope)
    {
        var y = tape.Result(x.Shape, x.NeedsGradient || slope.NeedsGradient);
        PreluKernel.Forward(x.Data, *slope.Data, y.Data, x.Count);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&PreluBackward, y);
            (entry.X[0], entry.X[1]) = (x, slope);
        }
        return y;
    }

    /// <summary>Inverted dropout: in training a share of the elements becomes 0 and the others are divided by 1 − rate; outside training x itself.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="rate">Share in [0, 1).</param>
    public static Tensor Dropout(this Tape tape, in Tensor x, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        if (!tape.IsTraining || rate == 0) return x;
        var y = tape.Result(x.Shape, x.NeedsGradient);
        var stream = tape.NextStream();
        x.Values.CopyTo(y.Values);
        Nn.Dropout.Apply(y.Values, (float)rate, tape.Seed, stream);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&DropoutBackward, y);
            (entry.X[0], entry.F0) = (x, (float)rate);
            (entry.N0, entry.N1) = ((int)(stream >> 32), (int)stream);
        }
        return y;
    }

    private static bool RequireSameOrRow(in Tensor a, in Tensor b)
    {
        if (a.Shape == b.Shape) return false;
        return b.Shape.Rank <= 1 && b.Count == a.Columns ? true : throw new ArgumentException($"The second operand must have the shape {a.Shape} of the first or that of one row, [{a.Columns}]; it has {b.Shape}.", nameof(b));
    }

    private static void AddBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var a = ref entry.X[0];
        var slope = tape.ZeroedGradient(entry.Y);
        PassOn(tape, a, slope, 1);
        if (entry.N0 == 0)
        {
            PassOn(tape, entry.X[1], slope, entry.F0);
            return;
        }
        var gradB = tape.ZeroedGradient(entry.X[1]);
        if (gradB == null) return;
        for (var i = 0; i < a.Rows; i++) Elementwise.Scaled(entry.F0, slope + (long)i * a.Columns, gradB, a.Columns);
    }

    /// <summary>Adds factor·slope to the gradient of a tensor of the same size.</summary>
    internal static void PassOn(Tape tape, in Tensor x, float* slope, float factor)
    {
        var gradient = tape.Gradient(x, out var accumulate);
        if (gradient == null) return;
        if (!accumulate && factor == 1)
        {
            new ReadOnlySpan<float>(slope, x.Count).CopyTo(new Span<float>(gradient, x.Count));
            return;
        }
        if (!accumulate) new Span<float>(gradient, x.Count).Clear();
        Elementwise.Scaled(factor, slope, gradient, x.Count);
    }

    private static void HadamardBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var a = ref entry.X[0];
        ref readonly var b = ref entry.X[1];
        var slope = tape.ZeroedGradient(entry.Y);
        var rows = entry.N0;
        var columns = a.Count / Math.Max(1, rows);
        var gradA = tape.Gradient(a, out var addA);
        if (gradA != null)
        {
            for (var i = 0; i < rows; i++) Elementwise.Product(slope + (long)i * columns, b.Data, gradA + (long)i * columns, columns, addA);
        }
        var gradB = tape.ZeroedGradient(b);
        if (gradB == null) return;
        for (var i = 0; i < rows; i++) Elementwise.Product(slope + (long)i * columns, a.Data + (long)i * columns, gradB, columns, accumulate: true);
    }

    private static void ScaleRowsBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var a = ref entry.X[0];
        ref readonly var factor = ref entry.X[1];
        var columns = a.Columns;
        var slope = tape.ZeroedGradient(entry.Y);
        var gradA = tape.ZeroedGradient(a);
        var gradFactor = tape.ZeroedGradient(factor);
        for (var i = 0; i < a.Rows; i++)
        {
            var row = slope + (long)i * columns;
            if (gradA != null) Elementwise.Scaled(factor.Data[i], row, gradA + (long)i * columns, columns);
            if (gradFactor != null) gradFactor[i] += Dense.Dot(new ReadOnlySpan<float>(row, columns), a.Row(i));
        }
    }

    private static void ScaleBackward(Tape tape, ref TapeEntry entry) => PassOn(tape, entry.X[0], tape.ZeroedGradient(entry.Y), entry.F0);

    private static void ActivateBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var slope = new Span<float>(tape.ZeroedGradient(entry.Y), x.Count);
        Activations.Backward((Activation)entry.N0, x.Values, entry.Y.Values, slope, slope); // nobody reads the gradient of y after this
        fixed (float* passed = slope) PassOn(tape, x, passed, 1);
    }

    private static void PreluBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var slope = tape.ZeroedGradient(entry.Y);
        var gradX = tape.ZeroedGradient(x);
        if (gradX == null) gradX = tape.KeepZeroed(x.Count); // nobody reads it
        var sum = PreluKernel.Backward(x.Data, slope, *entry.X[1].Data, gradX, x.Count);
        var gradSlope = tape.ZeroedGradient(entry.X[1]);
        if (gradSlope != null) *gradSlope += (float)sum;
    }

    private static void DropoutBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = tape.ZeroedGradient(entry.Y);
        Nn.Dropout.Apply(new Span<float>(slope, entry.Y.Count), entry.F0, tape.Seed, ((ulong)(uint)entry.N0 << 32) | (uint)entry.N1);
        PassOn(tape, entry.X[0], slope, 1);
    }
}
