using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Linear;

/// <summary>Binary logistic regression with L2, L1 or both penalties (elastic net), over dense or sparse rows.</summary>
/// <remarks>
/// Up to 256 dense columns: Newton steps (iteratively reweighted least squares), proximal ones with an L1 term; they end within 5 to 8 passes. More columns
/// and sparse rows: L-BFGS, whose cost per pass is the number of stored values.
/// </remarks>
public static class LogisticRegression
{
    private const int MostNewtonColumns = 256;

    /// <summary>Fits a model.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="labels">0 or 1 per row.</param>
    /// <param name="sampleWeights">Weight per row, or empty for 1 each.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Told at each Newton step; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), only one class occurs, or lengths differ.</exception>
    public static LogisticModel Fit(Matrix data, ReadOnlySpan<float> labels, ReadOnlySpan<float> sampleWeights, LogisticOptions options,
        IProgress<LogisticProgress>? progress, CancellationToken ct)
    {
        options.Validate();
        data.RequireFinite();
        var weights = BinaryLabels.Weights(data.RowCount, labels, sampleWeights, options.Balanced);
        var fit = data.ColumnCount <= MostNewtonColumns
            ? new GeneralizedLinear(data, labels.ToArray(), weights, options.ToSettings(Link.Logit)).Fit(progress, ct)
            : ByLbfgs(data, labels, weights, options, ct);
        return new LogisticModel(fit.Weights, fit.Intercept, (double[])fit.Means.Clone(), data.ColumnNames?.ToArray(), fit.Iterations, fit.Converged);
    }

    /// <summary>Fits a model with equal row weights.</summary>
    /// <inheritdoc cref="Fit(Matrix, ReadOnlySpan{float}, ReadOnlySpan{float}, LogisticOptions, IProgress{LogisticProgress}, CancellationToken)"/>
    public static LogisticModel Fit(Matrix data, ReadOnlySpan<float> labels, LogisticOptions options, CancellationToken ct) => Fit(data, labels, [], options, null, ct);

    /// <summary>Fits a model on sparse rows; penalties act on weights in original units, whatever <see cref="LogisticOptions.Standardize"/> says.</summary>
    /// <inheritdoc cref="Fit(Matrix, ReadOnlySpan{float}, ReadOnlySpan{float}, LogisticOptions, IProgress{LogisticProgress}, CancellationToken)"/>
    public static LogisticModel Fit(Csr data, ReadOnlySpan<float> labels, ReadOnlySpan<float> sampleWeights, LogisticOptions options, CancellationToken ct)
    {
        options.Validate();
        var weights = BinaryLabels.Weights(data.RowCount, labels, sampleWeights, options.Balanced);
        var (l1, l2) = (Constant(data.ColumnCount, options.L1), Constant(data.ColumnCount, options.L2));
        var (w, iterations, converged) = Minimize(new SparseRows(data), labels, weights, l1, l2, options, ct);
        return new LogisticModel(w[..^1], w[^1], Means(data, weights), columnNames: null, iterations, converged);
    }

    private static LinearFit ByLbfgs(Matrix data, ReadOnlySpan<float> labels, float[] weights, LogisticOptions options, CancellationToken ct)
    {
        var moments = ColumnMoments.Of(data, weights);
        var l1 = Array.ConvertAll(moments.InverseDeviation, s => options.Standardize ? options.L1 : options.L1 * s);
        var l2 = Array.ConvertAll(moments.InverseDeviation, s => options.Standardize ? options.L2 : options.L2 * s * s);
        var (w, iterations, converged) = Minimize(new DenseRows(data, moments), labels, weights, l1, l2, options, ct);
        var (original, intercept) = moments.ToOriginal(w);
        return new LinearFit(original, intercept, moments.Mean, iterations, converged);
    }

    private static (double[] Weights, int Iterations, bool Converged) Minimize(IClassifierRows rows, ReadOnlySpan<float> labels, float[] weights, double[] l1, double[] l2, LogisticOptions options, CancellationToken ct)
    {
        var problem = new ClassificationProblem(rows, Array.ConvertAll(labels.ToArray(), y => (int)y), weights, outputs: 1, l2, ParallelRanges.Degree(options.Degree));
        var w = new double[problem.ParameterCount];
        double positive = 0, total = 0;
        for (var i = 0; i < weights.Length; i++) (positive, total) = (positive + (double)weights[i] * labels[i], total + weights[i]);
        w[^1] = Math.Log(positive / (total - positive));
        var (iterations, converged) = Lbfgs.Minimize((x, gradient) => problem.Evaluate(x, gradient, ct), w, options.L1 > 0 ? [.. l1, 0] : [],
            options.GradientTolerance * total, options.MaxLbfgsIterations, ct);
        return (w, iterations, converged);
    }

    internal static double[] Constant(int count, double value)
    {
        var values = new double[count];
        Array.Fill(values, value);
        return values;
    }

    private static double[] Means(Csr data, float[] weights)
    {
        var means = new double[data.ColumnCount];
        double total = 0;
        for (var i = 0; i < data.RowCount; i++)
        {
            var row = data.Row(i);
            total += weights[i];
            for (var q = 0; q < row.Count; q++) means[row.Columns[q]] += (double)weights[i] * row.Values[q];
        }
        for (var j = 0; j < means.Length; j++) means[j] /= total;
        return means;
    }
}
