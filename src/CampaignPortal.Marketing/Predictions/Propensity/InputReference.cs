using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>How the inputs lay in the newest rows that a model learnt from: deciles and counts of each column, and how many values were missing.</summary>
internal sealed class InputReference(double[] edges, double[] counts) : IStorable<InputReference>
{
    private const int EdgeCount = 9, CountCount = 11; // ten bins and the missing values

    public static string Kind => "input-reference";

    public static InputReference Of(Matrix rows)
    {
        List<double> edges = [], counts = [];
        for (var column = 0; column < rows.ColumnCount; column++)
        {
            var (own, found) = InputDrift.Reference(Column(rows, column));
            edges.AddRange(own);
            counts.AddRange(found);
        }
        return new InputReference([.. edges], [.. counts]);
    }

    /// <summary>Every column of today beside the reference.</summary>
    public IReadOnlyList<InputDrift> Compare(FeatureSchema schema, Matrix now)
    {
        if (now.RowCount == 0 || edges.Length != schema.Features.Count * EdgeCount) return [];
        return [.. schema.Features.Select((feature, i) => InputDrift.Of(
            feature.Name, feature.Theme.ToString(), edges[(i * EdgeCount)..((i + 1) * EdgeCount)], counts[(i * CountCount)..((i + 1) * CountCount)], Column(now, i)))];
    }

    private static float[] Column(Matrix rows, int column)
    {
        var values = new float[rows.RowCount];
        for (var row = 0; row < values.Length; row++) values[row] = rows.Row(row)[column];
        return values;
    }

    public void Store(ModelPart part)
    {
        part.Put("edges", edges);
        part.Put("counts", counts);
    }

    public static InputReference Restore(ModelPart part) => new(part.Get<double>("edges"), part.Get<double>("counts"));
}
