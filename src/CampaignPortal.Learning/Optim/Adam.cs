using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Optim;

/// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient, or decoupled (AdamW, Loshchilov and Hutter 2019).</summary>
/// <param name="beta1">Decay of the mean of gradients.</param>
/// <param name="beta2">Decay of the mean of their squares.</param>
/// <param name="epsilon">Added to the root.</param>
/// <param name="weightDecay">Pull of the weights towards 0.</param>
/// <param name="decoupled">Decay beside the gradient step (AdamW) instead of through the gradient.</param>
/// <param name="countRowSteps">Rows of lazily updated tables correct their moments by the number of their own steps instead of that of all steps.</param>
public sealed class Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool decoupled = false, bool countRowSteps = false) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => 2;

    /// <inheritdoc/>
    protected override bool CountsRowSteps => countRowSteps;

    /// <inheritdoc/>
    protected override unsafe void Update(Span<float> weights, Span<float> gradient, OptimizerState state, int offset, int step, double learningRate, bool isDecayed)
    {
        ArgumentNullException.ThrowIfNull(state);
        var decay = isDecayed ? weightDecay : 0;
        var constants = new Constants(
            (float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2), (float)epsilon,
            (float)(learningRate / (1 - Math.Pow(beta1, step))),
            (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
            decoupled ? 0 : (float)decay,
            decoupled ? (float)(1 - learningRate * decay) : 1);
        fixed (float* w = weights)
        fixed (float* g = gradient)
        fixed (float* m = state.Array(0, offset, weights.Length))
        fixed (float* v = state.Array(1, offset, weights.Length))
        {
            if (Vector512.IsHardwareAccelerated) Kernel<Lanes512, Vector512<float>>(w, g, m, v, weights.Length, constants);
            else if (Vector256.IsHardwareAccelerated) Kernel<Lanes256, Vector256<float>>(w, g, m, v, weights.Length, constants);
            else Kernel<LanesScalar, float>(w, g, m, v, weights.Length, constants);
        }
    }

    /// <summary>One fused pass: four streams in, three out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Kernel<TL, TV>(float* w, float* g, float* m, float* v, int length, Constants c) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= length - TL.Width; i += TL.Width) Block<TL, TV>(w + i, g + i, m + i, v + i, c);
        for (; i < length; i++) Block<LanesScalar, float>(w + i, g + i, m + i, v + i, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Block<TL, TV>(float* w, float* g, float* m, float* v, Constants c) where TL : struct, ILanes<TV> where TV : struct
    {
        var weight = TL.Load(w);
        var gradient = TL.MultiplyAdd(weight, TL.Splat(c.L2), TL.Load(g));
        var first = TL.MultiplyAdd(TL.Load(m), TL.Splat(c.Beta1), TL.Multiply(gradient, TL.Splat(c.OneMinusBeta1)));
        var second = TL.MultiplyAdd(TL.Load(v), TL.Splat(c.Beta2), TL.Multiply(TL.Multiply(gradient, gradient), TL.Splat(c.OneMinusBeta2)));
        TL.Store(m, first);
        TL.Store(v, second);
        var root = TL.MultiplyAdd(TL.Sqrt(second), TL.Splat(c.SecondScale), TL.Splat(c.Epsilon));
        var step = TL.Divide(TL.Multiply(first, TL.Splat(c.Rate)), root);
        TL.Store(w, TL.Subtract(TL.Multiply(weight, TL.Splat(c.Keep)), step));
    }

    private readonly record struct Constants(
        float Beta1, float OneMinusBeta1, float Beta2, float OneMinusBeta2, float Epsilon, float Rate, float SecondScale, float L2, float Keep);
}
