using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Clustering;

/// <summary>k-means with greedy k-means++ starts and Lloyd's algorithm; the number of clusters is given or chosen by the silhouette.</summary>
/// <remarks>Columns count by their variance: scale them first. Cost: starts × iterations × rows × clusters × columns.</remarks>
public static class KMeans
{
    /// <summary>Fits a model.</summary>
    /// <param name="data">Rows to cluster, without missing values.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of the starts and of the silhouette sample.</param>
    /// <param name="progress">Told after each number of clusters; may be null.</param>
    /// <param name="ct">Looked at between iterations.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), or there are fewer distinct rows than clusters.</exception>
    public static KMeansModel Fit(Matrix data, KMeansOptions options, Rng rng, IProgress<KMeansProgress>? progress, CancellationToken ct)
    {
        options.Validate();
        data.RequireFinite();
        if (data.RowCount == 0 || data.ColumnCount == 0) throw new ArgumentException($"k-means needs at least one row and one column; got {data.RowCount} × {data.ColumnCount}.", nameof(data));
        var degree = ParallelRanges.Degree(options.Degree);
        var (from, to) = options.ClusterCount is { } fixedCount ? (fixedCount, fixedCount) : (options.MinClusterCount, options.MaxClusterCount);
        using var rows = new BlockedRows(data.Values, data.RowCount, data.ColumnCount);
        var leastMove = options.Tolerance * MeanVariance(data);

        Lloyd? best = null;
        var bestSilhouette = double.NegativeInfinity;
        var candidates = new List<KMeansCandidate>();
        for (var k = from; k <= to; k++)
        {
            Lloyd fit;
            try
            {
                fit = BestOfStarts(data, rows, k, options, leastMove, degree, rng.Fork(k), ct);
            }
            catch (ArgumentException) when (best is not null)
            {
                break; // fewer distinct rows than the largest number considered: what was found so far stands
            }
            double? silhouette = k == 1 || (from == to && !options.MeasureSilhouette) ? null : Silhouette.Mean(data, fit.Labels, k, options.SilhouetteSampleSize, rng.Fork(-1), degree);
            candidates.Add(new KMeansCandidate(k, fit.Inertia, silhouette));
            if (best is null || silhouette > bestSilhouette) (best, bestSilhouette) = (fit, silhouette ?? 0);
            progress?.Report(new KMeansProgress(k - from + 1, to - from + 1, candidates[^1]));
        }
        return new KMeansModel(best!.Centres, data.ColumnCount, best.Inertia, Sizes(best), candidates, data.ColumnNames, best.InertiaPerIteration.Count); // from ≤ to, so one fit was made
    }

    /// <summary>Fits a model.</summary>
    /// <inheritdoc cref="Fit(Matrix, KMeansOptions, Rng, IProgress{KMeansProgress}, CancellationToken)"/>
    public static KMeansModel Fit(Matrix data, KMeansOptions options, Rng rng, CancellationToken ct) => Fit(data, options, rng, null, ct);

    /// <summary>Lloyd's algorithm from given centres (clusters × columns), without any random start.</summary>
    /// <returns>Centres, labels and the inertia after each assignment.</returns>
    public static (float[] Centres, int[] Labels, IReadOnlyList<double> InertiaPerIteration) FitFrom(Matrix data, ReadOnlySpan<float> start, int maxIterations, CancellationToken ct)
    {
        data.RequireFinite();
        RequireCentres(data, start);
        using var rows = new BlockedRows(data.Values, data.RowCount, data.ColumnCount);
        var lloyd = new Lloyd(data, rows, start.Length / data.ColumnCount, degree: 1);
        start.CopyTo(lloyd.Centres);
        lloyd.Run(maxIterations, 0, ct);
        return (lloyd.Centres, lloyd.Labels, lloyd.InertiaPerIteration);
    }

    /// <summary>Fits a model from given centres (clusters × columns) instead of drawn ones.</summary>
    /// <param name="data">Rows to cluster, without missing values.</param>
    /// <param name="start">First centres, row by row.</param>
    /// <param name="options">Iterations, tolerance and threads; the rest is of no meaning here.</param>
    /// <param name="ct">Looked at between iterations.</param>
    public static KMeansModel FitFrom(Matrix data, ReadOnlySpan<float> start, KMeansOptions options, CancellationToken ct)
    {
        options.Validate();
        data.RequireFinite();
        RequireCentres(data, start);
        using var rows = new BlockedRows(data.Values, data.RowCount, data.ColumnCount);
        var lloyd = new Lloyd(data, rows, start.Length / data.ColumnCount, ParallelRanges.Degree(options.Degree));
        start.CopyTo(lloyd.Centres);
        lloyd.Run(options.MaxIterations, options.Tolerance * MeanVariance(data), ct);
        var candidate = new KMeansCandidate(start.Length / data.ColumnCount, lloyd.Inertia, null);
        return new KMeansModel(lloyd.Centres, data.ColumnCount, lloyd.Inertia, Sizes(lloyd), [candidate], data.ColumnNames, lloyd.InertiaPerIteration.Count);
    }

    private static void RequireCentres(Matrix data, ReadOnlySpan<float> start)
    {
        if (data.ColumnCount == 0 || start.Length == 0 || start.Length % data.ColumnCount != 0) throw new ArgumentException($"Start centres must fill rows of {data.ColumnCount} columns; got {start.Length} values.", nameof(start));
    }

    private static double MeanVariance(Matrix data) => ColumnMoments.Of(data, []).Variance.Average();

    private static Lloyd BestOfStarts(Matrix data, BlockedRows rows, int k, KMeansOptions options, double leastMove, int degree, Rng rng, CancellationToken ct)
    {
        // Many starts share the threads by start, one start by rows.
        var startDegree = Math.Min(degree, options.StartCount);
        var fits = new Lloyd?[startDegree];
        var failure = (Exception?)null;
        Lloyd? best = null;
        for (var first = 0; first < options.StartCount; first += fits.Length)
        {
            var count = Math.Min(fits.Length, options.StartCount - first);
            var base0 = first;
            ParallelRanges.For(count, startDegree, s =>
            {
                var fit = new Lloyd(data, rows, k, startDegree > 1 ? 1 : degree);
                try
                {
                    fit.Seed(rng.Fork(base0 + s));
                }
                catch (ArgumentException e)
                {
                    failure = e;
                    return;
                }
                fit.Run(options.MaxIterations, leastMove, ct);
                fits[s] = fit;
            }, ct);
            if (failure is not null) throw failure;
            for (var s = 0; s < count; s++)
            {
                if (best is null || fits[s]!.Inertia < best.Inertia) best = fits[s]; // in start order: the same winner for every degree
            }
        }
        return best!; // StartCount is at least 1
    }

    private static int[] Sizes(Lloyd fit)
    {
        var labels = fit.Labels;
        var sizes = new int[labels.Length == 0 ? 0 : labels.Max() + 1];
        foreach (var label in labels) sizes[label]++;
        return sizes;
    }
}
