using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Clustering;

/// <summary>How a number of clusters compares with data that have none.</summary>
/// <param name="ClusterCount">k.</param>
/// <param name="Gap">Mean of ln(inertia) over the reference data − ln(inertia) of the rows; high where the rows are clustered.</param>
/// <param name="Error">Its simulation error, the deviation over the references times √(1 + 1/references).</param>
public sealed record GapCandidate(int ClusterCount, double Gap, double Error);

/// <summary>Number of clusters by the gap statistic (Tibshirani, Walther and Hastie 2001): clusters must explain more than they would in a uniform box.</summary>
public static class GapStatistic
{
    /// <summary>Gaps of 1 to <paramref name="maxClusterCount"/> clusters and the choice: the smallest k whose gap is not below the next one minus its error.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="maxClusterCount">Largest number of clusters to consider, at least 2.</param>
    /// <param name="options">Options of the fits; numbers of clusters are of no meaning here.</param>
    /// <param name="rng">Source of reference data and starts.</param>
    /// <param name="ct">Looked at between iterations.</param>
    /// <param name="referenceCount">Reference data sets.</param>
    public static (int ClusterCount, IReadOnlyList<GapCandidate> Candidates) Choose(Matrix data, int maxClusterCount, KMeansOptions options, Rng rng, CancellationToken ct, int referenceCount = 10)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxClusterCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(referenceCount, 2);
        var references = Enumerable.Range(0, referenceCount).Select(b => UniformBox(data, rng.Fork(b))).ToArray();
        var candidates = new List<GapCandidate>();
        for (var k = 1; k <= maxClusterCount; k++)
        {
            double LogInertia(Matrix rows, long fork) =>
                Math.Log(KMeans.Fit(rows, options with { ClusterCount = k, MeasureSilhouette = false }, rng.Fork(fork), ct).Inertia);
            var logs = references.Select((reference, b) => LogInertia(reference, 1000 + b)).ToArray();
            var mean = logs.Average();
            var deviation = Math.Sqrt(logs.Average(l => (l - mean) * (l - mean)));
            candidates.Add(new GapCandidate(k, mean - LogInertia(data, 999), deviation * Math.Sqrt(1 + 1.0 / referenceCount)));
        }
        for (var k = 0; k < candidates.Count - 1; k++)
        {
            if (candidates[k].Gap >= candidates[k + 1].Gap - candidates[k + 1].Error) return (candidates[k].ClusterCount, candidates);
        }
        return (maxClusterCount, candidates);
    }

    /// <summary>As many rows, every column uniform between the smallest and the largest value that occurs.</summary>
    private static Matrix UniformBox(Matrix data, Rng rng)
    {
        var box = new Matrix(data.RowCount, data.ColumnCount);
        for (var j = 0; j < data.ColumnCount; j++)
        {
            var column = data.Column(j);
            var (least, most) = (column.Min(), column.Max());
            for (var i = 0; i < data.RowCount; i++) box[i, j] = least + (most - least) * rng.NextSingle();
        }
        return box;
    }
}
