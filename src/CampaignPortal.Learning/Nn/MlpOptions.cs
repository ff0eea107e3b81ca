using System.Diagnostics.CodeAnalysis;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Training;

namespace CampaignPortal.Learning.Nn;

/// <summary>Rows with a label and, where needed, a weight each.</summary>
/// <param name="Rows">Input columns; whether values may be missing (NaN) is for the trainer to say.</param>
/// <param name="Labels">What each row shows: 0 or 1 for a binary classifier, a class number, an amount or a grade for others.</param>
/// <param name="Weights">Weight per row, or null for 1 each.</param>
public sealed record LabelledRows(Matrix Rows, float[] Labels, float[]? Weights = null)
{
    /// <summary>For ranking: how many rows each group has, one group after the other; null otherwise.</summary>
    public int[]? GroupSizes { get; init; }
}

/// <summary>Options of <see cref="MlpClassifier"/>.</summary>
public sealed record MlpOptions
{
    /// <summary>Widths of the hidden layers, one or two. Default 64 and 32.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 32];

    /// <summary>Activation of the hidden layers. Default ReLU.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Share of hidden values set to zero in training (the rest is scaled up). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Rows per step. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Most passes over the training rows. Default 50.</summary>
    public int MaxEpochs { get; init; } = 50;

    /// <summary>Learning rate of AdamW at the start. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether the rate falls to 0 along a cosine over <see cref="MaxEpochs"/>. Default false: constant.</summary>
    public bool CosineSchedule { get; init; }

    /// <summary>Decoupled weight decay. Default 1e-4.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Largest common norm of the gradients of a step; larger ones are scaled down. Null (default): no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Share of the rows held back for early stopping when no validation part is given. Default 0.15; 0 trains on all rows for <see cref="MaxEpochs"/>.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>Epochs without an improvement of the validation loss after which training stops. Default 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>An improvement must be larger than this. Default 1e-5.</summary>
    public double MinImprovement { get; init; } = 1e-5;

    /// <summary>Training rows that explanations compare with; their mean log-odds are "the average". Default 100.</summary>
    public int BackgroundSize { get; init; } = 100;

    /// <summary>As the trainer takes them. A step of 256 rows is some 50 µs of arithmetic, too little to share between threads.</summary>
    internal TrainingOptions ToTraining(long seed) => new()
    {
        MaxEpochs = MaxEpochs, BatchSize = BatchSize, LearningRate = LearningRate, Schedule = CosineSchedule ? LearningRateSchedule.Cosine : LearningRateSchedule.Constant,
        WeightDecay = WeightDecay, ClipNorm = ClipNorm, Patience = Patience, MinImprovement = MinImprovement, Degree = 1, Seed = seed,
    };

    internal void Validate()
    {
        if (Hidden.Count is < 1 or > 2 || Hidden.Any(h => h < 1)) throw new ArgumentException($"One or two hidden layers of width 1 or more are due; got [{string.Join(", ", Hidden)}].", "options.Hidden");
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Dropout", Dropout, "Dropout must lie in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize, "options.BatchSize");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEpochs, "options.MaxEpochs");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate, "options.LearningRate");
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay, "options.WeightDecay");
        if (!(ValidationShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ValidationShare", ValidationShare, "The validation share must lie in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Patience, "options.Patience");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BackgroundSize, "options.BackgroundSize");
    }
}

/// <summary>One epoch of training.</summary>
/// <param name="Epoch">Number, from 1.</param>
/// <param name="TrainingLoss">Mean loss of the steps, as they were made.</param>
/// <param name="ValidationLoss">Log-loss of the validation part after the epoch; null without one.</param>
/// <param name="Seconds">Time of the epoch.</param>
/// <param name="LearningRate">Rate of its last step.</param>
public sealed record EpochReport(int Epoch, double TrainingLoss, double? ValidationLoss, double Seconds, double LearningRate)
{
    /// <summary>What early stopping watched, high is good; null where it watched the loss.</summary>
    public double? Metric { get; init; }

    /// <summary>Training examples per second.</summary>
    public double? RowsPerSecond { get; init; }
}

/// <summary>A trained network with the story of its training.</summary>
/// <param name="Model">The network with the best weights.</param>
/// <param name="History">One row per epoch.</param>
/// <param name="BestEpoch">Epoch whose weights were kept.</param>
public sealed record MlpFit(MlpModel Model, IReadOnlyList<EpochReport> History, int BestEpoch);

/// <summary>Training met a loss that is not finite.</summary>
[SuppressMessage("Roslynator", "RCS1194", Justification = "It always says at which step and rate.")]
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Names step, rate and the first parameter that went bad.</summary>
    public TrainingDivergedException(int step, double learningRate, string? parameter)
        : base($"The loss is not finite at step {step} (learning rate {learningRate}; first bad parameter: {parameter ?? "none, so the data are too large"}). Lower the learning rate, set ClipNorm, or check the columns for extreme values.") =>
        (Step, LearningRate, Parameter) = (step, learningRate, parameter);

    /// <summary>Step, from 1.</summary>
    public int Step { get; }

    /// <summary>Rate of that step.</summary>
    public double LearningRate { get; }

    /// <summary>Path of the first parameter with a value that is not finite, or null.</summary>
    public string? Parameter { get; }
}
