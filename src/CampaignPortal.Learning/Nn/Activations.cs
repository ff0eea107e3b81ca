using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Nn;

/// <summary>Element-wise activations.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x, below zero 0.01·x.</summary>
    LeakyRelu,

    /// <summary>x·Φ(x), by the error function.</summary>
    Gelu,

    /// <summary>0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    GeluTanh,

    /// <summary>x·sigmoid(x).</summary>
    Silu,

    /// <summary>1 / (1 + exp(−x)).</summary>
    Sigmoid,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>ln(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x, below zero exp(x) − 1.</summary>
    Elu,
}

/// <summary>Values and gradients of activations over spans.</summary>
public static class Activations
{
    /// <summary>y = f(x). Spans of one length; y may be x.</summary>
    public static void Forward(Activation activation, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (activation)
        {
            case Activation.Relu: Run<ReluRule>(x, x, x, y, backward: false); break;
            case Activation.LeakyRelu: Run<LeakyReluRule>(x, x, x, y, backward: false); break;
            case Activation.Gelu: Run<GeluRule>(x, x, x, y, backward: false); break;
            case Activation.GeluTanh: Run<GeluTanhRule>(x, x, x, y, backward: false); break;
            case Activation.Silu: Run<SiluRule>(x, x, x, y, backward: false); break;
            case Activation.Sigmoid: Run<SigmoidRule>(x, x, x, y, backward: false); break;
            case Activation.Tanh: Run<TanhRule>(x, x, x, y, backward: false); break;
            case Activation.Softplus: Run<SoftplusRule>(x, x, x, y, backward: false); break;
            case Activation.Elu: Run<EluRule>(x, x, x, y, backward: false); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation));
        }
    }

    /// <summary>gradX = gradY · f′(x), given x and y = f(x). Spans of one length; gradX may be gradY.</summary>
    public static void Backward(Activation activation, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX)
    {
        switch (activation)
        {
            case Activation.Relu: Run<ReluRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.LeakyRelu: Run<LeakyReluRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.Gelu: Run<GeluRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.GeluTanh: Run<GeluTanhRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.Silu: Run<SiluRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.Sigmoid: Run<SigmoidRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.Tanh: Run<TanhRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.Softplus: Run<SoftplusRule>(x, y, gradY, gradX, backward: true); break;
            case Activation.Elu: Run<EluRule>(x, y, gradY, gradX, backward: true); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation));
        }
    }

    private static unsafe void Run<TRule>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> target, bool backward) where TRule : struct, IRule
    {
        if (x.Length != target.Length || y.Length != target.Length || gradY.Length != target.Length)
        {
            throw new ArgumentException($"All spans must have one length; they have {x.Length}, {y.Length}, {gradY.Length} and {target.Length}.");
        }
        fixed (float* px = x)
        fixed (float* py = y)
        fixed (float* pg = gradY)
        fixed (float* pt = target)
        {
            if (Vector512.IsHardwareAccelerated) Kernel<TRule, Lanes512, Vector512<float>>(px, py, pg, pt, x.Length, backward);
            else if (Vector256.IsHardwareAccelerated) Kernel<TRule, Lanes256, Vector256<float>>(px, py, pg, pt, x.Length, backward);
            else Kernel<TRule, LanesScalar, float>(px, py, pg, pt, x.Length, backward);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Kernel<TRule, TL, TV>(float* x, float* y, float* gradY, float* target, int length, bool backward)
        where TRule : struct, IRule where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        if (backward)
        {
            for (; i <= length - TL.Width; i += TL.Width) TL.Store(target + i, TL.Multiply(TL.Load(gradY + i), TRule.Slope<TL, TV>(TL.Load(x + i), TL.Load(y + i))));
        }
        else
        {
            for (; i <= length - TL.Width; i += TL.Width) TL.Store(target + i, TRule.Value<TL, TV>(TL.Load(x + i)));
        }
        if (i == length) return;
        var rest = stackalloc float[48];
        for (var j = 0; j < TL.Width; j++)
        {
            var inside = i + j < length;
            rest[j] = inside ? x[i + j] : 0;
            rest[16 + j] = inside ? y[i + j] : 0;
            rest[32 + j] = inside ? gradY[i + j] : 0;
        }
        TL.Store(rest, backward ? TL.Multiply(TL.Load(rest + 32), TRule.Slope<TL, TV>(TL.Load(rest), TL.Load(rest + 16))) : TRule.Value<TL, TV>(TL.Load(rest)));
        for (var j = 0; i + j < length; j++) target[i + j] = rest[j];
    }

    /// <summary>An activation and its derivative, side by side.</summary>
    private interface IRule
    {
        static abstract TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct;

        static abstract TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct;
    }

    private readonly struct ReluRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => TL.Max(TL.Splat(0), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct => TL.SelectLess(TL.Splat(0), x, TL.Splat(1), TL.Splat(0));
    }

    private readonly struct LeakyReluRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => TL.SelectLess(x, TL.Splat(0), TL.Multiply(x, TL.Splat(0.01f)), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct => TL.SelectLess(TL.Splat(0), x, TL.Splat(1), TL.Splat(0.01f));
    }

    private readonly struct GeluRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Gelu(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct
        {
            var half = TL.Splat(0.5f);
            var cdf = TL.MultiplyAdd(half, Elementary<TL, TV>.Erf(TL.Multiply(x, TL.Splat(0.70710678f))), half);
            var density = TL.Multiply(TL.Splat(0.39894228f), Elementary<TL, TV>.Exp(TL.Multiply(TL.Multiply(x, x), TL.Splat(-0.5f))));
            return TL.MultiplyAdd(x, density, cdf);
        }
    }

    private readonly struct GeluTanhRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct
        {
            var half = TL.Multiply(TL.Splat(0.5f), x);
            return TL.MultiplyAdd(half, Inner<TL, TV>(x), half);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct
        {
            var (half, one, t) = (TL.Splat(0.5f), TL.Splat(1), Inner<TL, TV>(x));
            var slope = TL.MultiplyAdd(TL.Multiply(x, x), TL.Splat(0.79788456f * 3 * 0.044715f), TL.Splat(0.79788456f));
            var bent = TL.Multiply(TL.Multiply(TL.Multiply(half, x), TL.Subtract(one, TL.Multiply(t, t))), slope);
            return TL.Add(TL.MultiplyAdd(half, t, half), bent);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Inner<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct =>
            Elementary<TL, TV>.Tanh(TL.Multiply(x, TL.MultiplyAdd(TL.Multiply(x, x), TL.Splat(0.79788456f * 0.044715f), TL.Splat(0.79788456f))));
    }

    private readonly struct SiluRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => TL.Multiply(x, Elementary<TL, TV>.Sigmoid(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct
        {
            var s = Elementary<TL, TV>.Sigmoid(x);
            return TL.MultiplyAdd(y, TL.Subtract(TL.Splat(1), s), s); // s + x·s·(1 − s)
        }
    }

    private readonly struct SigmoidRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct => TL.Multiply(y, TL.Subtract(TL.Splat(1), y));
    }

    private readonly struct TanhRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Tanh(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct => TL.Subtract(TL.Splat(1), TL.Multiply(y, y));
    }

    private readonly struct SoftplusRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Softplus(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct => Elementary<TL, TV>.Sigmoid(x);
    }

    private readonly struct EluRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Value<TL, TV>(TV x) where TL : struct, ILanes<TV> where TV : struct =>
            TL.SelectLess(x, TL.Splat(0), TL.Subtract(Elementary<TL, TV>.Exp(TL.Min(TL.Splat(0), x)), TL.Splat(1)), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Slope<TL, TV>(TV x, TV y) where TL : struct, ILanes<TV> where TV : struct => TL.SelectLess(x, TL.Splat(0), TL.Add(y, TL.Splat(1)), TL.Splat(1));
    }
}
