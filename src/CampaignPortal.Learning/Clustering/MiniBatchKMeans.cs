using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Clustering;

/// <summary>Options of <see cref="MiniBatchKMeans"/>.</summary>
public sealed record MiniBatchKMeansOptions
{
    /// <summary>Number of clusters.</summary>
    public required int ClusterCount { get; init; }

    /// <summary>Rows per step. Default 1024.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Most steps. Default 500.</summary>
    public int MaxSteps { get; init; } = 500;

    /// <summary>Steps without a lower smoothed inertia after which a fit ends. Default 20.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>Threads of the last assignment; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }
}

/// <summary>k-means by small random batches (Sculley 2010): each centre moves towards its rows of a batch by 1 / (rows it has seen). For rows too many for Lloyd's algorithm.</summary>
public static class MiniBatchKMeans
{
    /// <summary>Fits a model; its inertia and sizes are those of all rows.</summary>
    /// <exception cref="ArgumentException">A value is missing (the column is named), or there are fewer distinct rows than clusters.</exception>
    public static KMeansModel Fit(Matrix data, MiniBatchKMeansOptions options, Rng rng, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rng);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ClusterCount, "options.ClusterCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize, "options.BatchSize");
        data.RequireFinite();
        if (data.RowCount == 0 || data.ColumnCount == 0) throw new ArgumentException($"k-means needs at least one row and one column; got {data.RowCount} × {data.ColumnCount}.", nameof(data));
        var centres = FirstCentres(data, options, rng.Fork(0));
        var (seen, picks) = (new long[options.ClusterCount], rng.Fork(1));
        var (smoothed, best, sinceBest, steps) = (double.NaN, double.PositiveInfinity, 0, 0);
        for (; steps < options.MaxSteps && sinceBest < options.Patience; steps++)
        {
            ct.ThrowIfCancellationRequested();
            var inertia = Step(Batch(data, options.BatchSize, picks), centres, seen);
            smoothed = double.IsNaN(smoothed) ? inertia : 0.9 * smoothed + 0.1 * inertia; // one batch is too noisy to judge by
            sinceBest = smoothed < best ? 0 : sinceBest + 1;
            best = Math.Min(best, smoothed);
        }
        return KMeans.FitFrom(data, centres, new KMeansOptions { ClusterCount = options.ClusterCount, MaxIterations = 1, Degree = options.Degree }, ct);
    }

    /// <summary>Greedy k-means++ on a sample of three batches, at least ten rows per cluster.</summary>
    private static float[] FirstCentres(Matrix data, MiniBatchKMeansOptions options, Rng rng)
    {
        var size = Math.Min(data.RowCount, Math.Max(3 * options.BatchSize, 10 * options.ClusterCount));
        var sample = size == data.RowCount ? data : Batch(data, size, rng.Fork(0));
        using var rows = new BlockedRows(sample.Values, sample.RowCount, sample.ColumnCount);
        var seeding = new Lloyd(sample, rows, options.ClusterCount, degree: 1);
        seeding.Seed(rng.Fork(1));
        return seeding.Centres;
    }

    private static Matrix Batch(Matrix data, int size, Rng rng)
    {
        var rows = new int[size];
        for (var i = 0; i < size; i++) rows[i] = rng.NextInt(data.RowCount);
        return data.SelectRows(rows);
    }

    /// <summary>Assigns a batch with the centres as they are, then moves them row by row; returns the mean squared distance.</summary>
    private static double Step(Matrix batch, float[] centres, long[] seen)
    {
        using var rows = new BlockedRows(batch.Values, batch.RowCount, batch.ColumnCount);
        var (nearest, distances) = (new float[rows.GroupCount * BlockedRows.GroupRows], new float[rows.GroupCount * BlockedRows.GroupRows]);
        rows.Nearest(centres, seen.Length, 0, rows.GroupCount, nearest, distances);
        for (var i = 0; i < batch.RowCount; i++)
        {
            var k = (int)nearest[i];
            Span<float> centre = centres.AsSpan(k * batch.ColumnCount, batch.ColumnCount), row = batch.Row(i);
            var rate = 1f / ++seen[k];
            for (var j = 0; j < row.Length; j++) centre[j] += rate * (row[j] - centre[j]);
        }
        return BlockedRows.SumOf(distances.AsSpan(0, batch.RowCount)) / batch.RowCount;
    }
}
