using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Optim;

/// <summary>Changes parameters against their gradients. One instance serves one list of parameters.</summary>
public abstract class Optimizer
{
    private readonly Dictionary<Parameter, float[][]> _state = [];

    /// <summary>Steps made so far.</summary>
    public int StepCount { get; private set; }

    /// <summary>Applies one step to every parameter and clears the gradients.</summary>
    public void Step(IReadOnlyList<Parameter> parameters, double learningRate)
    {
        StepCount++;
        for (var p = 0; p < parameters.Count; p++) // no enumerator: a warm step allocates nothing
        {
            var parameter = parameters[p];
            if (!_state.TryGetValue(parameter, out var state))
            {
                state = new float[StateArrays][];
                for (var a = 0; a < state.Length; a++) state[a] = new float[parameter.Value.Length];
                _state.Add(parameter, state);
            }
            Update(parameter.Value, parameter.Gradient, state, learningRate);
            parameter.Gradient.Clear();
        }
    }

    /// <summary>How many arrays of a parameter's size the rule remembers.</summary>
    protected abstract int StateArrays { get; }

    /// <summary>One parameter's step.</summary>
    protected abstract void Update(Span<float> weights, Span<float> gradient, float[][] state, double learningRate);
}

/// <summary>Stochastic gradient descent with momentum and Nesterov's form; weight decay is added to the gradient.</summary>
public sealed class Sgd(double momentum = 0, bool nesterov = false, double weightDecay = 0) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => momentum > 0 ? 1 : 0;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, float[][] state, double learningRate)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = gradient[i] + weightDecay * weights[i];
            if (momentum > 0)
            {
                var velocity = state[0][i] = (float)(StepCount == 1 ? g : momentum * state[0][i] + g);
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
    protected override void Update(Span<float> weights, Span<float> gradient, float[][] state, double learningRate)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var sum = state[0][i] += gradient[i] * gradient[i];
            weights[i] = (float)(weights[i] - learningRate * gradient[i] / (Math.Sqrt(sum) + epsilon));
        }
    }
}

/// <summary>RMSprop: gradients over the root of their decaying mean square.</summary>
public sealed class RmsProp(double alpha = 0.99, double epsilon = 1e-8) : Optimizer
{
    /// <inheritdoc/>
    protected override int StateArrays => 1;

    /// <inheritdoc/>
    protected override void Update(Span<float> weights, Span<float> gradient, float[][] state, double learningRate)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var square = state[0][i] = (float)(alpha * state[0][i] + (1 - alpha) * gradient[i] * gradient[i]);
            weights[i] = (float)(weights[i] - learningRate * gradient[i] / (Math.Sqrt(square) + epsilon));
        }
    }
}
