using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Where the edges of bins lie.</summary>
public enum Binning
{
    /// <summary>At quantiles of the training values: bins of nearly equal row counts; equal edges are joined.</summary>
    Quantile,

    /// <summary>At equal distances between the smallest and the largest training value.</summary>
    Uniform,
}

/// <summary>Replaces numbers by the number of their bin, 0 the lowest; values beyond the training range fall into the outer bins, missing values stay missing.</summary>
/// <remarks>Bin b holds values from edge b − 1 (included) to edge b (excluded). A <see cref="OneHotEncoder"/> behind it makes columns of the bins.</remarks>
public sealed class BinEncoder : ITransformer, IStorable<BinEncoder>
{
    private readonly float[][] _edges;
    private readonly string[] _names;

    private BinEncoder(float[][] edges, string[] names)
    {
        (_edges, _names) = (edges, names);
        SourceColumns = Enumerable.Range(0, names.Length).ToArray();
    }

    /// <inheritdoc/>
    public static string Kind => "bins";

    /// <inheritdoc/>
    public int InputColumnCount => _names.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames => _names;

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <summary>Learns the edges of every column.</summary>
    /// <param name="data">Training rows.</param>
    /// <param name="binning">Where edges lie.</param>
    /// <param name="binCount">Bins per column, at least 2; fewer come out where values repeat.</param>
    /// <exception cref="ArgumentException">A value is infinite (the column is named).</exception>
    public static BinEncoder Fit(Matrix data, Binning binning, int binCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(binCount, 2);
        var edges = new float[data.ColumnCount][];
        for (var j = 0; j < edges.Length; j++)
        {
            var present = Array.FindAll(data.Column(j), v => !float.IsNaN(v));
            if (Array.Exists(present, float.IsInfinity)) throw new ArgumentException($"Column '{data.ColumnName(j)}' holds an infinite value; cap it or mark it missing (NaN).", nameof(data));
            Array.Sort(present);
            edges[j] = present.Length == 0 ? [] : [.. Enumerable.Range(1, binCount - 1).Select(b => Edge(present, binning, (double)b / binCount)).Distinct().Where(e => e > present[0])];
        }
        return new BinEncoder(edges, ColumnScaler.Names(data));
    }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input)
    {
        input.RequireColumns(InputColumnCount);
        var result = new Matrix(input.RowCount, input.ColumnCount, _names);
        for (var i = 0; i < input.RowCount; i++)
        {
            var source = input.Row(i);
            var target = result.Row(i);
            for (var j = 0; j < target.Length; j++) target[j] = float.IsNaN(source[j]) ? float.NaN : BinOf(_edges[j], source[j]);
        }
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Put("edge_counts", Array.ConvertAll(_edges, e => e.Length));
        part.Put("edges", _edges.SelectMany(e => e).ToArray());
    }

    /// <inheritdoc/>
    public static BinEncoder Restore(ModelPart part)
    {
        var names = StoredLists.Strings(part, "columns");
        return new BinEncoder(StoredLists.Split(part.Get<float>("edges"), part.Get<int>("edge_counts", names.Length)), names);
    }

    private static float Edge(float[] sorted, Binning binning, double share) =>
        binning == Binning.Quantile ? (float)ColumnScaler.QuantileOf(sorted, share) : (float)(sorted[0] + share * ((double)sorted[^1] - sorted[0]));

    private static int BinOf(float[] edges, float value)
    {
        var found = Array.BinarySearch(edges, value);
        return found >= 0 ? found + 1 : ~found;
    }
}
