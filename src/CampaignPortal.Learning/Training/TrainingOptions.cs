using CampaignPortal.Learning.Optim;

namespace CampaignPortal.Learning.Training;

/// <summary>Which rule moves the weights.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Adam, weight decay added to the gradient.</summary>
    Adam,

    /// <summary>Gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adagrad.</summary>
    Adagrad,

    /// <summary>RMSprop.</summary>
    RmsProp,
}

/// <summary>How the learning rate changes over the steps of all epochs.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>Half a cosine down to 0.</summary>
    Cosine,

    /// <summary>Linear rise over <see cref="TrainingOptions.WarmUpShare"/> of the steps, then linear fall to 0.</summary>
    WarmUpLinear,

    /// <summary>Halved after each third of the steps.</summary>
    Step,
}

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the examples, at most.</summary>
    public int MaxEpochs { get; init; } = 20;

    /// <summary>Examples per step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>The rule that moves the weights.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Size of a step.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Its course.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Share of all steps in which the rate rises, for <see cref="LearningRateSchedule.WarmUpLinear"/>.</summary>
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Momentum of <see cref="OptimizerKind.Sgd"/>.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Pull of weights (not of biases and norms) towards 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Pull of the absolute values of the same weights towards 0, by soft thresholds of rate·L1 after each step.</summary>
    public double L1 { get; init; }

    /// <summary>Gradients together are scaled down to this Euclidean norm; null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Decay of an average of the weights that is validated and kept instead of the last weights; null for none.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Epochs without improvement after which training stops.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>What counts as an improvement of the validation score.</summary>
    public double MinImprovement { get; init; }

    /// <summary>Each batch is cut into so many parts, which threads share; each has its own gradients, added in order. Part of what makes the result, unlike the degree. Null for two where the network allows it (<see cref="ITrainingTask.NeedsWholeBatches"/>), else one.</summary>
    public int? Shards { get; init; }

    /// <summary>Threads; null for all processors but one.</summary>
    public int? Degree { get; init; }

    /// <summary>Most native memory of activations, in bytes; null for half of what the process may use.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Seed of the order of examples and of dropout.</summary>
    public long Seed { get; init; }

    /// <summary>Throws when an option makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEpochs, "options.MaxEpochs");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize, "options.BatchSize");
        if (!(LearningRate > 0)) throw new ArgumentOutOfRangeException("options.LearningRate", LearningRate, "The learning rate must be positive.");
        if (!(WarmUpShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.WarmUpShare", WarmUpShare, "The share of warm-up steps must lie in [0, 1).");
        if (!(Momentum is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Momentum", Momentum, "Momentum must lie in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay, "options.WeightDecay");
        ArgumentOutOfRangeException.ThrowIfNegative(L1, "options.L1");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Patience, "options.Patience");
        ArgumentOutOfRangeException.ThrowIfNegative(MinImprovement, "options.MinImprovement");
        if (Shards is { } shards) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards, "options.Shards");
        if (ClipNorm is { } norm) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(norm, "options.ClipNorm");
    }

    internal Optimizer NewOptimizer() => Optimizer switch
    {
        OptimizerKind.AdamW => new Adam(weightDecay: WeightDecay, decoupled: true),
        OptimizerKind.Adam => new Adam(weightDecay: WeightDecay),
        OptimizerKind.Sgd => new Sgd(Momentum, nesterov: Momentum > 0, WeightDecay),
        OptimizerKind.Adagrad => new Adagrad(),
        OptimizerKind.RmsProp => new RmsProp(),
        _ => throw new InvalidOperationException($"Unknown optimiser {Optimizer}."),
    };

    /// <summary>Learning rate of a step, from 0.</summary>
    internal double RateAt(int step, int totalSteps) => Schedule switch
    {
        LearningRateSchedule.Constant => LearningRate,
        LearningRateSchedule.Cosine => LearningRates.Cosine(LearningRate, step, totalSteps),
        LearningRateSchedule.WarmUpLinear => LearningRates.WarmUpLinear(LearningRate, step, Math.Max(1, (int)(WarmUpShare * totalSteps)), totalSteps + 1),
        LearningRateSchedule.Step => LearningRates.Step(LearningRate, step, Math.Max(1, totalSteps / 3)),
        _ => throw new InvalidOperationException($"Unknown course {Schedule} of the learning rate."),
    };
}
