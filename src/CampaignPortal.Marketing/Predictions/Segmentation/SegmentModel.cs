using System.Text.Json.Nodes;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions.Segmentation;

/// <summary>A segment: its number stays the same when a later fit finds the same kind of customers again.</summary>
public sealed record Segment(int Id, SegmentName Name);

/// <summary>Puts customers into segments by their features. Immutable and safe for concurrent use.</summary>
public sealed class SegmentModel : IStorable<SegmentModel>
{
    private readonly ColumnScaler _scaler;

    internal SegmentModel(FeatureSchema schema, IReadOnlyList<string> columns, ColumnScaler scaler, KMeansModel clusters, IReadOnlyList<Segment> segments) =>
        (Schema, Columns, _scaler, Clusters, Segments) = (schema, columns, scaler, clusters, segments);

    public static string Kind => "segments";

    public FeatureSchema Schema { get; }

    /// <summary>Features that the distances are made of.</summary>
    public IReadOnlyList<string> Columns { get; }

    public KMeansModel Clusters { get; }

    /// <summary>Segment of each cluster.</summary>
    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>Cluster of each row of one cut.</summary>
    public int[] Assign(FeatureTable features, int cut) => Clusters.AssignMany(_scaler.Transform(RowsOf(features, cut, Columns)));

    /// <summary>Rows of a cut, columns by name; a missing value is 0.</summary>
    internal static Matrix RowsOf(FeatureTable features, int cut, IReadOnlyList<string> columns)
    {
        var (from, to) = features.RowsOf(cut);
        var indices = columns.Select(features.Schema.IndexOf).ToArray();
        var matrix = new Matrix(to - from, indices.Length, columns);
        for (var row = from; row < to; row++)
        {
            for (var j = 0; j < indices.Length; j++)
            {
                var value = features.Row(row)[indices[j]];
                matrix[row - from, j] = float.IsNaN(value) ? 0 : value;
            }
        }
        return matrix;
    }

    public void Store(ModelPart part)
    {
        part.Settings["features"] = Schema.ToJson();
        part.Settings["columns"] = new JsonArray([.. Columns.Select(c => (JsonNode?)c)]);
        part.Settings["segments"] = new JsonArray([.. Segments.Select(s => (JsonNode?)new JsonObject
        {
            ["id"] = s.Id, ["name"] = new JsonArray([.. s.Name.Tokens.Select(t => (JsonNode?)t)]),
        })]);
        part.PutPart("scaler", _scaler);
        part.PutPart("clusters", Clusters);
    }

    public static SegmentModel Restore(ModelPart part)
    {
        var clusters = part.GetPart<KMeansModel>("clusters");
        var columns = Texts(part.Settings["columns"]);
        var segments = (part.Settings["segments"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(s => new Segment(s["id"]?.GetValue<int>() ?? throw new InvalidDataException("A segment has no number."), new SegmentName(Texts(s["name"])))).ToArray();
        if (segments.Length != clusters.ClusterCount) throw new InvalidDataException($"The model has {clusters.ClusterCount} clusters and {segments.Length} segments.");
        return new SegmentModel(FeatureSchema.FromJson(part.Setting<string>("features")), columns, part.GetPart<ColumnScaler>("scaler"), clusters, segments);
    }

    private static string[] Texts(JsonNode? node) => node is JsonArray { Count: > 0 } array
        ? [.. array.Select(n => n?.GetValue<string>() ?? throw new InvalidDataException("A list of the segments holds an empty text."))]
        : throw new InvalidDataException("The segments lack a list of texts.");
}
