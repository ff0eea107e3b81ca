using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Optim;

/// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient, or decoupled (AdamW, Loshchilov and Hutter 2019).</summary>
public sealed class Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool decoupled = false) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => 2;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, float[][] state, double learningRate) =>
        AdamKernel.Update(weights, gradient, state[0], state[1], new AdamKernel.Step(StepCount, learningRate, beta1, beta2, epsilon, weightDecay, decoupled));
}
