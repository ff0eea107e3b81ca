using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Binary cross-entropy on logits with its gradient, vectorised: loss = ln(1 + exp(x)) − t·x, slope = σ(x) − t.</summary>
internal static unsafe class LogisticLossKernel
{
    // Lanes are summed in float32 over a block and the blocks in double.
    private const int BlockElements = 1024;

    /// <summary>Writes the gradient of the mean and returns the mean; with weights Σ w·loss / Σ w.</summary>
    public static double Run(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        if (targets.Length != logits.Length || gradient.Length != logits.Length || (!weights.IsEmpty && weights.Length != logits.Length))
        {
            throw new ArgumentException($"All spans must have one length; they have {logits.Length}, {targets.Length}, {gradient.Length} and {weights.Length}.");
        }
        double total = logits.Length, loss = 0;
        if (!weights.IsEmpty)
        {
            total = 0;
            foreach (var w in weights) total += w;
        }
        var factor = (float)(1 / total);
        fixed (float* x = logits)
        fixed (float* t = targets)
        fixed (float* w = weights)
        fixed (float* g = gradient)
        {
            for (var from = 0; from < logits.Length; from += BlockElements)
            {
                var count = Math.Min(BlockElements, logits.Length - from);
                var own = weights.IsEmpty ? null : w + from;
                if (Vector512.IsHardwareAccelerated) loss += Block<Lanes512, Vector512<float>>(x + from, t + from, own, g + from, count, factor);
                else if (Vector256.IsHardwareAccelerated) loss += Block<Lanes256, Vector256<float>>(x + from, t + from, own, g + from, count, factor);
                else loss += Block<LanesScalar, float>(x + from, t + from, own, g + from, count, factor);
            }
        }
        return loss / total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Block<TL, TV>(float* x, float* t, float* w, float* g, int count, float factor) where TL : struct, ILanes<TV> where TV : struct
    {
        var sum = TL.Splat(0);
        var i = 0;
        for (; i <= count - TL.Width; i += TL.Width) sum = TL.Add(sum, Lanes<TL, TV>(x + i, t + i, w == null ? null : w + i, g + i, factor));
        var loss = TL.Sum(sum);
        for (; i < count; i++) loss += Lanes<LanesScalar, float>(x + i, t + i, w == null ? null : w + i, g + i, factor);
        return loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Lanes<TL, TV>(float* x, float* t, float* w, float* g, float factor) where TL : struct, ILanes<TV> where TV : struct
    {
        var (logit, target) = (TL.Load(x), TL.Load(t));
        var weight = w == null ? TL.Splat(1) : TL.Load(w);
        TL.Store(g, TL.Multiply(TL.Multiply(weight, TL.Splat(factor)), TL.Subtract(Elementary<TL, TV>.Sigmoid(logit), target)));
        return TL.Multiply(weight, TL.Subtract(Elementary<TL, TV>.Softplus(logit), TL.Multiply(target, logit)));
    }
}
