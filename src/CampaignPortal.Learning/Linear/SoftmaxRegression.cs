using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Linear;

/// <summary>Multi-class logistic regression: all classes have weights, with the same L2 (and L1) penalty; by L-BFGS over dense or sparse rows.</summary>
public static class SoftmaxRegression
{
    /// <summary>Fits a model on dense rows.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="labels">Class number per row, from 0.</param>
    /// <param name="sampleWeights">Weight per row, or empty for 1 each.</param>
    /// <param name="options">Options; <see cref="LogisticOptions.Balanced"/> weighs a row by n / (classes · rows of its class).</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), a class of the range has no row, or lengths differ.</exception>
    public static SoftmaxModel Fit(Matrix data, ReadOnlySpan<int> labels, ReadOnlySpan<float> sampleWeights, LogisticOptions options, CancellationToken ct)
    {
        data.RequireFinite();
        var weights = RowWeights.Of(data.RowCount, labels.Length, sampleWeights);
        var moments = ColumnMoments.Of(data, weights);
        double Scaled(double penalty, double s, double power) => options.Standardize ? penalty : penalty * Math.Pow(s, power);
        var (w, outputs) = Minimize(new DenseRows(data, moments), labels, weights,
            Array.ConvertAll(moments.InverseDeviation, s => Scaled(options.L1, s, 1)), Array.ConvertAll(moments.InverseDeviation, s => Scaled(options.L2, s, 2)), options, ct);
        var (all, intercepts) = (new double[outputs * data.ColumnCount], new double[outputs]);
        for (var k = 0; k < outputs; k++)
        {
            (var own, intercepts[k]) = moments.ToOriginal([.. w.AsSpan(k * data.ColumnCount, data.ColumnCount), w[outputs * data.ColumnCount + k]]);
            own.CopyTo(all, k * data.ColumnCount);
        }
        return new SoftmaxModel(all, intercepts);
    }

    /// <summary>Fits a model on sparse rows; penalties act on weights in original units.</summary>
    /// <inheritdoc cref="Fit(Matrix, ReadOnlySpan{int}, ReadOnlySpan{float}, LogisticOptions, CancellationToken)"/>
    public static SoftmaxModel Fit(Csr data, ReadOnlySpan<int> labels, ReadOnlySpan<float> sampleWeights, LogisticOptions options, CancellationToken ct)
    {
        var weights = RowWeights.Of(data.RowCount, labels.Length, sampleWeights);
        var (w, outputs) = Minimize(new SparseRows(data), labels, weights,
            LogisticRegression.Constant(data.ColumnCount, options.L1), LogisticRegression.Constant(data.ColumnCount, options.L2), options, ct);
        return new SoftmaxModel(w[..(outputs * data.ColumnCount)], w[(outputs * data.ColumnCount)..]);
    }

    private static (double[] Parameters, int Outputs) Minimize(IClassifierRows rows, ReadOnlySpan<int> labels, float[] weights, double[] l1, double[] l2, LogisticOptions options, CancellationToken ct)
    {
        options.Validate();
        var counts = ClassWeights(labels, weights);
        var total = counts.Sum();
        if (options.Balanced) for (var i = 0; i < weights.Length; i++) weights[i] *= (float)(total / (counts.Length * counts[labels[i]]));
        var problem = new ClassificationProblem(rows, labels.ToArray(), weights, counts.Length, l2, ParallelRanges.Degree(options.Degree));
        var w = new double[problem.ParameterCount];
        var penalties = options.L1 > 0 ? Enumerable.Repeat(l1, counts.Length).SelectMany(v => v).Concat(new double[counts.Length]).ToArray() : [];
        Lbfgs.Minimize((x, gradient) => problem.Evaluate(x, gradient, ct), w, penalties, options.GradientTolerance * total, options.MaxLbfgsIterations, ct);
        return (w, counts.Length);
    }

    private static double[] ClassWeights(ReadOnlySpan<int> labels, float[] weights)
    {
        var highest = -1;
        foreach (var label in labels) highest = Math.Max(highest, label >= 0 ? label : throw new ArgumentException($"Classes are numbered from 0; found {label}.", nameof(labels)));
        if (highest < 1) throw new ArgumentException("All rows have the same class; a classifier needs two classes at least.", nameof(labels));
        var counts = new double[highest + 1];
        for (var i = 0; i < labels.Length; i++) counts[labels[i]] += weights[i];
        var empty = Array.IndexOf(counts, 0);
        return empty < 0 ? counts : throw new ArgumentException($"Class {empty} of {counts.Length} has no row; number the classes without gaps.", nameof(labels));
    }
}

/// <summary>A fitted multi-class logistic regression in original units. Immutable and safe for concurrent use.</summary>
public sealed class SoftmaxModel : IStorable<SoftmaxModel>
{
    private readonly double[] _weights; // classes × columns
    private readonly double[] _intercepts;

    internal SoftmaxModel(double[] weights, double[] intercepts) => (_weights, _intercepts) = (weights, intercepts);

    /// <inheritdoc/>
    public static string Kind => "softmax-regression";

    /// <summary>Number of classes.</summary>
    public int ClassCount => _intercepts.Length;

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount => _weights.Length / _intercepts.Length;

    /// <summary>Weights of one class in original units.</summary>
    public ReadOnlySpan<double> WeightsOf(int classNumber) => _weights.AsSpan(classNumber * ColumnCount, ColumnCount);

    /// <summary>Free term of each class.</summary>
    public IReadOnlyList<double> Intercepts => _intercepts;

    /// <summary>Probability of each class for one row.</summary>
    /// <exception cref="ArgumentException">The row has another number of columns, or there is not one result per class.</exception>
    public void Predict(ReadOnlySpan<float> row, Span<float> probabilities)
    {
        if (row.Length != ColumnCount || probabilities.Length != ClassCount)
            throw new ArgumentException($"The model was fitted on {ColumnCount} columns and {ClassCount} classes; this row has {row.Length} and room for {probabilities.Length}.", nameof(row));
        for (var k = 0; k < ClassCount; k++)
        {
            var sum = _intercepts[k];
            var own = WeightsOf(k);
            for (var j = 0; j < row.Length; j++) sum += own[j] * row[j];
            probabilities[k] = (float)sum;
        }
        Kernels.Softmax.Forward(probabilities, probabilities, ClassCount);
    }

    /// <summary>Probabilities of many rows, rows × classes.</summary>
    public void PredictMany(Matrix rows, Span<float> probabilities)
    {
        rows.RequireColumns(ColumnCount);
        for (var i = 0; i < rows.RowCount; i++) Predict(rows.Row(i), probabilities.Slice(i * ClassCount, ClassCount));
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("weights", _weights, ClassCount, ColumnCount);
        part.Put("intercepts", _intercepts);
    }

    /// <inheritdoc/>
    public static SoftmaxModel Restore(ModelPart part)
    {
        var (weights, intercepts) = (part.Get<double>("weights"), part.Get<double>("intercepts"));
        if (intercepts.Length < 2 || weights.Length % intercepts.Length != 0) throw new InvalidDataException("The arrays of a stored softmax regression do not fit together.");
        return new SoftmaxModel(weights, intercepts);
    }
}
