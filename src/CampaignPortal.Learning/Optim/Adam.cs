using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

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
    private (int Step, double LearningRate, double Decay) _constantsOf;
    private AdamKernel.Step _constants;

    /// <inheritdoc/>
    protected override int StateArrays => 2;

    /// <inheritdoc/>
    protected override bool CountsRowSteps => countRowSteps;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, OptimizerState state, int offset, int step, double learningRate, bool isDecayed)
    {
        ArgumentNullException.ThrowIfNull(state);
        AdamKernel.Update(weights, gradient, state.Array(0, offset, weights.Length), state.Array(1, offset, weights.Length), Constants(step, learningRate, isDecayed ? weightDecay : 0));
    }

    private protected override unsafe void UpdateRows(Parameter table, ReadOnlySpan<int> rows, OptimizerState state, double learningRate)
    {
        if (countRowSteps)
        {
            base.UpdateRows(table, rows, state, learningRate);
            return;
        }
        var constants = Constants(StepCount, learningRate, table.IsDecayed ? weightDecay : 0);
        AdamKernel.UpdateRows(table.Data, table.GradientData, state.Pointer(0), state.Pointer(1), rows, state.RowWidth, constants);
    }

    /// <summary>The constants of a step; thousands of rows of a table share them, and their powers cost more than a row.</summary>
    private AdamKernel.Step Constants(int step, double learningRate, double decay)
    {
        if (_constantsOf != (step, learningRate, decay))
        {
            _constantsOf = (step, learningRate, decay);
            _constants = new AdamKernel.Step(step, learningRate, beta1, beta2, epsilon, decay, decoupled);
        }
        return _constants;
    }
}
