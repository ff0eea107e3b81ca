namespace CampaignPortal.Learning.Trees;

/// <summary>How one tree grows: what boosting and forests have in common.</summary>
internal sealed record GrowthOptions
{
    public bool LeafWise { get; init; }

    public required int MaxDepth { get; init; }

    public int MaxLeaves { get; init; } = int.MaxValue;

    /// <summary>Factor of every leaf value.</summary>
    public double LearningRate { get; init; } = 1;

    public double Lambda { get; init; }

    public double L1 { get; init; }

    public double MinChildWeight { get; init; }

    public double MinGain { get; init; }

    public double CategorySmoothing { get; init; }

    /// <summary>Share of the columns a tree draws once.</summary>
    public double TreeColumnShare { get; init; } = 1;

    /// <summary>Columns each node draws anew; null for all of the tree's.</summary>
    public int? NodeColumnCount { get; init; }

    /// <summary>One random cut per column and node instead of the best of all (Geurts, Ernst and Wehenkel 2006).</summary>
    public bool RandomCuts { get; init; }

    /// <summary>−1, 0 or 1 per column, or null.</summary>
    public IReadOnlyList<int>? Monotone { get; init; }

    /// <summary>Seed of everything that a tree draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most histograms kept at a time; without one a node is counted from its rows.</summary>
    public int MaxHistograms { get; init; } = int.MaxValue;
}
