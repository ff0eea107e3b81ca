namespace CampaignPortal.Learning.Vision;

/// <summary>Options of <see cref="ImageClassifier"/>.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>Channels of each stage; a stage is two convolutions and halves the sides. Default 32, 64, 128.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128];

    /// <summary>Passes over the pictures. Default 40; the learning rate falls to 0 over them.</summary>
    public int Epochs { get; init; } = 40;

    /// <summary>Pictures per step. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Highest learning rate of AdamW, reached after a twentieth of all steps. Default 0.002.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Pull of weights towards 0. Default 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Share of the last features that a training step drops. Default 0.3.</summary>
    public double Dropout { get; init; } = 0.3;

    /// <summary>Share of the target that is spread over all classes. Default 0.1.</summary>
    public double Smoothing { get; init; } = 0.1;

    /// <summary>How training pictures are varied.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    /// <summary>Seed of first weights, order, variation and dropout.</summary>
    public long Seed { get; init; }

    internal void Validate()
    {
        if (Widths.Count is < 1 or > 5 || Widths.Any(w => w < 1)) throw new ArgumentException($"There must be 1 to 5 stages of at least one channel; got [{string.Join(", ", Widths)}].", "options.Widths");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Epochs, "options.Epochs");
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 2, "options.BatchSize");
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Dropout", Dropout, "The share must lie in [0, 1).");
        if (!(Smoothing is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Smoothing", Smoothing, "The share must lie in [0, 1).");
    }
}
