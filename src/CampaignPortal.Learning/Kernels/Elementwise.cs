using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Sums and products of blocks of float32, the small change of every network. Input and output may be the same block.</summary>
internal static unsafe class Elementwise
{
    /// <summary>y += x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* x, float* y, int length) => Scaled(1, x, y, length);

    /// <summary>y += factor·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scaled(float factor, float* x, float* y, int length)
    {
        if (Vector512.IsHardwareAccelerated) ScaledKernel<Lanes512, Vector512<float>>(factor, x, y, length);
        else if (Vector256.IsHardwareAccelerated) ScaledKernel<Lanes256, Vector256<float>>(factor, x, y, length);
        else ScaledKernel<LanesScalar, float>(factor, x, y, length);
    }

    /// <summary>y = a + factor·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sum(float* a, float factor, float* b, float* y, int length)
    {
        if (Vector512.IsHardwareAccelerated) SumKernel<Lanes512, Vector512<float>>(a, factor, b, y, length);
        else if (Vector256.IsHardwareAccelerated) SumKernel<Lanes256, Vector256<float>>(a, factor, b, y, length);
        else SumKernel<LanesScalar, float>(a, factor, b, y, length);
    }

    /// <summary>y = a·b, element by element, or y += a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Product(float* a, float* b, float* y, int length, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated) ProductKernel<Lanes512, Vector512<float>>(a, b, y, length, accumulate);
        else if (Vector256.IsHardwareAccelerated) ProductKernel<Lanes256, Vector256<float>>(a, b, y, length, accumulate);
        else ProductKernel<LanesScalar, float>(a, b, y, length, accumulate);
    }

    /// <summary>y[i, :] = max(0, y[i, :] + row) for each of the rows.</summary>
    public static void AddRowRectified(float* y, float* row, int rows, int columns)
    {
        if (Vector512.IsHardwareAccelerated) RectifiedKernel<Lanes512, Vector512<float>>(y, row, rows, columns);
        else if (Vector256.IsHardwareAccelerated) RectifiedKernel<Lanes256, Vector256<float>>(y, row, rows, columns);
        else RectifiedKernel<LanesScalar, float>(y, row, rows, columns);
    }

    /// <summary>target[j] += Σ_i x[i, j], one chain over the rows per column.</summary>
    public static void AddColumnSums(float* x, int rows, int columns, float* target)
    {
        if (Vector512.IsHardwareAccelerated) ColumnSumsKernel<Lanes512, Vector512<float>>(x, rows, columns, target);
        else if (Vector256.IsHardwareAccelerated) ColumnSumsKernel<Lanes256, Vector256<float>>(x, rows, columns, target);
        else ColumnSumsKernel<LanesScalar, float>(x, rows, columns, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaledKernel<TL, TV>(float factor, float* x, float* y, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        var f = TL.Splat(factor);
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) TL.Store(y + i, TL.MultiplyAdd(f, TL.Load(x + i), TL.Load(y + i)));
        for (; i < length; i++) y[i] = LanesScalar.MultiplyAdd(factor, x[i], y[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumKernel<TL, TV>(float* a, float factor, float* b, float* y, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        var f = TL.Splat(factor);
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) TL.Store(y + i, TL.MultiplyAdd(f, TL.Load(b + i), TL.Load(a + i)));
        for (; i < length; i++) y[i] = LanesScalar.MultiplyAdd(factor, b[i], a[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ProductKernel<TL, TV>(float* a, float* b, float* y, int length, bool accumulate) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        if (accumulate)
        {
            for (; i <= length - TL.Width; i += TL.Width) TL.Store(y + i, TL.MultiplyAdd(TL.Load(a + i), TL.Load(b + i), TL.Load(y + i)));
            for (; i < length; i++) y[i] = LanesScalar.MultiplyAdd(a[i], b[i], y[i]);
            return;
        }
        for (; i <= length - TL.Width; i += TL.Width) TL.Store(y + i, TL.Multiply(TL.Load(a + i), TL.Load(b + i)));
        for (; i < length; i++) y[i] = a[i] * b[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RectifiedKernel<TL, TV>(float* y, float* row, int rows, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        var zero = TL.Splat(0);
        for (var i = 0; i < rows; i++, y += columns)
        {
            var j = 0;
            for (; j <= columns - TL.Width; j += TL.Width) TL.Store(y + j, TL.Max(zero, TL.Add(TL.Load(y + j), TL.Load(row + j))));
            for (; j < columns; j++) y[j] = LanesScalar.Max(0, y[j] + row[j]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ColumnSumsKernel<TL, TV>(float* x, int rows, int columns, float* target) where TL : struct, ILanes<TV> where TV : struct
    {
        var j = 0;
        for (; j <= columns - TL.Width; j += TL.Width)
        {
            var sum = TL.Load(target + j);
            for (var i = 0; i < rows; i++) sum = TL.Add(sum, TL.Load(x + (long)i * columns + j));
            TL.Store(target + j, sum);
        }
        for (; j < columns; j++)
        {
            var sum = target[j];
            for (var i = 0; i < rows; i++) sum += x[(long)i * columns + j];
            target[j] = sum;
        }
    }
}
