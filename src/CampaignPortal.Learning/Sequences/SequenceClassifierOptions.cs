using CampaignPortal.Learning.Training;

namespace CampaignPortal.Learning.Sequences;

/// <summary>What reads the steps.</summary>
public enum SequenceEncoder
{
    /// <summary>Recurrent network of Elman (1990).</summary>
    Rnn,

    /// <summary>Gated recurrent units.</summary>
    Gru,

    /// <summary>Long short-term memory.</summary>
    Lstm,

    /// <summary>Causal convolutions over three steps, 1, 2, 4 … apart, with residuals (Bai, Kolter and Koltun 2018).</summary>
    Convolution,

    /// <summary>Transformer encoder; positions are counted from the newest step.</summary>
    Transformer,
}

/// <summary>How a sequence becomes one row.</summary>
public enum SequencePooling
{
    /// <summary>The state after the newest step.</summary>
    Last,

    /// <summary>The mean of all states.</summary>
    Mean,

    /// <summary>The greatest value of each element.</summary>
    Max,

    /// <summary>A sum by learned weights.</summary>
    Attention,
}

/// <summary>Options of <see cref="SequenceClassifier"/>.</summary>
public sealed record SequenceClassifierOptions
{
    /// <summary>What reads the steps. Default gated recurrent units.</summary>
    public SequenceEncoder Encoder { get; init; } = SequenceEncoder.Gru;

    /// <summary>How a sequence becomes one row. Default attention.</summary>
    public SequencePooling Pooling { get; init; } = SequencePooling.Attention;

    /// <summary>Width of the states. Default 32.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Layers of the encoder, 1 to 12. Default 1.</summary>
    public int LayerCount { get; init; } = 1;

    /// <summary>Heads of a transformer; divides the width. Default 2.</summary>
    public int HeadCount { get; init; } = 2;

    /// <summary>Share of values dropped in training. Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Codes are 0 to this less one, a greater one is read as unknown; 0 (default) where steps have none.</summary>
    public int CodeCount { get; init; }

    /// <summary>Width of a code's vector. Default 16.</summary>
    public int CodeWidth { get; init; } = 16;

    /// <summary>Only so many of the newest steps are read. Default 128.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Share of the sequences held back for early stopping. Default 0.15; 0 trains all epochs.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>How the network is trained.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 30, BatchSize = 128, LearningRate = 3e-3, WeightDecay = 1e-3, ClipNorm = 5, Patience = 4 };

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Width, "options.Width");
        if (LayerCount is < 1 or > 12) throw new ArgumentOutOfRangeException("options.LayerCount", LayerCount, "The number of layers must lie in 1 to 12.");
        if (HeadCount < 1 || Width % HeadCount != 0) throw new ArgumentOutOfRangeException("options.HeadCount", HeadCount, $"The heads must divide the width of {Width}.");
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Dropout", Dropout, "The dropout must lie in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegative(CodeCount, "options.CodeCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CodeWidth, "options.CodeWidth");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxLength, "options.MaxLength");
        if (!(ValidationShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ValidationShare", ValidationShare, "The validation share must lie in [0, 1).");
        Training.Validate();
    }
}
