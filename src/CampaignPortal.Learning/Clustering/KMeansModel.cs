using System.Text.Json.Nodes;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Clustering;

/// <summary>Fitted centres. Immutable and safe for concurrent use.</summary>
public sealed class KMeansModel : IStorable<KMeansModel>
{
    private readonly float[] _centres;
    private readonly int[] _sizes;

    internal KMeansModel(float[] centres, int columnCount, double inertia, int[] sizes, IReadOnlyList<KMeansCandidate> candidates, IReadOnlyList<string>? columnNames, int iterations)
    {
        (_centres, ColumnCount, Inertia, Candidates, ColumnNames, Iterations) = (centres, columnCount, inertia, candidates, columnNames, iterations);
        _sizes = new int[centres.Length / columnCount];
        sizes.CopyTo(_sizes, 0);
    }

    /// <inheritdoc/>
    public static string Kind => "k-means";

    /// <summary>Number of clusters.</summary>
    public int ClusterCount => _sizes.Length;

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount { get; }

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    /// <summary>Sum of squared distances of the training rows to their centres.</summary>
    public double Inertia { get; }

    /// <summary>Iterations of the start that became this model; 0 for models stored before this was noted.</summary>
    public int Iterations { get; }

    /// <summary>Training rows per cluster.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    /// <summary>Every number of clusters that was tried, with inertia and silhouette.</summary>
    public IReadOnlyList<KMeansCandidate> Candidates { get; }

    /// <summary>The candidate that became this model.</summary>
    public KMeansCandidate Chosen => Candidates.First(c => c.ClusterCount == ClusterCount);

    /// <summary>Centre of a cluster.</summary>
    public ReadOnlySpan<float> Centre(int cluster) => _centres.AsSpan(cluster * ColumnCount, ColumnCount);

    /// <summary>All centres, clusters × columns.</summary>
    public ReadOnlySpan<float> Centres => _centres;

    /// <summary>Cluster of one row: the nearest centre, ties to the lower index.</summary>
    public int Assign(ReadOnlySpan<float> row)
    {
        if (row.Length != ColumnCount) throw new ArgumentException($"The model was fitted on {ColumnCount} columns; this row has {row.Length}.", nameof(row));
        var (best, bestDistance) = (0, float.PositiveInfinity);
        for (var k = 0; k < ClusterCount; k++)
        {
            var centre = Centre(k);
            float distance = 0;
            for (var j = 0; j < row.Length; j++)
            {
                if (!float.IsFinite(row[j])) throw new ArgumentException($"Column '{ColumnNames?[j] ?? "column " + j.ToString(System.Globalization.CultureInfo.InvariantCulture)}' is missing or infinite; impute it first.", nameof(row));
                var difference = row[j] - centre[j];
                distance = LanesScalar.MultiplyAdd(difference, difference, distance);
            }
            if (distance < bestDistance) (best, bestDistance) = (k, distance);
        }
        return best;
    }

    /// <summary>Clusters of many rows.</summary>
    public int[] AssignMany(Matrix rows)
    {
        rows.RequireColumns(ColumnCount);
        rows.RequireFinite();
        using var blocked = new BlockedRows(rows.Values, rows.RowCount, ColumnCount);
        var nearest = new float[blocked.GroupCount * BlockedRows.GroupRows];
        blocked.Nearest(_centres, ClusterCount, 0, blocked.GroupCount, nearest, new float[nearest.Length]);
        return Array.ConvertAll(nearest[..rows.RowCount], l => (int)l);
    }

    /// <summary>The same clusters under other numbers: cluster k of the new model is cluster <paramref name="order"/>[k] of this one.</summary>
    /// <exception cref="ArgumentException">The order is not a permutation of the clusters.</exception>
    public KMeansModel Reorder(ReadOnlySpan<int> order)
    {
        var sorted = order.ToArray();
        Array.Sort(sorted);
        if (!sorted.SequenceEqual(Enumerable.Range(0, ClusterCount))) throw new ArgumentException($"The order must hold each of 0 to {ClusterCount - 1} once.", nameof(order));
        var centres = new float[_centres.Length];
        var sizes = new int[ClusterCount];
        for (var k = 0; k < ClusterCount; k++)
        {
            Centre(order[k]).CopyTo(centres.AsSpan(k * ColumnCount));
            sizes[k] = _sizes[order[k]];
        }
        return new KMeansModel(centres, ColumnCount, Inertia, sizes, Candidates, ColumnNames, Iterations);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("centres", _centres, ClusterCount, ColumnCount);
        part.Put("sizes", _sizes);
        part.Settings["inertia"] = Inertia;
        part.Settings["iterations"] = Iterations;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
        part.Settings["candidates"] = new JsonArray(Candidates.Select(c => (JsonNode?)new JsonObject { ["clusters"] = c.ClusterCount, ["inertia"] = c.Inertia, ["silhouette"] = c.Silhouette }).ToArray());
    }

    /// <inheritdoc/>
    public static KMeansModel Restore(ModelPart part)
    {
        var sizes = part.Get<int>("sizes");
        var centres = part.Get<float>("centres");
        if (sizes.Length == 0 || centres.Length == 0 || centres.Length % sizes.Length != 0) throw new InvalidDataException("Centres and sizes of a k-means model do not fit together.");
        var columns = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        var candidates = (part.Settings["candidates"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(c => new KMeansCandidate(c["clusters"]?.GetValue<int>() ?? 0, c["inertia"]?.GetValue<double>() ?? 0, c["silhouette"]?.GetValue<double>())).ToArray();
        if (columns is not null && columns.Length != centres.Length / sizes.Length) throw new InvalidDataException("A k-means model has another number of columns than of names.");
        return new KMeansModel(centres, centres.Length / sizes.Length, part.Setting<double>("inertia"), sizes, candidates, columns, part.Settings.ContainsKey("iterations") ? part.Setting<int>("iterations") : 0);
    }
}
