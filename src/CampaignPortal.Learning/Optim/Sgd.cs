namespace CampaignPortal.Learning.Optim;

/// <summary>Stochastic gradient descent with momentum and Nesterov's form; weight decay is added to the gradient.</summary>
public sealed class Sgd(double momentum = 0, bool nesterov = false, double weightDecay = 0) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => momentum > 0 ? 1 : 0;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, OptimizerState state, int offset, int step, double learningRate, bool isDecayed)
    {
        var decay = isDecayed ? weightDecay : 0;
        var velocities = momentum > 0 ? state.Array(0, offset, weights.Length) : default;
        for (var i = 0; i < weights.Length; i++)
        {
            var g = gradient[i] + decay * weights[i];
            if (momentum > 0)
            {
                var velocity = velocities[i] = (float)(step == 1 ? g : momentum * velocities[i] + g);
                g = nesterov ? g + momentum * velocity : velocity;
            }
            weights[i] = (float)(weights[i] - learningRate * g);
        }
    }
}

/// <summary>Adagrad (Duchi, Hazan and Singer 2011).</summary>
public sealed class Adagrad(double epsilon = 1e-10) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => 1;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, OptimizerState state, int offset, int step, double learningRate, bool isDecayed)
    {
        var sums = state.Array(0, offset, weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            var sum = sums[i] += gradient[i] * gradient[i];
            weights[i] = (float)(weights[i] - learningRate * gradient[i] / (Math.Sqrt(sum) + epsilon));
        }
    }
}

/// <summary>RMSprop: gradients over the root of their decaying mean square (Tieleman and Hinton 2012).</summary>
public sealed class RmsProp(double alpha = 0.99, double epsilon = 1e-8) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => 1;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, OptimizerState state, int offset, int step, double learningRate, bool isDecayed)
    {
        var squares = state.Array(0, offset, weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            var square = squares[i] = (float)(alpha * squares[i] + (1 - alpha) * gradient[i] * gradient[i]);
            weights[i] = (float)(weights[i] - learningRate * gradient[i] / (Math.Sqrt(square) + epsilon));
        }
    }
}
