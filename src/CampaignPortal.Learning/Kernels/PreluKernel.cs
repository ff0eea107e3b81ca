using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>The parametric rectifier over blocks of float32, without a branch per element.</summary>
internal static unsafe class PreluKernel
{
    private const int ChunkLength = 4096; // so much goes into one float accumulator; chunks are added in double

    /// <summary>y = x where x is above 0, else a·x.</summary>
    public static void Forward(float* x, float a, float* y, int length)
    {
        if (Vector512.IsHardwareAccelerated) ForwardKernel<Lanes512, Vector512<float>>(x, a, y, length);
        else if (Vector256.IsHardwareAccelerated) ForwardKernel<Lanes256, Vector256<float>>(x, a, y, length);
        else ForwardKernel<LanesScalar, float>(x, a, y, length);
    }

    /// <summary>gradX += slope where x is above 0, else a·slope; returns Σ slope·min(x, 0), the gradient of a.</summary>
    public static double Backward(float* x, float* slope, float a, float* gradX, int length)
    {
        double sum = 0;
        for (var from = 0; from < length; from += ChunkLength)
        {
            var count = Math.Min(ChunkLength, length - from);
            sum += Vector512.IsHardwareAccelerated ? BackwardKernel<Lanes512, Vector512<float>>(x + from, slope + from, a, gradX + from, count)
                : Vector256.IsHardwareAccelerated ? BackwardKernel<Lanes256, Vector256<float>>(x + from, slope + from, a, gradX + from, count)
                : BackwardKernel<LanesScalar, float>(x + from, slope + from, a, gradX + from, count);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardKernel<TL, TV>(float* x, float a, float* y, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        var (zero, factor) = (TL.Splat(0), TL.Splat(a));
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width)
        {
            var v = TL.Load(x + i);
            TL.Store(y + i, TL.SelectLess(zero, v, v, TL.Multiply(factor, v)));
        }
        for (; i < length; i++) y[i] = x[i] > 0 ? x[i] : a * x[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float BackwardKernel<TL, TV>(float* x, float* slope, float a, float* gradX, int length) where TL : struct, ILanes<TV> where TV : struct
    {
        var (zero, factor, sums) = (TL.Splat(0), TL.Splat(a), TL.Splat(0));
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width)
        {
            TV v = TL.Load(x + i), g = TL.Load(slope + i);
            TL.Store(gradX + i, TL.Add(TL.Load(gradX + i), TL.SelectLess(zero, v, g, TL.Multiply(factor, g))));
            sums = TL.Add(sums, TL.SelectLess(zero, v, zero, TL.Multiply(g, v)));
        }
        var sum = TL.Sum(sums);
        for (; i < length; i++)
        {
            gradX[i] += x[i] > 0 ? slope[i] : a * slope[i];
            if (!(x[i] > 0)) sum += slope[i] * x[i];
        }
        return sum;
    }
}
