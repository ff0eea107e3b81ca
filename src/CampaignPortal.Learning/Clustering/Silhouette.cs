using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Clustering;

/// <summary>Euclidean silhouette (Rousseeuw 1987): (b − a) / max(a, b), a the mean distance to the own cluster, b to the nearest other one.</summary>
public static class Silhouette
{
    /// <summary>Silhouette of every row; 0 for a row that is alone in its cluster. Cost: rows² × columns.</summary>
    /// <exception cref="ArgumentException">Labels do not fit the rows, or fewer than two clusters occur.</exception>
    public static double[] Rows(Matrix data, ReadOnlySpan<int> labels, int clusterCount, int degree = 1)
    {
        if (labels.Length != data.RowCount) throw new ArgumentException($"{data.RowCount} rows need as many labels; got {labels.Length}.", nameof(labels));
        var sizes = new int[clusterCount];
        foreach (var label in labels) sizes[label]++;
        if (sizes.Count(s => s > 0) < 2) throw new ArgumentException("A silhouette needs at least two clusters with rows.", nameof(labels));

        // Rows of one cluster lie together, so that sums per cluster need no look-up.
        var clusters = new BlockedRows[clusterCount];
        try
        {
            for (var k = 0; k < clusterCount; k++) clusters[k] = new BlockedRows(sizes[k], data.ColumnCount);
            var next = new int[clusterCount];
            for (var i = 0; i < labels.Length; i++) clusters[labels[i]].Set(next[labels[i]]++, data.Row(i));
            var own = labels.ToArray();
            var result = new double[data.RowCount];
            const int ChunkRows = 256;
            ParallelRanges.For((result.Length + ChunkRows - 1) / ChunkRows, degree, chunk =>
            {
                for (var i = chunk * ChunkRows; i < Math.Min(result.Length, (chunk + 1) * ChunkRows); i++) result[i] = OfRow(data.Row(i), own[i], clusters, sizes);
            }, CancellationToken.None);
            return result;
        }
        finally
        {
            foreach (var cluster in clusters) cluster?.Dispose();
        }
    }

    /// <summary>Mean silhouette; above <paramref name="sampleSize"/> rows that of a random sample without replacement, judged within itself.</summary>
    /// <remarks>Minus infinity where the sample holds fewer than two clusters.</remarks>
    public static double Mean(Matrix data, ReadOnlySpan<int> labels, int clusterCount, int sampleSize, Rng rng, int degree = 1)
    {
        if (data.RowCount > sampleSize)
        {
            var all = Enumerable.Range(0, data.RowCount).ToArray();
            for (var i = 0; i < sampleSize; i++)
            {
                var j = i + rng.NextInt(all.Length - i);
                (all[i], all[j]) = (all[j], all[i]);
            }
            var rows = all[..sampleSize];
            Array.Sort(rows);
            var sampled = new int[sampleSize];
            for (var i = 0; i < sampleSize; i++) sampled[i] = labels[rows[i]];
            return Mean(data.SelectRows(rows), sampled, clusterCount, sampleSize, rng, degree);
        }
        var first = labels[0];
        if (!labels.ContainsAnyExcept(first)) return double.NegativeInfinity;
        return Rows(data, labels, clusterCount, degree).Average();
    }

    private static double OfRow(ReadOnlySpan<float> row, int own, BlockedRows[] clusters, int[] sizes)
    {
        if (sizes[own] == 1) return 0;
        double a = 0, b = double.PositiveInfinity;
        for (var k = 0; k < clusters.Length; k++)
        {
            if (sizes[k] == 0) continue;
            var sum = clusters[k].SumOfDistances(row);
            if (k == own) a = sum / (sizes[k] - 1);
            else b = Math.Min(b, sum / sizes[k]);
        }
        var larger = Math.Max(a, b);
        return larger > 0 ? (b - a) / larger : 0;
    }
}
