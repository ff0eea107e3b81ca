namespace CampaignPortal.Learning.Clustering;

/// <summary>Options of <see cref="KMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>Number of clusters; null (the default) chooses it between <see cref="MinClusterCount"/> and <see cref="MaxClusterCount"/> by the mean silhouette.</summary>
    public int? ClusterCount { get; init; }

    /// <summary>Smallest number of clusters to consider. Default 3.</summary>
    public int MinClusterCount { get; init; } = 3;

    /// <summary>Largest number of clusters to consider. Default 10.</summary>
    public int MaxClusterCount { get; init; } = 10;

    /// <summary>Independent greedy k-means++ starts per number of clusters; the lowest inertia wins. Default 10.</summary>
    public int StartCount { get; init; } = 10;

    /// <summary>Most iterations of Lloyd's algorithm per start. Default 300; a fit normally ends earlier, when no row changes cluster.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>A start also ends when the squared moves of its centres add up to less than this share of the mean variance of the columns. Default 0: it goes on until no row changes; scikit-learn's default is 1e-4.</summary>
    public double Tolerance { get; init; }

    /// <summary>Whether a fit with a given <see cref="ClusterCount"/> tells its silhouette too, which costs more than the fit. Default true.</summary>
    public bool MeasureSilhouette { get; init; } = true;

    /// <summary>Above so many rows the silhouette is computed on a random sample of this size. Default 10,000.</summary>
    public int SilhouetteSampleSize { get; init; } = 10_000;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        if (ClusterCount is { } count) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, "options.ClusterCount");
        ArgumentOutOfRangeException.ThrowIfLessThan(MinClusterCount, 2, "options.MinClusterCount");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxClusterCount, MinClusterCount, "options.MaxClusterCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StartCount, "options.StartCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxIterations, "options.MaxIterations");
        ArgumentOutOfRangeException.ThrowIfNegative(Tolerance, "options.Tolerance");
        ArgumentOutOfRangeException.ThrowIfLessThan(SilhouetteSampleSize, 100, "options.SilhouetteSampleSize");
    }
}

/// <summary>How one number of clusters did.</summary>
/// <param name="ClusterCount">Number of clusters.</param>
/// <param name="Inertia">Sum of squared distances of rows to their centres.</param>
/// <param name="Silhouette">Mean silhouette, in [−1, 1]; null for one cluster.</param>
public sealed record KMeansCandidate(int ClusterCount, double Inertia, double? Silhouette);

/// <summary>Progress of a fit: so many of so many numbers of clusters are done.</summary>
/// <param name="Done">Numbers of clusters fitted.</param>
/// <param name="Total">Numbers of clusters to fit.</param>
/// <param name="Latest">The last one.</param>
public sealed record KMeansProgress(int Done, int Total, KMeansCandidate Latest);
