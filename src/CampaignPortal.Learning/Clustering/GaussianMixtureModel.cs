using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Clustering;

/// <summary>A fitted mixture of Gaussians. Immutable and safe for concurrent use.</summary>
public sealed class GaussianMixtureModel : IStorable<GaussianMixtureModel>
{
    private readonly MixtureParameters _parameters;

    internal GaussianMixtureModel(MixtureParameters parameters, double logLikelihood, int rowCount, IReadOnlyList<string>? columnNames, int iterations) =>
        (_parameters, LogLikelihood, RowCount, ColumnNames, Iterations) = (parameters, logLikelihood, rowCount, columnNames, iterations);

    /// <inheritdoc/>
    public static string Kind => "gaussian-mixture";

    /// <summary>Number of components.</summary>
    public int ComponentCount => _parameters.ComponentCount;

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount => _parameters.ColumnCount;

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    /// <summary>Shape of the components.</summary>
    public CovarianceKind CovarianceKind => _parameters.Kind;

    /// <summary>Share of each component; they add up to 1.</summary>
    public IReadOnlyList<double> Weights => _parameters.Weights;

    /// <summary>Log-likelihood of the training rows.</summary>
    public double LogLikelihood { get; }

    /// <summary>Number of training rows.</summary>
    public int RowCount { get; }

    /// <summary>EM steps of the winning start.</summary>
    public int Iterations { get; }

    /// <summary>Free parameters: weights that add up to 1, means, covariances.</summary>
    public int ParameterCount =>
        ComponentCount - 1 + ComponentCount * ColumnCount + ComponentCount * (CovarianceKind is CovarianceKind.Full ? ColumnCount * (ColumnCount + 1) / 2 : ColumnCount);

    /// <summary>Bayesian information criterion (Schwarz 1978): parameters · ln rows − 2 · log-likelihood; lower is better.</summary>
    public double Bic => ParameterCount * Math.Log(RowCount) - 2 * LogLikelihood;

    /// <summary>Mean of a component.</summary>
    public ReadOnlySpan<double> Mean(int component) => _parameters.Mean(component);

    /// <summary>Covariance of two columns within a component.</summary>
    public double Covariance(int component, int row, int column)
    {
        var values = _parameters.Covariance(component);
        if (CovarianceKind is CovarianceKind.Diagonal) return row == column ? values[row] : 0;
        return values[Math.Max(row, column) * ColumnCount + Math.Min(row, column)];
    }

    /// <summary>Probability that a row belongs to each component; returns the row's log-density.</summary>
    /// <exception cref="ArgumentException">The row has another number of columns, or the span another length than there are components.</exception>
    public double Responsibilities(ReadOnlySpan<float> row, Span<double> responsibilities)
    {
        if (row.Length != ColumnCount) throw new ArgumentException($"The model was fitted on {ColumnCount} columns; this row has {row.Length}.", nameof(row));
        if (responsibilities.Length != ComponentCount) throw new ArgumentException($"There are {ComponentCount} components; got room for {responsibilities.Length}.", nameof(responsibilities));
        Span<double> scratch = ColumnCount <= 256 ? stackalloc double[ColumnCount] : new double[ColumnCount];
        return _parameters.Responsibilities(row, responsibilities, scratch);
    }

    /// <summary>Component with the largest responsibility of one row.</summary>
    public int Assign(ReadOnlySpan<float> row)
    {
        Span<double> responsibilities = ComponentCount <= 256 ? stackalloc double[ComponentCount] : new double[ComponentCount];
        Responsibilities(row, responsibilities);
        return System.Numerics.Tensors.TensorPrimitives.IndexOfMax<double>(responsibilities);
    }

    /// <summary>Components of many rows.</summary>
    public int[] AssignMany(Matrix rows)
    {
        rows.RequireColumns(ColumnCount);
        rows.RequireFinite();
        var labels = new int[rows.RowCount];
        for (var i = 0; i < labels.Length; i++) labels[i] = Assign(rows.Row(i));
        return labels;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("weights", _parameters.Weights);
        part.Put("means", _parameters.Means, ComponentCount, ColumnCount);
        part.Put("covariances", _parameters.Covariances);
        part.Settings["covariance"] = CovarianceKind.ToString();
        part.Settings["log_likelihood"] = LogLikelihood;
        part.Settings["rows"] = RowCount;
        part.Settings["iterations"] = Iterations;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
    }

    /// <inheritdoc/>
    public static GaussianMixtureModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<CovarianceKind>(part.Setting<string>("covariance"), out var kind)) throw new InvalidDataException($"'{part.Setting<string>("covariance")}' is no shape of a covariance.");
        var (weights, means) = (part.Get<double>("weights"), part.Get<double>("means"));
        if (weights.Length == 0 || means.Length == 0 || means.Length % weights.Length != 0) throw new InvalidDataException("Weights and means of a mixture do not fit together.");
        var columnCount = means.Length / weights.Length;
        var covariances = part.Get<double>("covariances", checked(means.Length * (kind is CovarianceKind.Full ? columnCount : 1)));
        var columns = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        if (columns is not null && columns.Length != columnCount) throw new InvalidDataException("A mixture has another number of columns than of names.");
        var parameters = new MixtureParameters(kind, weights, means, covariances);
        parameters.Factorise();
        return new GaussianMixtureModel(parameters, part.Setting<double>("log_likelihood"), part.Setting<int>("rows"), columns, part.Setting<int>("iterations"));
    }
}
