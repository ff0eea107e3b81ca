using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Linear;

/// <summary>A fitted linear or Poisson regression in original units. Immutable and safe for concurrent use.</summary>
public sealed class LinearModel : IStorable<LinearModel>
{
    private readonly double[] _weights;
    private readonly double[] _means;
    private readonly bool _isLog;

    internal LinearModel(LinearFit fit, bool isLog, IReadOnlyList<string>? columnNames) =>
        (_weights, Intercept, _means, Iterations, Converged, _isLog, ColumnNames) = (fit.Weights, fit.Intercept, fit.Means, fit.Iterations, fit.Converged, isLog, columnNames);

    /// <inheritdoc/>
    public static string Kind => "linear-regression";

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount => _weights.Length;

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    /// <summary>Change of the prediction (of its logarithm in a Poisson model) per unit of each column.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Linear predictor of a row of zeros.</summary>
    public double Intercept { get; }

    /// <summary>Newton steps of the fit.</summary>
    public int Iterations { get; }

    /// <summary>False when the options' number of steps did not suffice.</summary>
    public bool Converged { get; }

    /// <summary>The predicted number: the linear predictor, or its exponential in a Poisson model.</summary>
    /// <exception cref="ArgumentException">The row has another number of columns.</exception>
    public double Predict(ReadOnlySpan<float> row) => _isLog ? Math.Exp(LinearPredictor(row)) : LinearPredictor(row);

    /// <summary>weights·row + intercept.</summary>
    /// <exception cref="ArgumentException">The row has another number of columns.</exception>
    public double LinearPredictor(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        var sum = Intercept;
        for (var j = 0; j < row.Length; j++) sum += _weights[j] * row[j];
        return sum;
    }

    /// <summary>Predictions for many rows.</summary>
    public void PredictMany(Matrix rows, Span<float> predictions)
    {
        rows.RequireColumns(ColumnCount);
        if (predictions.Length != rows.RowCount) throw new ArgumentException($"{rows.RowCount} rows need as many results; got room for {predictions.Length}.", nameof(predictions));
        for (var i = 0; i < rows.RowCount; i++) predictions[i] = (float)Predict(rows.Row(i));
    }

    /// <summary>What each column adds to the linear predictor, compared with the mean training row: weight · (value − mean).</summary>
    public double[] Explain(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
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
        part.Settings["log"] = _isLog;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
    }

    /// <inheritdoc/>
    public static LinearModel Restore(ModelPart part)
    {
        var weights = part.Get<double>("weights");
        var names = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        if (names is not null && names.Length != weights.Length) throw new InvalidDataException("A linear model has another number of weights than of names.");
        var fit = new LinearFit(weights, part.Setting<double>("intercept"), part.Get<double>("means", weights.Length), part.Setting<int>("iterations"), part.Setting<bool>("converged"));
        return new LinearModel(fit, part.Setting<bool>("log"), names);
    }

    private void RequireWidth(ReadOnlySpan<float> row)
    {
        if (row.Length != _weights.Length) throw new ArgumentException($"The model was fitted on {_weights.Length} columns; this row has {row.Length}.", nameof(row));
    }
}
