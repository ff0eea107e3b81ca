using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Linear;

/// <summary>A fitted logistic regression in original units. Immutable and safe for concurrent use.</summary>
public sealed class LogisticModel : IStorable<LogisticModel>
{
    private readonly double[] _weights;
    private readonly double[] _means;

    internal LogisticModel(double[] weights, double intercept, double[] means, IReadOnlyList<string>? columnNames, int iterations, bool converged) =>
        (_weights, Intercept, _means, ColumnNames, Iterations, Converged) = (weights, intercept, means, columnNames, iterations, converged);

    /// <inheritdoc/>
    public static string Kind => "logistic-regression";

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount => _weights.Length;

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    /// <summary>Change of the log-odds per unit of each column.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Log-odds of a row of zeros.</summary>
    public double Intercept { get; }

    /// <summary>Newton steps of the fit.</summary>
    public int Iterations { get; }

    /// <summary>False when the options' number of steps did not suffice: classes that columns separate perfectly, without penalty.</summary>
    public bool Converged { get; }

    /// <summary>Log-odds of the weighted mean training row: what explanations start from.</summary>
    public double AverageLogOdds => LogOdds(_means);

    /// <summary>Probability of class 1.</summary>
    public double Predict(ReadOnlySpan<float> row) => 1 / (1 + Math.Exp(-LogOdds(row)));

    /// <summary>Log-odds of class 1.</summary>
    /// <exception cref="ArgumentException">The row has another number of columns.</exception>
    public double LogOdds(ReadOnlySpan<float> row)
    {
        if (row.Length != _weights.Length) throw new ArgumentException($"The model was fitted on {_weights.Length} columns; this row has {row.Length}.", nameof(row));
        var sum = Intercept;
        for (var j = 0; j < row.Length; j++) sum += _weights[j] * row[j];
        return sum;
    }

    /// <summary>Log-odds of class 1 for a sparse row whose columns lie below <see cref="ColumnCount"/>.</summary>
    public double LogOdds(SparseRow row)
    {
        var sum = Intercept;
        for (var q = 0; q < row.Count; q++) sum += _weights[row.Columns[q]] * row.Values[q];
        return sum;
    }

    /// <summary>Probabilities of class 1 for many rows.</summary>
    public void PredictMany(Matrix rows, Span<float> probabilities)
    {
        rows.RequireColumns(ColumnCount);
        if (probabilities.Length != rows.RowCount) throw new ArgumentException($"{rows.RowCount} rows need as many results; got room for {probabilities.Length}.", nameof(probabilities));
        for (var i = 0; i < rows.RowCount; i++) probabilities[i] = (float)Predict(rows.Row(i));
    }

    /// <summary>Log-odds each column adds, compared with the mean training row: weight · (value − mean). They add up to log-odds(row) − <see cref="AverageLogOdds"/>.</summary>
    public double[] Explain(ReadOnlySpan<float> row)
    {
        if (row.Length != _weights.Length) throw new ArgumentException($"The model was fitted on {_weights.Length} columns; this row has {row.Length}.", nameof(row));
        var contributions = new double[row.Length];
        for (var j = 0; j < row.Length; j++) contributions[j] = _weights[j] * (row[j] - _means[j]);
        return contributions;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("weights", _weights);
        part.Put("means", _means);
        part.Settings["intercept"] = Intercept;
        part.Settings["iterations"] = Iterations;
        part.Settings["converged"] = Converged;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
    }

    /// <inheritdoc/>
    public static LogisticModel Restore(ModelPart part)
    {
        var weights = part.Get<double>("weights");
        var names = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        if (names is not null && names.Length != weights.Length) throw new InvalidDataException("A logistic model has another number of weights than of names.");
        return new LogisticModel(weights, part.Setting<double>("intercept"), part.Get<double>("means", weights.Length), names, part.Setting<int>("iterations"), part.Setting<bool>("converged"));
    }

    private double LogOdds(double[] row)
    {
        var sum = Intercept;
        for (var j = 0; j < row.Length; j++) sum += _weights[j] * row[j];
        return sum;
    }
}
