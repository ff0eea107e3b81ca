using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Options of <see cref="AutoTabular"/>.</summary>
public sealed record AutoTabularOptions
{
    /// <summary>Who competes. Default <see cref="TabularCandidates.Standard"/>.</summary>
    public IReadOnlyList<TabularCandidate> Candidates { get; init; } = TabularCandidates.Standard;

    /// <summary>Folds: each candidate is fitted so many times, and their mean predicts. Default 5.</summary>
    public int FoldCount { get; init; } = 5;

    /// <summary>Strength λ of the pull of the joint weights towards the plain mean. Default 10.</summary>
    public double StackPenalty { get; init; } = 10;

    /// <summary>Candidates whose turn comes later are left out. Null (default): all take part, and the result does not depend on the machine.</summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>Positives from which calibration is isotonic; below it is Platt's. Default 1000.</summary>
    public int IsotonicFrom { get; init; } = 1000;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        if (Candidates.Count == 0) throw new ArgumentException("At least one candidate must compete.", "options.Candidates");
        if (Candidates.DistinctBy(c => c.Name).Count() < Candidates.Count) throw new ArgumentException("Candidates need different names.", "options.Candidates");
        ArgumentOutOfRangeException.ThrowIfLessThan(FoldCount, 2, "options.FoldCount");
        ArgumentOutOfRangeException.ThrowIfNegative(StackPenalty, "options.StackPenalty");
        ParallelRanges.Degree(Degree);
    }
}

/// <summary>How a candidate, or the join of all, did on rows that it had not seen.</summary>
/// <param name="Name">The candidate, or "stack".</param>
/// <param name="LogLoss">Mean log-loss over the folds.</param>
/// <param name="Auc">Area under the ROC curve over the folds.</param>
/// <param name="NewestLogLoss">Log-loss on the newest fifth by a fit on the older rows, levels matched; null where rows are in no order.</param>
/// <param name="BehindWinner">Mean log-loss lost against the winner, row by row.</param>
/// <param name="StandardError">Of that difference.</param>
/// <param name="Weight">Weight in the stack.</param>
/// <param name="Seconds">Time of its fits.</param>
public sealed record CandidateReport(string Name, double LogLoss, double Auc, double? NewestLogLoss, double BehindWinner, double StandardError, double Weight, double Seconds);

/// <summary>The outcome of a competition.</summary>
/// <param name="Model">What predicts.</param>
/// <param name="Winner">Name of the best candidate, or "stack".</param>
/// <param name="IsOrdered">Whether rows looked ordered in time, so that the newest had a say of their own.</param>
/// <param name="Candidates">Everybody's figures, best first.</param>
/// <param name="Skipped">Candidates left out, with the reason.</param>
public sealed record AutoTabularFit(TabularModel Model, string Winner, bool IsOrdered, IReadOnlyList<CandidateReport> Candidates, IReadOnlyList<string> Skipped);
