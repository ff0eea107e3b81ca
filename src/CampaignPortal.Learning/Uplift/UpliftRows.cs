using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Tabular;

namespace CampaignPortal.Learning.Uplift;

/// <summary>Rows of which some were treated.</summary>
/// <param name="Schema">What the columns mean; they describe rows before treatment.</param>
/// <param name="Rows">One row per unit.</param>
/// <param name="Treated">1 for treated, 0 for control.</param>
/// <param name="Outcomes">0 or 1 per row.</param>
public sealed record UpliftRows(TabularSchema Schema, Matrix Rows, int[] Treated, float[] Outcomes)
{
    /// <summary>Share of treated rows.</summary>
    public double TreatedShare => Treated.Average();

    /// <summary>Some of the rows.</summary>
    public UpliftRows Select(int[] rows) => new(Schema, Rows.SelectRows(rows), Array.ConvertAll(rows, i => Treated[i]), Array.ConvertAll(rows, i => Outcomes[i]));

    /// <summary>The rows of one arm.</summary>
    public UpliftRows Arm(int treated) => Select([.. Enumerable.Range(0, Treated.Length).Where(i => Treated[i] == treated)]);

    internal void Check()
    {
        if (Treated.Length != Rows.RowCount || Outcomes.Length != Rows.RowCount) throw new ArgumentException($"{Rows.RowCount} rows need as many treatments and outcomes; got {Treated.Length} and {Outcomes.Length}.");
        foreach (var arm in new[] { 0, 1 })
        {
            var outcomes = Enumerable.Range(0, Treated.Length).Where(i => Treated[i] == arm).Select(i => Outcomes[i]).ToArray();
            if (outcomes.Distinct().Count() != 2 || outcomes.Any(y => y is not (0 or 1)))
                throw new ArgumentException($"Each arm needs rows with outcome 0 and with outcome 1; the {(arm == 1 ? "treated" : "control")} arm has {outcomes.Length} rows with outcomes {string.Join(", ", outcomes.Distinct().Take(3))}.");
        }
    }
}

/// <summary>What uplift learners are made of: any classifier, and any regression for the second stage.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Classify">Fits log-odds of a 0/1 label.</param>
/// <param name="Regress">Fits a number by (weighted) squared error.</param>
public sealed record UpliftBase(string Name, TabularLearn Classify, TabularLearn Regress);

/// <summary>Fits a classifier or regression without a validation part.</summary>
/// <param name="training">Rows to learn from.</param>
/// <param name="degree">Threads; null for all processors but one.</param>
/// <param name="rng">Source of chance.</param>
/// <param name="ct">Looked at while fitting.</param>
public delegate ITabularScorer TabularLearn(TabularRows training, int? degree, Statistics.Random.Rng rng, CancellationToken ct);

/// <summary>Options of <see cref="UpliftLearner"/>.</summary>
public sealed record UpliftOptions
{
    /// <summary>Classifier and regression. Default linear ones.</summary>
    public UpliftBase Base { get; init; } = UpliftBases.Linear;

    /// <summary>Chance of treatment where it was drawn; null (default) takes the share of treated rows.</summary>
    public double? Propensity { get; init; }

    /// <summary>Whether chances of treatment are estimated from the columns instead: treatment was not drawn at random. Default false.</summary>
    public bool EstimatePropensity { get; init; }

    /// <summary>Folds of cross-fitting: outcomes and chances of a row are predicted by fits that have not seen it. Default 5.</summary>
    public int FoldCount { get; init; } = 5;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        if (Propensity is { } p && !(p is > 0 and < 1)) throw new ArgumentOutOfRangeException("options.Propensity", p, "The chance of treatment must lie in (0, 1).");
        if (EstimatePropensity && Propensity is not null) throw new ArgumentException("Chances of treatment are either given or estimated.", "options.EstimatePropensity");
        ArgumentOutOfRangeException.ThrowIfLessThan(FoldCount, 2, "options.FoldCount");
        ParallelRanges.Degree(Degree);
    }
}
