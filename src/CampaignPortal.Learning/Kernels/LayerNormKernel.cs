using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Layer norm over rows (Ba, Kiros and Hinton 2016): y = (x − mean) / √(variance + ε) · weight + bias, variance over the population of the row.</summary>
/// <remarks>Spans hold rows × columns values, weight and bias one per column, mean and inverse deviation one per row.</remarks>
public static class LayerNormKernel
{
    /// <summary>Computes y and keeps what the backward pass needs. y may be x.</summary>
    /// <param name="x">Input.</param>
    /// <param name="weight">Factor per column.</param>
    /// <param name="bias">Shift per column.</param>
    /// <param name="y">Result.</param>
    /// <param name="mean">Mean of each row; empty when it is not needed.</param>
    /// <param name="inverse">1 / √(variance + ε) of each row; empty when it is not needed.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> y, Span<float> mean, Span<float> inverse, float epsilon) =>
        Forward(x, weight, bias, y, mean, inverse, epsilon, Dense.VectorBits);

    /// <summary>Gradients: that of x is written (or added with <paramref name="accumulate"/>), those of weight and bias are added.</summary>
    /// <remarks>With n = (x − mean)·inverse and g = gradY·weight: gradX = inverse·(g − mean(g) − n·mean(g·n)).</remarks>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse,
        ReadOnlySpan<float> gradY, Span<float> gradX, Span<float> gradWeight, Span<float> gradBias, bool accumulate = false) =>
        Backward(x, weight, mean, inverse, gradY, gradX, gradWeight, gradBias, accumulate, Dense.VectorBits);

    internal static unsafe void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> y, Span<float> mean, Span<float> inverse, float epsilon, int bits)
    {
        var (columns, rows) = (weight.Length, RowShape.Rows(weight.Length, x.Length, y.Length));
        RowShape.Require(columns, bias.Length, nameof(bias));
        if (mean.Length > 0) RowShape.Require(rows, mean.Length, nameof(mean));
        if (inverse.Length > 0) RowShape.Require(rows, inverse.Length, nameof(inverse));
        fixed (float* px = x, pw = weight, pb = bias, py = y, pm = mean, pi = inverse) // empty spans give null
        {
            var operands = new Operands(px, pw, pb, py, pm, pi);
            if (bits == 512) ForwardRows<Lanes512, Vector512<float>>(operands, rows, columns, epsilon);
            else if (bits == 256) ForwardRows<Lanes256, Vector256<float>>(operands, rows, columns, epsilon);
            else ForwardRows<LanesScalar, float>(operands, rows, columns, epsilon);
        }
    }

    internal static unsafe void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse,
        ReadOnlySpan<float> gradY, Span<float> gradX, Span<float> gradWeight, Span<float> gradBias, bool accumulate, int bits)
    {
        var (columns, rows) = (weight.Length, RowShape.Rows(weight.Length, x.Length, gradY.Length));
        RowShape.Require(x.Length, gradX.Length, nameof(gradX));
        RowShape.Require(rows, mean.Length, nameof(mean));
        RowShape.Require(rows, inverse.Length, nameof(inverse));
        RowShape.Require(columns, gradWeight.Length, nameof(gradWeight));
        RowShape.Require(columns, gradBias.Length, nameof(gradBias));
        fixed (float* px = x, pw = weight, pm = mean, pi = inverse, pg = gradY, pgx = gradX, pgw = gradWeight, pgb = gradBias)
        {
            var operands = new Operands(px, pw, null, pgx, pm, pi);
            if (bits == 512) BackwardRows<Lanes512, Vector512<float>>(operands, pg, pgw, pgb, rows, columns, accumulate);
            else if (bits == 256) BackwardRows<Lanes256, Vector256<float>>(operands, pg, pgw, pgb, rows, columns, accumulate);
            else BackwardRows<LanesScalar, float>(operands, pg, pgw, pgb, rows, columns, accumulate);
        }
    }

    private readonly unsafe struct Operands(float* x, float* weight, float* bias, float* result, float* mean, float* inverse)
    {
        public readonly float* X = x, Weight = weight, Bias = bias, Result = result, Mean = mean, Inverse = inverse;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ForwardRows<TL, TV>(Operands o, int rows, int columns, float epsilon) where TL : struct, ILanes<TV> where TV : struct
    {
        float* x = o.X, y = o.Result, weight = o.Weight, bias = o.Bias;
        var w = TL.Width;
        for (var row = 0; row < rows; row++, x += columns, y += columns)
        {
            var (i, sum) = (0, TL.Splat(0));
            for (; i <= columns - w; i += w) sum = TL.Add(sum, TL.Load(x + i));
            if (i < columns) sum = TL.Add(sum, TL.LoadPart(x + i, columns - i, 0));
            var mean = TL.Sum(sum) / columns;
            var m = TL.Splat(mean);
            var squares = TL.Splat(0);
            for (i = 0; i <= columns - w; i += w)
            {
                var d = TL.Subtract(TL.Load(x + i), m);
                squares = TL.MultiplyAdd(d, d, squares);
            }
            if (i < columns)
            {
                var d = TL.Subtract(TL.LoadPart(x + i, columns - i, mean), m);
                squares = TL.MultiplyAdd(d, d, squares);
            }
            var inverse = 1 / MathF.Sqrt(TL.Sum(squares) / columns + epsilon);
            if (o.Mean != null) o.Mean[row] = mean;
            if (o.Inverse != null) o.Inverse[row] = inverse;
            var f = TL.Splat(inverse);
            for (i = 0; i <= columns - w; i += w)
            {
                var normal = TL.Multiply(TL.Subtract(TL.Load(x + i), m), f);
                TL.Store(y + i, TL.MultiplyAdd(normal, TL.Load(weight + i), TL.Load(bias + i)));
            }
            if (i == columns) continue;
            var last = TL.Multiply(TL.Subtract(TL.LoadPart(x + i, columns - i, 0), m), f);
            TL.StorePart(y + i, columns - i, TL.MultiplyAdd(last, TL.LoadPart(weight + i, columns - i, 0), TL.LoadPart(bias + i, columns - i, 0)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void BackwardRows<TL, TV>(Operands o, float* gradY, float* gradWeight, float* gradBias, int rows, int columns, bool accumulate)
        where TL : struct, ILanes<TV> where TV : struct
    {
        float* x = o.X, gradX = o.Result, weight = o.Weight;
        for (var row = 0; row < rows; row++, x += columns, gradX += columns, gradY += columns)
        {
            TV mean = TL.Splat(o.Mean[row]), inverse = TL.Splat(o.Inverse[row]);
            TV sum = TL.Splat(0), dot = sum;
            for (var i = 0; i < columns; i += TL.Width)
            {
                var count = Math.Min(TL.Width, columns - i);
                var g = Load<TL, TV>(gradY + i, count);
                var normal = TL.Multiply(TL.Subtract(Load<TL, TV>(x + i, count), mean), inverse);
                Store<TL, TV>(gradWeight + i, count, TL.MultiplyAdd(g, normal, Load<TL, TV>(gradWeight + i, count)));
                Store<TL, TV>(gradBias + i, count, TL.Add(g, Load<TL, TV>(gradBias + i, count)));
                g = TL.Multiply(g, Load<TL, TV>(weight + i, count)); // 0 in lanes behind the row
                sum = TL.Add(sum, g);
                dot = TL.MultiplyAdd(g, normal, dot);
            }
            TV meanG = TL.Splat(TL.Sum(sum) / columns), meanDot = TL.Splat(TL.Sum(dot) / columns);
            for (var i = 0; i < columns; i += TL.Width)
            {
                var count = Math.Min(TL.Width, columns - i);
                var g = TL.Multiply(Load<TL, TV>(gradY + i, count), Load<TL, TV>(weight + i, count));
                var normal = TL.Multiply(TL.Subtract(Load<TL, TV>(x + i, count), mean), inverse);
                var gradient = TL.Subtract(TL.Subtract(g, meanG), TL.Multiply(normal, meanDot));
                var before = accumulate ? Load<TL, TV>(gradX + i, count) : TL.Splat(0);
                Store<TL, TV>(gradX + i, count, TL.MultiplyAdd(gradient, inverse, before));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TV Load<TL, TV>(float* source, int count) where TL : struct, ILanes<TV> where TV : struct =>
        count == TL.Width ? TL.Load(source) : TL.LoadPart(source, count, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TL, TV>(float* target, int count, TV value) where TL : struct, ILanes<TV> where TV : struct
    {
        if (count == TL.Width) TL.Store(target, value);
        else TL.StorePart(target, count, value);
    }
}
