using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Short dense operations on spans of float32.</summary>
public static class Dense
{
    /// <summary>The width of the vectors in use: 512, 256 or 32 bits. Part of a model's identity, since sums of lanes round differently.</summary>
    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 32;

    /// <summary>Σ x·y. Spans of equal length.</summary>
    public static unsafe float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        CheckLengths(x.Length, y.Length);
        fixed (float* px = x)
        fixed (float* py = y)
        {
            if (Vector512.IsHardwareAccelerated) return DotKernel<Lanes512, Vector512<float>>(px, py, x.Length);
            if (Vector256.IsHardwareAccelerated) return DotKernel<Lanes256, Vector256<float>>(px, py, x.Length);
            return DotKernel<LanesScalar, float>(px, py, x.Length);
        }
    }

    /// <summary>y += a·x. Spans of equal length.</summary>
    public static unsafe void Axpy(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        CheckLengths(x.Length, y.Length);
        fixed (float* px = x)
        fixed (float* py = y)
        {
            if (Vector512.IsHardwareAccelerated) AxpyKernel<Lanes512, Vector512<float>>(a, px, py, x.Length);
            else if (Vector256.IsHardwareAccelerated) AxpyKernel<Lanes256, Vector256<float>>(a, px, py, x.Length);
            else AxpyKernel<LanesScalar, float>(a, px, py, x.Length);
        }
    }

    /// <summary>x ·= a.</summary>
    internal static void Scale(float a, Span<float> x) => System.Numerics.Tensors.TensorPrimitives.Multiply(x, a, x);

    /// <summary>target = (x − shift)·factor, element by element. Spans of equal length.</summary>
    internal static unsafe void Standardize(ReadOnlySpan<float> x, ReadOnlySpan<float> shift, ReadOnlySpan<float> factor, Span<float> target)
    {
        CheckLengths(x.Length, target.Length);
        fixed (float* px = x)
        fixed (float* ps = shift)
        fixed (float* pf = factor)
        fixed (float* pt = target)
        {
            if (Vector512.IsHardwareAccelerated) StandardizeKernel<Lanes512, Vector512<float>>(px, ps, pf, pt, x.Length);
            else if (Vector256.IsHardwareAccelerated) StandardizeKernel<Lanes256, Vector256<float>>(px, ps, pf, pt, x.Length);
            else StandardizeKernel<LanesScalar, float>(px, ps, pf, pt, x.Length);
        }
    }

    internal static float DotScalar(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float sum = 0;
        for (var i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    internal static void AxpyScalar(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < x.Length; i++) y[i] = LanesScalar.MultiplyAdd(a, x[i], y[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float DotKernel<TL, TV>(float* x, float* y, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        // Four chains hide the latency of the multiply-add.
        TV s0 = TL.Splat(0), s1 = s0, s2 = s0, s3 = s0;
        int i = 0, w = TL.Width;
        for (; i <= length - 4 * w; i += 4 * w)
        {
            s0 = TL.MultiplyAdd(TL.Load(x + i), TL.Load(y + i), s0);
            s1 = TL.MultiplyAdd(TL.Load(x + i + w), TL.Load(y + i + w), s1);
            s2 = TL.MultiplyAdd(TL.Load(x + i + 2 * w), TL.Load(y + i + 2 * w), s2);
            s3 = TL.MultiplyAdd(TL.Load(x + i + 3 * w), TL.Load(y + i + 3 * w), s3);
        }
        for (; i <= length - w; i += w) s0 = TL.MultiplyAdd(TL.Load(x + i), TL.Load(y + i), s0);
        var sum = TL.Sum(TL.Add(TL.Add(s0, s1), TL.Add(s2, s3)));
        for (; i < length; i++) sum = LanesScalar.MultiplyAdd(x[i], y[i], sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AxpyKernel<TL, TV>(float a, float* x, float* y, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        var factor = TL.Splat(a);
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) TL.Store(y + i, TL.MultiplyAdd(factor, TL.Load(x + i), TL.Load(y + i)));
        for (; i < length; i++) y[i] = LanesScalar.MultiplyAdd(a, x[i], y[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void StandardizeKernel<TL, TV>(float* x, float* shift, float* factor, float* target, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) TL.Store(target + i, TL.Multiply(TL.Subtract(TL.Load(x + i), TL.Load(shift + i)), TL.Load(factor + i)));
        for (; i < length; i++) target[i] = (x[i] - shift[i]) * factor[i];
    }

    private static void CheckLengths(int x, int y)
    {
        if (x != y) throw new ArgumentException($"Both spans must have the same length; they have {x} and {y}.");
    }
}
