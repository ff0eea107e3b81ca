using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Linear;

/// <summary>A fitted linear classifier of sparse rows. Immutable and safe for concurrent use.</summary>
public sealed class SparseLinearModel : IStorable<SparseLinearModel>
{
    private readonly float[] _weights;

    internal SparseLinearModel(float[] weights, double intercept, int passes, bool converged) =>
        (_weights, Intercept, Passes, Converged) = (weights, intercept, passes, converged);

    /// <inheritdoc/>
    public static string Kind => "sparse-linear";

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount => _weights.Length;

    /// <summary>Change of the score per unit of each column.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Score of an empty row.</summary>
    public double Intercept { get; }

    /// <summary>Passes of the fit.</summary>
    public int Passes { get; }

    /// <summary>False when the options' number of passes did not suffice.</summary>
    public bool Converged { get; }

    /// <summary>Score of a row: above 0 for class 1; log-odds after a logistic fit.</summary>
    public double Score(SparseRow row)
    {
        var sum = Intercept;
        for (var at = 0; at < row.Count; at++) sum += (double)_weights[row.Columns[at]] * row.Values[at];
        return sum;
    }

    /// <summary>Scores of many rows.</summary>
    /// <exception cref="ArgumentException">The rows have another number of columns, or there is another number of results.</exception>
    public void ScoreMany(Csr rows, Span<float> scores)
    {
        if (rows.ColumnCount != _weights.Length) throw new ArgumentException($"The model was fitted on {_weights.Length} columns; these rows have {rows.ColumnCount}.", nameof(rows));
        if (scores.Length != rows.RowCount) throw new ArgumentException($"{rows.RowCount} rows need as many results; got room for {scores.Length}.", nameof(scores));
        for (var row = 0; row < scores.Length; row++) scores[row] = (float)Score(rows.Row(row));
    }

    /// <summary>The model of columns that were multiplied by <paramref name="factors"/> before the fit, for columns as they are.</summary>
    internal SparseLinearModel ScaledBy(ReadOnlySpan<float> factors)
    {
        var weights = new float[_weights.Length];
        for (var column = 0; column < weights.Length; column++) weights[column] = _weights[column] * factors[column];
        return new SparseLinearModel(weights, Intercept, Passes, Converged);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("weights", _weights);
        part.Settings["intercept"] = Intercept;
        part.Settings["passes"] = Passes;
        part.Settings["converged"] = Converged;
    }

    /// <inheritdoc/>
    public static SparseLinearModel Restore(ModelPart part) =>
        new(part.Get<float>("weights"), part.Setting<double>("intercept"), part.Setting<int>("passes"), part.Setting<bool>("converged"));
}
