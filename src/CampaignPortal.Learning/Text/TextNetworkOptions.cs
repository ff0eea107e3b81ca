using CampaignPortal.Learning.Training;

namespace CampaignPortal.Learning.Text;

/// <summary>How a network reads a text.</summary>
public enum TextNetworkKind
{
    /// <summary>The mean of the vectors of all terms, in any order (fastText; Joulin, Grave, Bojanowski &amp; Mikolov 2017).</summary>
    Bag,

    /// <summary>Filters over windows of neighbouring terms, the largest answer of each filter (Kim 2014).</summary>
    Convolution,

    /// <summary>Gated recurrent units in both directions, their states weighed by attention (Yang et al. 2016, word level).</summary>
    Recurrent,
}

/// <summary>Options of <see cref="TextNetworkClassifier"/>.</summary>
public sealed record TextNetworkOptions
{
    /// <summary>How a text is read. Default <see cref="TextNetworkKind.Convolution"/>.</summary>
    public TextNetworkKind Kind { get; init; } = TextNetworkKind.Convolution;

    /// <summary>How texts are cut and which terms have a vector; all others share one. For kinds that see the order, single units make sense.</summary>
    public VocabularyOptions Terms { get; init; } = new() { Terms = new TermOptions { LongestCharacterRun = 1, Signs = true } };

    /// <summary>Terms after so many are not read. Default 256.</summary>
    public int MaxLength { get; init; } = 256;

    /// <summary>Length of a term's vector. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Filters per window, or size of the recurrent state. Default 64.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>Sizes of the windows in terms, for <see cref="TextNetworkKind.Convolution"/>. Default 1 to 4.</summary>
    public IReadOnlyList<int> Windows { get; init; } = [1, 2, 3, 4];

    /// <summary>Share of the last layer's inputs that a training step leaves out. Default 0.5.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Share of the terms that a training step reads as unknown ones. Default 0.15.</summary>
    public double TermDropout { get; init; } = 0.15;

    /// <summary>One element of every term's vector begins at this times its log-count ratio instead of at chance. Default 0.25; 0 begins it at 0.</summary>
    public double RatioStart { get; init; } = 0.25;

    /// <summary>Share of the texts that decide when to stop. Default 0.1; 0 trains for all epochs.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Course of the training; its seed is the seed of everything.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 12, BatchSize = 64, LearningRate = 1e-3, WeightDecay = 1e-3, Patience = 2, Seed = 1, ClipNorm = 5 };

    /// <summary>Throws when an option makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        Terms.Checked();
        Training.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxLength, "options.MaxLength");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Width, "options.Width");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Hidden, "options.Hidden");
        if (Kind == TextNetworkKind.Convolution && (Windows.Count == 0 || Windows.Any(window => window is < 1 or > 100)))
            throw new ArgumentOutOfRangeException("options.Windows", string.Join(", ", Windows), "Windows hold 1 to 100 terms, and there must be one.");
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Dropout", Dropout, "Dropout must lie in [0, 1).");
        if (!(TermDropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.TermDropout", TermDropout, "Dropout must lie in [0, 1).");
        if (!(ValidationShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ValidationShare", ValidationShare, "The share must lie in [0, 1).");
    }
}
