using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Softmax and its logarithm over rows, shifted by the row's maximum so that nothing overflows.</summary>
/// <remarks>
/// A value of −∞ gets the probability 0 (that is how positions are masked); a row with NaN, with +∞ or of −∞ alone becomes NaN. Spans hold rows × columns
/// values; every row is computed by itself, so callers may share rows out in any way. Input and output may be the same span.
/// </remarks>
public static class Softmax
{
    /// <summary>y = exp(x − max) / Σ exp(x − max) for each row of <paramref name="columns"/> values.</summary>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, int columns) => Forward(x, y, columns, Dense.VectorBits);

    /// <summary>gradX = y·(gradY − Σ gradY·y) for each row, y being the softmax; added to gradX with <paramref name="accumulate"/>.</summary>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns, bool accumulate = false) =>
        Backward(y, gradY, gradX, columns, accumulate, Dense.VectorBits);

    /// <summary>y = x − max − ln Σ exp(x − max) for each row.</summary>
    public static void ForwardLog(ReadOnlySpan<float> x, Span<float> y, int columns) => ForwardLog(x, y, columns, Dense.VectorBits);

    /// <summary>gradX = gradY − exp(y)·Σ gradY for each row, y being the log-softmax; added to gradX with <paramref name="accumulate"/>.</summary>
    public static void BackwardLog(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns, bool accumulate = false) =>
        BackwardLog(y, gradY, gradX, columns, accumulate, Dense.VectorBits);

