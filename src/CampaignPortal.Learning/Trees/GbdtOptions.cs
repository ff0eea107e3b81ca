namespace CampaignPortal.Learning.Trees;

/// <summary>What the sum of the trees means.</summary>
public enum BoostingObjective
{
    /// <summary>Log-odds of class 1; labels are 0 or 1.</summary>
    BinaryLogistic,

    /// <summary>The number itself, by squared error.</summary>
    SquaredError,
}

/// <summary>Options of <see cref="GradientBoosting"/>.</summary>
public sealed record GbdtOptions
{
    /// <summary>What to predict. Default binary log-odds.</summary>
    public BoostingObjective Objective { get; init; } = BoostingObjective.BinaryLogistic;

    /// <summary>Most trees. Default 200; early stopping on the validation part normally ends before.</summary>
    public int MaxRounds { get; init; } = 200;

    /// <summary>Levels of splits per tree. Default 5, at most 12.</summary>
    public int MaxDepth { get; init; } = 5;

    /// <summary>Shrinkage of each tree. Default 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>λ: added to the sum of second derivatives of a leaf. Default 1.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Smallest sum of second derivatives of a child. Default 1.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>A split must gain more than this. Default 1e-6.</summary>
    public double MinGain { get; init; } = 1e-6;

    /// <summary>Most value bins per column, at quantiles; a missing value has a bin of its own. Default and most: 255. Columns with fewer distinct values are split exactly.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Raw score before the first tree; null (default) is the best constant of the training rows.</summary>
    public double? BaseScore { get; init; }

    /// <summary>Share of the rows held back for early stopping when no validation part is given. Default 0.15; 0 grows all <see cref="MaxRounds"/> trees.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>Trees without an improvement of the validation loss after which training stops. Default 20.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRounds, "options.MaxRounds");
        if (MaxDepth is < 1 or > 12) throw new ArgumentOutOfRangeException("options.MaxDepth", MaxDepth, "The depth must lie in 1 to 12.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate, "options.LearningRate");
        ArgumentOutOfRangeException.ThrowIfNegative(Lambda, "options.Lambda");
        ArgumentOutOfRangeException.ThrowIfNegative(MinChildWeight, "options.MinChildWeight");
        if (MaxBins is < 2 or > 255) throw new ArgumentOutOfRangeException("options.MaxBins", MaxBins, "The number of bins must lie in 2 to 255.");
        if (!(ValidationShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ValidationShare", ValidationShare, "The validation share must lie in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Patience, "options.Patience");
    }
}

/// <summary>One tree of a fit.</summary>
/// <param name="Round">Number of the tree, from 1.</param>
/// <param name="TrainingLoss">Mean loss of the training rows after it.</param>
/// <param name="ValidationLoss">Mean loss of the validation rows after it; null without them.</param>
public sealed record BoostingReport(int Round, double TrainingLoss, double? ValidationLoss);

/// <summary>A trained ensemble with the story of its training.</summary>
/// <param name="Model">The ensemble, cut at its best round.</param>
/// <param name="History">One row per tree grown.</param>
/// <param name="BestRound">Number of trees kept.</param>
public sealed record GbdtFit(GbdtModel Model, IReadOnlyList<BoostingReport> History, int BestRound);
