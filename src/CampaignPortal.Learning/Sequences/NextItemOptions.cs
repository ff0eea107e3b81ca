using CampaignPortal.Learning.Training;

namespace CampaignPortal.Learning.Sequences;

/// <summary>What is learned about the items that were not taken next.</summary>
public enum NextItemLoss
{
    /// <summary><see cref="FullSoftmax"/> up to 20,000 items, <see cref="SampledSoftmax"/> above.</summary>
    Automatic,

    /// <summary>Softmax cross-entropy over all items.</summary>
    FullSoftmax,

    /// <summary>Softmax over the targets of the batch and shared random items, logits less the logarithm of how often each is drawn (Bengio &amp; Senécal 2008).</summary>
    SampledSoftmax,

    /// <summary>gBCE on shared random items (Petrov &amp; Macdonald 2023).</summary>
    GeneralizedBinary,

    /// <summary>Binary cross-entropy against one random item per position (Kang &amp; McAuley 2018): the weakest and the fastest.</summary>
    OneNegative,
}

/// <summary>Choices that all next-item networks share.</summary>
public record NextItemOptions
{
    /// <summary>Width of item vectors and hidden rows.</summary>
    public int Dimension { get; init; } = 64;

    /// <summary>How many of the newest items the network sees. Longer sequences are cut into windows for training.</summary>
    public int Length { get; init; } = 50;

    /// <summary>Share of hidden values that is dropped in training.</summary>
    public double Dropout { get; init; } = 0.4;

    /// <summary>What is learned about the items that were not taken next.</summary>
    public NextItemLoss Loss { get; init; }

    /// <summary>Random items per batch of <see cref="NextItemLoss.SampledSoftmax"/> and <see cref="NextItemLoss.GeneralizedBinary"/>.</summary>
    public int NegativeCount { get; init; } = 1024;

    /// <summary>t of gBCE: 0 is plain binary cross-entropy, 1 fully calibrated.</summary>
    public double Calibration { get; init; } = 0.75;

    /// <summary>Batches, epochs, rate, patience, seed and threads. Examples are windows of sequences.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 60, BatchSize = 256, LearningRate = 2e-3, Patience = 4 };

    /// <summary>Most users whose withheld last item decides when training stops.</summary>
    public int ValidationUsers { get; init; } = 3000;

    /// <summary>Standard deviation of drawn item vectors; null for 1/√dimension, so that logits begin near 1 or below.</summary>
    public double? FirstDeviation { get; init; }

    /// <summary>Starts the vectors of the items from factors by alternating least squares, which spares a sparse catalogue many epochs; false draws them.</summary>
    public bool StartFromFactors { get; init; } = true;

    /// <summary>After training was stopped by the withheld items, trains anew with them for as many epochs as were best. Doubles the time; leave it out where the model is only compared.</summary>
    public bool LearnFromAll { get; init; }

    internal NextItemLoss LossFor(int itemCount) => Loss is not NextItemLoss.Automatic ? Loss : itemCount <= 20_000 ? NextItemLoss.FullSoftmax : NextItemLoss.SampledSoftmax;

    internal virtual void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(NegativeCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ValidationUsers, 0);
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "The share must lie in [0, 1).");
        if (!(Calibration is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Calibration), Calibration, "The calibration must lie in 0 to 1.");
        Training.Validate();
    }
}

/// <summary>Choices of <see cref="SasRec"/>.</summary>
public sealed record SasRecOptions : NextItemOptions
{
    /// <summary>Transformer blocks.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Heads of each block's attention; divides <see cref="NextItemOptions.Dimension"/>.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Factor on item vectors where they enter the network; the original multiplies by √dimension, which suits short training from small first vectors.</summary>
    public double InputScale { get; init; } = 1;

    /// <summary>Width between the two layers of a block's feed-forward part, in multiples of the dimension.</summary>
    public int HiddenFactor { get; init; } = 4;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Blocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(HiddenFactor, 1);
        if (Heads < 1 || Dimension % Heads != 0) throw new ArgumentOutOfRangeException(nameof(Heads), Heads, $"The number of heads must divide the dimension, {Dimension}.");
    }
}

/// <summary>Choices of <see cref="Gru4Rec"/>.</summary>
public sealed record Gru4RecOptions : NextItemOptions
{
    /// <summary>Width of the recurrent state.</summary>
    public int HiddenCount { get; init; } = 128;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(HiddenCount, 1);
    }
}
