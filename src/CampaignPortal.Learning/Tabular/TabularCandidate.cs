using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Labelled rows of a schema.</summary>
/// <param name="Schema">What the columns mean.</param>
/// <param name="Rows">One row per example; NaN is missing.</param>
/// <param name="Labels">0 or 1 per row; any number for a regression.</param>
/// <param name="Weights">Weight per row, or null for 1 each.</param>
public sealed record TabularRows(TabularSchema Schema, Matrix Rows, float[] Labels, float[]? Weights = null)
{
    /// <summary>Some of the rows.</summary>
    public TabularRows Select(int[] rows) => new(Schema, Rows.SelectRows(rows), Array.ConvertAll(rows, i => Labels[i]), Weights is null ? null : Array.ConvertAll(rows, i => Weights[i]));
}

/// <summary>A way to fit a classifier, with its settings.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Fit">Fits on the first rows; the second ones decide penalties, when to stop and which weights to keep.</param>
public sealed record TabularCandidate(string Name, TabularFit Fit)
{
    /// <summary>Says why it cannot take part in a task of so many rows, or null. Default: it always can.</summary>
    public Func<TabularSchema, int, string?> Refuses { get; init; } = (_, _) => null;
}

/// <summary>Fits a classifier.</summary>
/// <param name="training">Rows to learn from.</param>
/// <param name="validation">Rows to choose by.</param>
/// <param name="degree">Threads; null for all processors but one.</param>
/// <param name="rng">Source of chance.</param>
/// <param name="ct">Looked at while fitting.</param>
public delegate ITabularScorer TabularFit(TabularRows training, TabularRows validation, int? degree, Rng rng, CancellationToken ct);
