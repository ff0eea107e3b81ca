using CampaignPortal.Learning.Data;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Features of all cuts with what happened after them, made once for all propensities of a shop.</summary>
public sealed class PropensityFeatures
{
    private PropensityFeatures(EventTable table, FeatureTable features, PurchaseDays purchases, int endDay) =>
        (Table, Features, Purchases, EndDay) = (table, features, purchases, endDay);

    public EventTable Table { get; }

    /// <summary>The newest cut is "now".</summary>
    public FeatureTable Features { get; }

    public PurchaseDays Purchases { get; }

    public int EndDay { get; }

    /// <summary>Cuts every 30 days back from now, as long as enough history lies before them.</summary>
    public static PropensityFeatures Build(EventTable table, PropensityDefinition definition, int degree = 1, CancellationToken ct = default)
    {
        var purchases = PurchaseDays.Of(table);
        var end = purchases.Calendar.CutDay(table.AsOf);
        List<DateTimeOffset> cuts = [table.AsOf];
        var first = purchases.Range?.First ?? end;
        for (var day = end - definition.CutStepDays; day - first >= definition.MinHistoryDays; day -= definition.CutStepDays) cuts.Add(purchases.Calendar.StartOf(day));

        // Words and countries become columns by what was known before the outcomes that test: they must not choose themselves.
        var known = cuts[Math.Min(3, cuts.Count - 1)];
        var schema = FeatureSchema.Choose(table, known);
        return new PropensityFeatures(table, FeatureTable.Build(table, schema, cuts, FeatureRows.Buyers, degree, ct), purchases, end);
    }

    /// <summary>Rows of one cut that the definition asks.</summary>
    internal int[] RowsOf(PropensityDefinition definition, int cut)
    {
        var (from, to) = Features.RowsOf(cut);
        if (definition.MinTenureDays == 0) return [.. Enumerable.Range(from, to - from)];
        var tenure = Features.Schema.IndexOf("tenure_days");
        return [.. Enumerable.Range(from, to - from).Where(row => Features.Row(row)[tenure] >= definition.MinTenureDays)];
    }

    internal float[] LabelsOf(PropensityDefinition definition, int[] rows)
    {
        var labels = new float[rows.Length];
        for (var i = 0; i < rows.Length; i++) labels[i] = definition.Label(Purchases, Features.Customers[rows[i]], CutDayOf(rows[i]));
        return labels;
    }

    internal int CutDayOf(int row)
    {
        var cut = 0;
        while (row >= Features.RowsOf(cut).To) cut++;
        return Features.CutDays[cut];
    }

    internal Matrix MatrixOf(int[] rows)
    {
        var matrix = new Matrix(rows.Length, Features.ColumnCount, Features.Schema.Vocabulary.Columns);
        for (var i = 0; i < rows.Length; i++) Features.Row(rows[i]).CopyTo(matrix.Row(i));
        return matrix;
    }
}
