using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Clustering;

/// <summary>Mixture of Gaussians by expectation and maximisation (Dempster, Laird and Rubin 1977; Bishop 2006, §9.2), started from k-means.</summary>
/// <remarks>
/// Sums are double; responsibilities come from log-densities by log-sum-exp, so that rows far from every component do not underflow. Cost per step: rows ×
/// components × columns² for full covariances, rows × components × columns for diagonal ones.
/// </remarks>
public static class GaussianMixture
{
    /// <summary>Fits a model.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of the starts.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), a column is constant, or there are fewer distinct rows than components.</exception>
    public static GaussianMixtureModel Fit(Matrix data, GaussianMixtureOptions options, Rng rng, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rng);
        options.Validate();
        data.RequireFinite();
        if (data.RowCount < 2 || data.ColumnCount == 0) throw new ArgumentException($"A mixture needs at least two rows and one column; got {data.RowCount} × {data.ColumnCount}.", nameof(data));
        var variance = ColumnMoments.Of(data, []).Variance;
        var constant = Array.FindIndex(variance, v => !(v > 0));
        if (constant >= 0) throw new ArgumentException($"Column '{data.ColumnName(constant)}' is constant: it tells no component from another; leave it out.", nameof(data));
        var floor = Array.ConvertAll(variance, v => v * options.Regularization);

        var (from, to) = options.ComponentCount is { } count ? (count, count) : (options.MinComponentCount, options.MaxComponentCount);
        GaussianMixtureModel? best = null;
        for (var k = from; k <= to; k++)
        {
            if (BestOfStarts(data, k, options, floor, rng.Fork(k), ct) is { } model && (best is null || model.Bic < best.Bic)) best = model;
        }
        return best!; // the first number of components gives a model or throws
    }

    private static GaussianMixtureModel BestOfStarts(Matrix data, int components, GaussianMixtureOptions options, double[] floor, Rng rng, CancellationToken ct)
    {
        GaussianMixtureModel? best = null;
        for (var start = 0; start < options.StartCount; start++)
        {
            var clusters = KMeans.Fit(data, new KMeansOptions { ClusterCount = components, StartCount = 1, MeasureSilhouette = false, Degree = options.Degree }, rng.Fork(start), ct);
            var labels = clusters.AssignMany(data);
            var responsibilities = new double[checked(data.RowCount * components)];
            for (var i = 0; i < labels.Length; i++) responsibilities[i * components + labels[i]] = 1;
            var model = Climb(data, components, options, floor, responsibilities, ct);
            if (best is null || model.LogLikelihood > best.LogLikelihood) best = model;
            if (components == 1) break; // every start is the same
        }
        return best!; // StartCount is at least 1
    }

    private static GaussianMixtureModel Climb(Matrix data, int components, GaussianMixtureOptions options, double[] floor, double[] responsibilities, CancellationToken ct)
    {
        var degree = ParallelRanges.Degree(options.Degree);
        var before = double.NegativeInfinity;
        var parameters = Maximise(data, components, options.Covariance, floor, responsibilities, degree);
        for (var iteration = 1; ; iteration++)
        {
            ct.ThrowIfCancellationRequested();
            var likelihood = Expect(data, parameters, responsibilities, degree);
            if (iteration >= options.MaxIterations || likelihood - before < options.Tolerance * data.RowCount)
                return new GaussianMixtureModel(parameters, likelihood, data.RowCount, data.ColumnNames, iteration);
            before = likelihood;
            parameters = Maximise(data, components, options.Covariance, floor, responsibilities, degree);
        }
    }

    /// <summary>E-step: responsibilities of all rows (Bishop, eq. 9.23); returns the log-likelihood, chunks added in order.</summary>
    private static double Expect(Matrix data, MixtureParameters parameters, double[] responsibilities, int degree)
    {
        var components = parameters.ComponentCount;
        var chunks = new double[ParallelRanges.ChunkCount(data.RowCount)];
        ParallelRanges.For(chunks.Length, degree, chunk =>
        {
            var scratch = new double[data.ColumnCount];
            for (var i = chunk * ParallelRanges.ChunkRows; i < Math.Min(data.RowCount, (chunk + 1) * ParallelRanges.ChunkRows); i++)
                chunks[chunk] += parameters.Responsibilities(data.Row(i), responsibilities.AsSpan(i * components, components), scratch);
        }, CancellationToken.None);
        double sum = 0;
        foreach (var part in chunks) sum += part;
        return sum;
    }

    /// <summary>M-step: weights, means and covariances of weighted rows (Bishop, eqs. 9.24 to 9.26), component by component.</summary>
    private static MixtureParameters Maximise(Matrix data, int components, CovarianceKind kind, double[] floor, double[] responsibilities, int degree)
    {
        var parameters = new MixtureParameters(components, data.ColumnCount, kind);
        ParallelRanges.For(components, degree, k =>
        {
            var mean = parameters.Mean(k);
            double total = 0;
            for (var i = 0; i < data.RowCount; i++)
            {
                var r = responsibilities[i * components + k];
                if (r == 0) continue;
                total += r;
                var row = data.Row(i);
                for (var j = 0; j < row.Length; j++) mean[j] += r * row[j];
            }
            // A component that nobody belongs to any more keeps the floor as its size and no weight.
            var share = 1 / Math.Max(total, 1e-300);
            for (var j = 0; j < mean.Length; j++) mean[j] *= share;
            parameters.Weights[k] = total / data.RowCount;
            AddScatter(data, components, k, responsibilities, share, parameters);
            parameters.AddToDiagonal(k, floor);
        }, CancellationToken.None);
        parameters.Factorise();
        return parameters;
    }

    private static void AddScatter(Matrix data, int components, int k, double[] responsibilities, double share, MixtureParameters parameters)
    {
        Span<double> mean = parameters.Mean(k), covariance = parameters.Covariance(k);
        var (d, isFull) = (data.ColumnCount, parameters.Kind is CovarianceKind.Full);
        Span<double> difference = d <= 256 ? stackalloc double[d] : new double[d];
        for (var i = 0; i < data.RowCount; i++)
        {
            var r = responsibilities[i * components + k] * share;
            if (r == 0) continue;
            var row = data.Row(i);
            for (var j = 0; j < d; j++) difference[j] = row[j] - mean[j];
            for (var j = 0; j < d; j++)
            {
                if (!isFull)
                {
                    covariance[j] += r * difference[j] * difference[j];
                    continue;
                }
                for (var q = 0; q <= j; q++) covariance[j * d + q] += r * difference[j] * difference[q];
            }
        }
    }
}
