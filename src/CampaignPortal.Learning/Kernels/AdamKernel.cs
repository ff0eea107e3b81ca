using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>One step of Adam (Kingma and Ba 2015, algorithm 1) over a block of parameters in a single pass: four streams in, three out.</summary>
public static class AdamKernel
{
    /// <summary>The constants of one step; the corrections of both biases are folded into <see cref="Rate"/> and <see cref="SecondScale"/>.</summary>
    /// <remarks>w ← w·Keep − Rate·m / (√v·SecondScale + ε) with Rate = η / (1 − β₁ᵗ) and SecondScale = 1 / √(1 − β₂ᵗ).</remarks>
    public readonly record struct Step
    {
        /// <summary>The constants of step <paramref name="number"/>.</summary>
        /// <param name="number">Steps made so far, this one included: 1 for the first.</param>
        /// <param name="learningRate">η.</param>
        /// <param name="beta1">β₁, decay of the first moment.</param>
        /// <param name="beta2">β₂, decay of the second moment.</param>
        /// <param name="epsilon">ε.</param>
        /// <param name="weightDecay">Strength of the decay of weights.</param>
        /// <param name="decoupled">Decay the weight itself (AdamW, Loshchilov and Hutter 2019) instead of adding to its gradient.</param>
        public Step(long number, double learningRate, double beta1, double beta2, double epsilon, double weightDecay, bool decoupled)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
            (Beta1, OneMinusBeta1, Beta2, OneMinusBeta2, Epsilon) = ((float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2), (float)epsilon);
            Rate = (float)(learningRate / (1 - Math.Pow(beta1, number)));
            SecondScale = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, number)));
            (Penalty, Keep) = decoupled ? (0f, (float)(1 - learningRate * weightDecay)) : ((float)weightDecay, 1f);
        }

        internal float Beta1 { get; }

        internal float OneMinusBeta1 { get; }

        internal float Beta2 { get; }

        internal float OneMinusBeta2 { get; }

        internal float Epsilon { get; }

        internal float Rate { get; }

        internal float SecondScale { get; }

        internal float Penalty { get; }

        internal float Keep { get; }
    }

    /// <summary>Moves weights and both moments; spans of equal length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Update(Span<float> weights, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, in Step step) =>
        Update(weights, gradient, first, second, step, Dense.VectorBits);

    internal static unsafe void Update(Span<float> weights, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, in Step step, int bits)
    {
        RowShape.Require(weights.Length, gradient.Length, nameof(gradient));
        RowShape.Require(weights.Length, first.Length, nameof(first));
        RowShape.Require(weights.Length, second.Length, nameof(second));
        fixed (float* w = weights, g = gradient, m = first, v = second)
        {
            if (bits == 512) Kernel<Lanes512, Vector512<float>>(w, g, m, v, weights.Length, step);
            else if (bits == 256) Kernel<Lanes256, Vector256<float>>(w, g, m, v, weights.Length, step);
            else Kernel<LanesScalar, float>(w, g, m, v, weights.Length, step);
        }
    }

    /// <summary>Moves some rows of a table [rows, width] and sets their gradients to zero.</summary>
    internal static unsafe void UpdateRows(float* weights, float* gradient, float* first, float* second, ReadOnlySpan<int> rows, int width, Step step)
    {
        if (Vector512.IsHardwareAccelerated) RowsKernel<Lanes512, Vector512<float>>(weights, gradient, first, second, rows, width, step);
        else if (Vector256.IsHardwareAccelerated) RowsKernel<Lanes256, Vector256<float>>(weights, gradient, first, second, rows, width, step);
        else RowsKernel<LanesScalar, float>(weights, gradient, first, second, rows, width, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void RowsKernel<TL, TV>(float* w, float* g, float* m, float* v, ReadOnlySpan<int> rows, int width, Step step) where TL : struct, ILanes<TV> where TV : struct
    {
        var zero = TL.Splat(0);
        foreach (var row in rows)
        {
            var at = (long)row * width;
            var end = at + width;
            for (; at <= end - TL.Width; at += TL.Width)
            {
                Block<TL, TV>(w + at, g + at, m + at, v + at, step);
                TL.Store(g + at, zero);
            }
            for (; at < end; at++)
            {
                Block<LanesScalar, float>(w + at, g + at, m + at, v + at, step);
                g[at] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Kernel<TL, TV>(float* w, float* g, float* m, float* v, int length, Step step) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) Block<TL, TV>(w + i, g + i, m + i, v + i, step);
        for (; i < length; i++) Block<LanesScalar, float>(w + i, g + i, m + i, v + i, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Block<TL, TV>(float* w, float* g, float* m, float* v, in Step c) where TL : struct, ILanes<TV> where TV : struct
    {
        var weight = TL.Load(w);
        var gradient = TL.MultiplyAdd(weight, TL.Splat(c.Penalty), TL.Load(g));
        var first = TL.MultiplyAdd(TL.Load(m), TL.Splat(c.Beta1), TL.Multiply(gradient, TL.Splat(c.OneMinusBeta1)));
        var second = TL.MultiplyAdd(TL.Load(v), TL.Splat(c.Beta2), TL.Multiply(TL.Multiply(gradient, gradient), TL.Splat(c.OneMinusBeta2)));
        TL.Store(m, first);
        TL.Store(v, second);
        var root = TL.MultiplyAdd(TL.Sqrt(second), TL.Splat(c.SecondScale), TL.Splat(c.Epsilon));
        var change = TL.Divide(TL.Multiply(first, TL.Splat(c.Rate)), root);
        TL.Store(w, TL.Subtract(TL.Multiply(weight, TL.Splat(c.Keep)), change));
    }
}
