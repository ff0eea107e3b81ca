namespace CampaignPortal.Learning.Trees;

/// <summary>What the sum of the trees means.</summary>
public enum BoostingObjective
{
    /// <summary>Log-odds of class 1; labels are 0 or 1.</summary>
    BinaryLogistic,

    /// <summary>The number itself, by squared error.</summary>
    SquaredError,

    /// <summary>Logits of several classes, one tree per class and round; labels are 0 to classes − 1.</summary>
    Softmax,

    /// <summary>Logarithm of an expected count or amount; labels are not negative.</summary>
    Poisson,

    /// <summary>The quantile <see cref="GbdtOptions.Quantile"/> of the number, by pinball loss.</summary>
    Quantile,

    /// <summary>A score that orders the rows of a group (LambdaMART, Burges 2010); labels are grades from 0 to 31.</summary>
    LambdaRank,
}

/// <summary>Which leaf is split next.</summary>
public enum TreeGrowth
{
    /// <summary>All of them, down to <see cref="GbdtOptions.MaxDepth"/>.</summary>
    DepthWise,

    /// <summary>The one that gains most, until <see cref="GbdtOptions.MaxLeaves"/>.</summary>
    LeafWise,
}

/// <summary>Options of <see cref="GradientBoosting"/>.</summary>
public sealed record GbdtOptions
{
    /// <summary>What to predict. Default binary log-odds.</summary>
    public BoostingObjective Objective { get; init; } = BoostingObjective.BinaryLogistic;

    /// <summary>Most rounds (a round is one tree, or one per class). Default 1000; early stopping on the validation part normally ends before.</summary>
    public int MaxRounds { get; init; } = 1000;

    /// <summary>Depth-wise (default) or leaf-wise.</summary>
    public TreeGrowth Growth { get; init; } = TreeGrowth.DepthWise;

    /// <summary>Levels of splits per tree. Default 5, at most 16.</summary>
    public int MaxDepth { get; init; } = 5;

    /// <summary>Most leaves of a tree that grows leaf-wise. Default 31.</summary>
    public int MaxLeaves { get; init; } = 31;

    /// <summary>Shrinkage of each tree. Default 0.05.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>λ: added to the sum of second derivatives of a leaf. Default 1.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>α: what the sum of first derivatives of a leaf shrinks by towards 0. Default 0.</summary>
    public double L1 { get; init; }

    /// <summary>Smallest sum of second derivatives of a child. Default 1.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>A split must gain more than this. Default 1e-6.</summary>
    public double MinGain { get; init; } = 1e-6;

    /// <summary>Most value bins per column, at quantiles; a missing value has a bin of its own. Default and most: 255. Columns with fewer distinct values are split exactly.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Share of the rows that each round is grown on, in (0, 1]. Default 0.8.</summary>
    public double RowShare { get; init; } = 0.8;

    /// <summary>Share of the columns that each tree may split on, in (0, 1]. Default 0.8.</summary>
    public double ColumnShare { get; init; } = 0.8;

    /// <summary>Columns that hold category codes 0 to 253 without order; null (default) for none. A code that a node has not seen in training goes where missing values go.</summary>
    public IReadOnlyList<int>? CategoricalColumns { get; init; }

    /// <summary>Rows of average weight that a category's gradient ratio is smoothed with, and what is added to λ for a split by many categories: rare ones do not lead. Default 10.</summary>
    public double CategorySmoothing { get; init; } = 10;

    /// <summary>One entry per column: 1 where the prediction must not fall as the value rises, −1 where it must not rise, 0 for free; null (default) for all free.</summary>
    public IReadOnlyList<int>? Monotone { get; init; }

    /// <summary>Number of classes of <see cref="BoostingObjective.Softmax"/>; null (default) counts them in the training labels.</summary>
    public int? ClassCount { get; init; }

