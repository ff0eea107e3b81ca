using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Principal components by the eigenvectors of the covariance matrix (variance with n − 1). Immutable.</summary>
public sealed class Pca
{
    private readonly double[] _mean;
    private readonly double[][] _components;

    private Pca(double[] mean, double[][] components, double[] variance, double[] ratio) =>
        (_mean, _components, ExplainedVariance, ExplainedVarianceRatio) = (mean, components, variance, ratio);

    /// <summary>Mean of each column.</summary>
    public IReadOnlyList<double> Mean => _mean;

    /// <summary>Directions of unit length, strongest first; the largest entry of each is positive.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Components => _components;

    /// <summary>Variance along each component.</summary>
    public IReadOnlyList<double> ExplainedVariance { get; }

    /// <summary>Its share of the variance of all columns.</summary>
    public IReadOnlyList<double> ExplainedVarianceRatio { get; }

    /// <summary>Finds the strongest components. Meant for up to some hundred columns.</summary>
    /// <param name="rows">At least two rows.</param>
    /// <param name="componentCount">At most the number of columns.</param>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    public static Pca Fit(Matrix rows, int componentCount)
    {
        if (rows.RowCount < 2) throw new ArgumentException($"Components need at least two rows; there are {rows.RowCount}.", nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(componentCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(componentCount, rows.ColumnCount);
        var d = rows.ColumnCount;
        var mean = new double[d];
        for (var r = 0; r < rows.RowCount; r++)
        {
            for (var j = 0; j < d; j++) mean[j] += rows[r, j] / (double)rows.RowCount;
        }
        var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(d, d);
        for (var r = 0; r < rows.RowCount; r++)
        {
            for (var i = 0; i < d; i++)
            {
                for (var j = 0; j <= i; j++) covariance[i, j] += (rows[r, i] - mean[i]) * (rows[r, j] - mean[j]) / (rows.RowCount - 1);
            }
        }
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < i; j++) covariance[j, i] = covariance[i, j];
        }
        var eigen = covariance.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var order = Enumerable.Range(0, d).OrderByDescending(k => eigen.EigenValues[k].Real).Take(componentCount).ToArray();
        var total = covariance.Trace();
        double[] variance = [.. order.Select(k => Math.Max(0, eigen.EigenValues[k].Real))];
        return new Pca(mean, [.. order.Select(k => Signed(eigen.EigenVectors.Column(k).ToArray()))], variance, [.. variance.Select(v => total > 0 ? v / total : 0)]);
    }

    /// <summary>Coordinates of a row along the components.</summary>
    public double[] Transform(ReadOnlySpan<float> row)
    {
        if (row.Length != _mean.Length) throw new ArgumentException($"A row has {_mean.Length} columns; got {row.Length}.", nameof(row));
        var coordinates = new double[_components.Length];
        for (var k = 0; k < coordinates.Length; k++)
        {
            for (var j = 0; j < row.Length; j++) coordinates[k] += (row[j] - _mean[j]) * _components[k][j];
        }
        return coordinates;
    }

    // The sign of an eigenvector is arbitrary; fixed, so that two machines agree.
    private static double[] Signed(double[] direction)
    {
        var largest = direction.MaxBy(Math.Abs);
        return largest < 0 ? Array.ConvertAll(direction, value => -value) : direction;
    }
}
