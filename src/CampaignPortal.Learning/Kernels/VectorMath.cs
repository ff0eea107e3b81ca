using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Element-wise functions over spans of float32, vectorised, within 4 units in the last place of the exact value (GELU: 1.2e-6 absolute).</summary>
/// <remarks>Input and output may be the same span. NaN passes through; exp(−∞) = 0 and exp(+∞) = +∞.</remarks>
public static class VectorMath
{
    /// <summary>y = exp(x). Spans of equal length.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> y) => Map<ExpOp>(x, y);

    /// <summary>y = ln(1 + x) for x ≥ 0. Spans of equal length.</summary>
    public static void Log1p(ReadOnlySpan<float> x, Span<float> y) => Map<Log1pOp>(x, y);

    /// <summary>y = 1 / (1 + exp(−x)). Spans of equal length.</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => Map<SigmoidOp>(x, y);

    /// <summary>y = tanh(x). Spans of equal length.</summary>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y) => Map<TanhOp>(x, y);

    /// <summary>y = ln(1 + exp(x)). Spans of equal length.</summary>
    public static void Softplus(ReadOnlySpan<float> x, Span<float> y) => Map<SoftplusOp>(x, y);

    /// <summary>y = x·Φ(x), Φ the normal distribution function. Spans of equal length.</summary>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y) => Map<GeluOp>(x, y);

    /// <summary>y = max(x, 0). Spans of equal length.</summary>
    public static void Relu(ReadOnlySpan<float> x, Span<float> y) => Map<ReluOp>(x, y);

    internal static void ExpScalar(ReadOnlySpan<float> x, Span<float> y) => MapScalar<ExpOp>(x, y);

    internal static void Log1pScalar(ReadOnlySpan<float> x, Span<float> y) => MapScalar<Log1pOp>(x, y);

    internal static void SigmoidScalar(ReadOnlySpan<float> x, Span<float> y) => MapScalar<SigmoidOp>(x, y);

    internal static void TanhScalar(ReadOnlySpan<float> x, Span<float> y) => MapScalar<TanhOp>(x, y);

    internal static void SoftplusScalar(ReadOnlySpan<float> x, Span<float> y) => MapScalar<SoftplusOp>(x, y);

    internal static void GeluScalar(ReadOnlySpan<float> x, Span<float> y) => MapScalar<GeluOp>(x, y);

    private static unsafe void Map<TOp>(ReadOnlySpan<float> x, Span<float> y) where TOp : struct, IMap
    {
        CheckLengths(x.Length, y.Length);
        fixed (float* px = x)
        fixed (float* py = y)
        {
            if (Vector512.IsHardwareAccelerated) MapKernel<TOp, Lanes512, Vector512<float>>(px, py, x.Length);
            else if (Vector256.IsHardwareAccelerated) MapKernel<TOp, Lanes256, Vector256<float>>(px, py, x.Length);
            else MapKernel<TOp, LanesScalar, float>(px, py, x.Length);
        }
    }

    private static unsafe void MapScalar<TOp>(ReadOnlySpan<float> x, Span<float> y) where TOp : struct, IMap
    {
        CheckLengths(x.Length, y.Length);
        fixed (float* px = x)
        fixed (float* py = y) MapKernel<TOp, LanesScalar, float>(px, py, x.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void MapKernel<TOp, TL, TV>(float* x, float* y, int length)
        where TOp : struct, IMap where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) TL.Store(y + i, TOp.Apply<TL, TV>(TL.Load(x + i)));
        // The remainder goes through the same polynomial, so that an element's value does not depend on its position.
        if (i < length) TL.StorePart(y + i, length - i, TOp.Apply<TL, TV>(TL.LoadPart(x + i, length - i, 0)));
    }

    private static void CheckLengths(int input, int output)
    {
        if (input != output) throw new ArgumentException($"Input and output must have the same length; they have {input} and {output}.");
    }

    private interface IMap
    {
        static abstract TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct;
    }

    private readonly struct ExpOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Exp(x);
    }

    private readonly struct Log1pOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Log1pOfNonNegative(x);
    }

    private readonly struct SigmoidOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Sigmoid(x);
    }

    private readonly struct TanhOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Tanh(x);
    }

    private readonly struct SoftplusOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Softplus(x);
    }

    private readonly struct GeluOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Gelu(x);
    }

    private readonly struct ReluOp : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => TL.Max(TL.Splat(0f), x);
    }
}