    /// <summary>The quantile of <see cref="BoostingObjective.Quantile"/>, in (0, 1). Default 0.5, the median.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>Length k of the list that <see cref="BoostingObjective.LambdaRank"/> improves and measures NDCG on. Default 10.</summary>
    public int RankingDepth { get; init; } = 10;

    /// <summary>Raw score before the first tree (of every class); null (default) is the best constant of the training rows.</summary>
    public double? BaseScore { get; init; }

    /// <summary>Share of the rows (of the groups, in ranking) held back for early stopping when no validation part is given. Default 0.15; 0 grows all <see cref="MaxRounds"/> trees.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>Rounds without an improvement of the validation loss after which training stops. Default 50.</summary>
    public int Patience { get; init; } = 50;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    /// <summary>Most bytes that training may take beside the rows it is given; null (default) means half of the memory available to the process.</summary>
    public long? MemoryLimit { get; init; }

    internal void Validate(int columnCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRounds, "options.MaxRounds");
        Require(MaxDepth is >= 1 and <= 16, nameof(MaxDepth), MaxDepth, "The depth must lie in 1 to 16.");
        Require(MaxLeaves is >= 2 and <= 65536, nameof(MaxLeaves), MaxLeaves, "The number of leaves must lie in 2 to 65,536.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate, "options.LearningRate");
        ArgumentOutOfRangeException.ThrowIfNegative(Lambda, "options.Lambda");
        ArgumentOutOfRangeException.ThrowIfNegative(L1, "options.L1");
        ArgumentOutOfRangeException.ThrowIfNegative(MinChildWeight, "options.MinChildWeight");
        ArgumentOutOfRangeException.ThrowIfNegative(CategorySmoothing, "options.CategorySmoothing");
        Require(MaxBins is >= 2 and <= 255, nameof(MaxBins), MaxBins, "The number of bins must lie in 2 to 255.");
        Require(RowShare is > 0 and <= 1, nameof(RowShare), RowShare, "The share must lie in (0, 1].");
        Require(ColumnShare is > 0 and <= 1, nameof(ColumnShare), ColumnShare, "The share must lie in (0, 1].");
        Require(ValidationShare is >= 0 and < 1, nameof(ValidationShare), ValidationShare, "The validation share must lie in [0, 1).");
        Require(Quantile is > 0 and < 1, nameof(Quantile), Quantile, "The quantile must lie in (0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RankingDepth, "options.RankingDepth");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Patience, "options.Patience");
        foreach (var c in CategoricalColumns ?? []) Require(c >= 0 && c < columnCount, nameof(CategoricalColumns), c, $"Categorical columns must lie in 0 to {columnCount - 1}.");
        if (Monotone is null) return;
        Require(Monotone.Count == columnCount && Monotone.All(m => m is >= -1 and <= 1), nameof(Monotone), Monotone.Count, $"Monotone needs -1, 0 or 1 for each of the {columnCount} columns.");
        foreach (var c in CategoricalColumns ?? []) Require(Monotone[c] == 0, nameof(Monotone), c, "A categorical column has no order and cannot be monotone.");
    }

    internal static void Require(bool holds, string name, object value, string message)
    {
        if (!holds) throw new ArgumentOutOfRangeException("options." + name, value, message);
    }
}

/// <summary>One round of a fit.</summary>
/// <param name="Round">Number of the round, from 1.</param>
/// <param name="TrainingLoss">Mean loss of the training rows after it (1 − NDCG in ranking).</param>
/// <param name="ValidationLoss">Mean loss of the validation rows after it; null without them.</param>
public sealed record BoostingReport(int Round, double TrainingLoss, double? ValidationLoss);

/// <summary>A trained ensemble with the story of its training.</summary>
/// <param name="Model">The ensemble, cut at its best round.</param>
/// <param name="History">One row per round.</param>
/// <param name="BestRound">Number of rounds kept.</param>
public sealed record GbdtFit(GbdtModel Model, IReadOnlyList<BoostingReport> History, int BestRound);
