using System.Numerics.Tensors;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Clustering;

/// <summary>Weights, means and covariances of a mixture, with what densities need: factors of the covariances and their log-determinants.</summary>
internal sealed class MixtureParameters
{
    private readonly double[] _means, _covariances, _factors, _logNormalizers;
    private readonly int _covarianceSize;

    public MixtureParameters(int componentCount, int columnCount, CovarianceKind kind)
        : this(kind, new double[componentCount], new double[checked(componentCount * columnCount)], new double[checked(componentCount * (kind is CovarianceKind.Full ? columnCount * columnCount : columnCount))])
    {
    }

    public MixtureParameters(CovarianceKind kind, double[] weights, double[] means, double[] covariances)
    {
        (Kind, Weights, _means, _covariances) = (kind, weights, means, covariances);
        (ColumnCount, _covarianceSize) = (means.Length / weights.Length, covariances.Length / weights.Length);
        (_factors, _logNormalizers) = (new double[covariances.Length], new double[weights.Length]);
    }

    public CovarianceKind Kind { get; }

    public int ComponentCount => Weights.Length;

    public int ColumnCount { get; }

    public double[] Weights { get; }

    public double[] Means => _means;

    public double[] Covariances => _covariances;

    public Span<double> Mean(int component) => _means.AsSpan(component * ColumnCount, ColumnCount);

    /// <summary>Lower triangle of columns × columns, or one variance per column.</summary>
    public Span<double> Covariance(int component) => _covariances.AsSpan(component * _covarianceSize, _covarianceSize);

    public void AddToDiagonal(int component, ReadOnlySpan<double> values)
    {
        var covariance = Covariance(component);
        var step = Kind is CovarianceKind.Full ? ColumnCount + 1 : 1;
        for (var j = 0; j < values.Length; j++) covariance[j * step] += values[j];
    }

    /// <summary>Cholesky factors (or inverse deviations) and log w − ½·log det(2πΣ) of every component; call after the covariances changed.</summary>
    /// <exception cref="InvalidDataException">A covariance is not positive definite.</exception>
    public void Factorise()
    {
        _covariances.CopyTo(_factors, 0);
        for (var k = 0; k < ComponentCount; k++)
        {
            var factor = _factors.AsSpan(k * _covarianceSize, _covarianceSize);
            if (Kind is CovarianceKind.Full && !Cholesky.Factor(factor, ColumnCount)) throw new InvalidDataException($"The covariance of component {k} is not positive definite.");
            double logDeterminant = 0;
            for (var j = 0; j < ColumnCount; j++)
            {
                if (Kind is CovarianceKind.Diagonal) factor[j] = Math.Sqrt(factor[j]);
                logDeterminant += 2 * Math.Log(factor[Kind is CovarianceKind.Full ? j * (ColumnCount + 1) : j]);
            }
            _logNormalizers[k] = Math.Log(Weights[k]) - 0.5 * (ColumnCount * Math.Log(2 * Math.PI) + logDeterminant);
        }
    }

    /// <summary>Responsibilities of all components for a row; returns the row's log-density.</summary>
    public double Responsibilities(ReadOnlySpan<float> row, Span<double> responsibilities, Span<double> scratch)
    {
        for (var k = 0; k < ComponentCount; k++) responsibilities[k] = _logNormalizers[k] - 0.5 * SquaredDistance(row, k, scratch);
        var most = TensorPrimitives.Max<double>(responsibilities);
        double sum = 0;
        for (var k = 0; k < ComponentCount; k++) sum += responsibilities[k] = Math.Exp(responsibilities[k] - most);
        for (var k = 0; k < ComponentCount; k++) responsibilities[k] /= sum;
        return most + Math.Log(sum);
    }

    /// <summary>(x − μ)ᵀ Σ⁻¹ (x − μ) by one forward substitution with the factor.</summary>
    private double SquaredDistance(ReadOnlySpan<float> row, int component, Span<double> scratch)
    {
        Span<double> mean = Mean(component), factor = _factors.AsSpan(component * _covarianceSize, _covarianceSize);
        double distance = 0;
        for (var j = 0; j < row.Length; j++)
        {
            var value = row[j] - mean[j];
            if (Kind is CovarianceKind.Full)
            {
                var line = factor.Slice(j * row.Length, j + 1);
                for (var q = 0; q < j; q++) value -= line[q] * scratch[q];
                value /= line[j];
                scratch[j] = value;
            }
            else
            {
                value /= factor[j];
            }
            distance += value * value;
        }
        return distance;
    }
}