    internal static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y, int columns, int bits)
    {
        var rows = RowShape.Rows(columns, x.Length, y.Length);
        fixed (float* px = x)
        fixed (float* py = y)
        {
            if (bits == 512) ForwardRows<Lanes512, Vector512<float>>(px, py, rows, columns);
            else if (bits == 256) ForwardRows<Lanes256, Vector256<float>>(px, py, rows, columns);
            else ForwardRows<LanesScalar, float>(px, py, rows, columns);
        }
    }

    internal static unsafe void ForwardLog(ReadOnlySpan<float> x, Span<float> y, int columns, int bits)
    {
        var rows = RowShape.Rows(columns, x.Length, y.Length);
        fixed (float* px = x)
        fixed (float* py = y)
        {
            if (bits == 512) ForwardLogRows<Lanes512, Vector512<float>>(px, py, rows, columns);
            else if (bits == 256) ForwardLogRows<Lanes256, Vector256<float>>(px, py, rows, columns);
            else ForwardLogRows<LanesScalar, float>(px, py, rows, columns);
        }
    }

    internal static unsafe void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns, bool accumulate, int bits)
    {
        var rows = RowShape.Rows(columns, y.Length, gradY.Length);
        RowShape.Require(y.Length, gradX.Length, nameof(gradX));
        fixed (float* py = y)
        fixed (float* pg = gradY)
        fixed (float* px = gradX)
        {
            if (bits == 512) BackwardRows<Lanes512, Vector512<float>>(py, pg, px, rows, columns, accumulate);
            else if (bits == 256) BackwardRows<Lanes256, Vector256<float>>(py, pg, px, rows, columns, accumulate);
            else BackwardRows<LanesScalar, float>(py, pg, px, rows, columns, accumulate);
        }
    }

    internal static unsafe void BackwardLog(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns, bool accumulate, int bits)
    {
        var rows = RowShape.Rows(columns, y.Length, gradY.Length);
        RowShape.Require(y.Length, gradX.Length, nameof(gradX));
        fixed (float* py = y)
        fixed (float* pg = gradY)
        fixed (float* px = gradX)
        {
            if (bits == 512) BackwardLogRows<Lanes512, Vector512<float>>(py, pg, px, rows, columns, accumulate);
            else if (bits == 256) BackwardLogRows<Lanes256, Vector256<float>>(py, pg, px, rows, columns, accumulate);
            else BackwardLogRows<LanesScalar, float>(py, pg, px, rows, columns, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ForwardRows<TL, TV>(float* x, float* y, int rows, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var row = 0; row < rows; row++, x += columns, y += columns)
        {
            var most = TL.Splat(Most<TL, TV>(x, columns));
            var (i, sum) = (0, TL.Splat(0));
            for (; i <= columns - TL.Width; i += TL.Width)
            {
                var e = Elementary<TL, TV>.Exp(TL.Subtract(TL.Load(x + i), most));
                sum = TL.Add(sum, e);
                TL.Store(y + i, e);
            }
            if (i < columns)
            {
                var e = Elementary<TL, TV>.Exp(TL.Subtract(TL.LoadPart(x + i, columns - i, float.NegativeInfinity), most));
                sum = TL.Add(sum, e);
                TL.StorePart(y + i, columns - i, e);
            }
            Multiply<TL, TV>(y, 1 / TL.Sum(sum), columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ForwardLogRows<TL, TV>(float* x, float* y, int rows, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var row = 0; row < rows; row++, x += columns, y += columns)
        {
            var largest = Most<TL, TV>(x, columns);
            var most = TL.Splat(largest);
            var (i, sum) = (0, TL.Splat(0));
            for (; i <= columns - TL.Width; i += TL.Width) sum = TL.Add(sum, Elementary<TL, TV>.Exp(TL.Subtract(TL.Load(x + i), most)));
            if (i < columns) sum = TL.Add(sum, Elementary<TL, TV>.Exp(TL.Subtract(TL.LoadPart(x + i, columns - i, float.NegativeInfinity), most)));
            var log = TL.Splat((float)Math.Log(TL.Sum(sum)));
            for (i = 0; i <= columns - TL.Width; i += TL.Width) TL.Store(y + i, TL.Subtract(TL.Subtract(TL.Load(x + i), most), log));
            if (i < columns) TL.StorePart(y + i, columns - i, TL.Subtract(TL.Subtract(TL.LoadPart(x + i, columns - i, 0), most), log));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void BackwardRows<TL, TV>(float* y, float* gradY, float* gradX, int rows, int columns, bool accumulate) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var row = 0; row < rows; row++, y += columns, gradY += columns, gradX += columns)
        {
            var (i, sum) = (0, TL.Splat(0));
            for (; i <= columns - TL.Width; i += TL.Width) sum = TL.MultiplyAdd(TL.Load(y + i), TL.Load(gradY + i), sum);
            if (i < columns) sum = TL.MultiplyAdd(TL.LoadPart(y + i, columns - i, 0), TL.LoadPart(gradY + i, columns - i, 0), sum);
            var dot = TL.Splat(TL.Sum(sum));
            for (i = 0; i <= columns - TL.Width; i += TL.Width)
            {
                var before = accumulate ? TL.Load(gradX + i) : TL.Splat(0);
                TL.Store(gradX + i, TL.MultiplyAdd(TL.Load(y + i), TL.Subtract(TL.Load(gradY + i), dot), before));
            }
            if (i == columns) continue;
            var rest = columns - i;
            var last = accumulate ? TL.LoadPart(gradX + i, rest, 0) : TL.Splat(0);
            TL.StorePart(gradX + i, rest, TL.MultiplyAdd(TL.LoadPart(y + i, rest, 0), TL.Subtract(TL.LoadPart(gradY + i, rest, 0), dot), last));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void BackwardLogRows<TL, TV>(float* y, float* gradY, float* gradX, int rows, int columns, bool accumulate) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var row = 0; row < rows; row++, y += columns, gradY += columns, gradX += columns)
        {
            var (i, sum) = (0, TL.Splat(0));
            for (; i <= columns - TL.Width; i += TL.Width) sum = TL.Add(sum, TL.Load(gradY + i));
            if (i < columns) sum = TL.Add(sum, TL.LoadPart(gradY + i, columns - i, 0));
            var minus = TL.Splat(-TL.Sum(sum));
            for (i = 0; i <= columns - TL.Width; i += TL.Width)
            {
                var g = TL.MultiplyAdd(Elementary<TL, TV>.Exp(TL.Load(y + i)), minus, TL.Load(gradY + i));
                TL.Store(gradX + i, accumulate ? TL.Add(g, TL.Load(gradX + i)) : g);
            }
            if (i == columns) continue;
            var rest = columns - i;
            var last = TL.MultiplyAdd(Elementary<TL, TV>.Exp(TL.LoadPart(y + i, rest, 0)), minus, TL.LoadPart(gradY + i, rest, 0));
            TL.StorePart(gradX + i, rest, accumulate ? TL.Add(last, TL.LoadPart(gradX + i, rest, 0)) : last);
        }
    }

    // NaN may lose here; it comes back with exp(NaN − max), and the sum spreads it over the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe float Most<TL, TV>(float* x, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        var (i, most) = (0, TL.Splat(float.NegativeInfinity));
        for (; i <= columns - TL.Width; i += TL.Width) most = TL.Max(most, TL.Load(x + i));
        if (i < columns) most = TL.Max(most, TL.LoadPart(x + i, columns - i, float.NegativeInfinity));
        return TL.Largest(most);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Multiply<TL, TV>(float* y, float factor, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        var (i, f) = (0, TL.Splat(factor));
        for (; i <= columns - TL.Width; i += TL.Width) TL.Store(y + i, TL.Multiply(TL.Load(y + i), f));
        if (i < columns) TL.StorePart(y + i, columns - i, TL.Multiply(TL.LoadPart(y + i, columns - i, 0), f));
    }
}
