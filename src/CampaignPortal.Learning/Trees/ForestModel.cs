using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Trees;

/// <summary>A trained forest: the mean of its trees. Immutable and safe for concurrent use.</summary>
public sealed class ForestModel : IStorable<ForestModel>
{
    private readonly RegressionTree[] _trees; // tree by tree, one per output
    private readonly FlatTrees _flat;

    internal ForestModel(RegressionTree[] trees, int outputCount, int columnCount, IReadOnlyList<string>? columnNames)
    {
        (_trees, OutputCount, ColumnCount, ColumnNames) = (trees, outputCount, columnCount, columnNames);
        _flat = new FlatTrees(trees, columnCount);
    }

    /// <inheritdoc/>
    public static string Kind => "forest";

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount { get; }

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    /// <summary>Values per row: one (a number, or the probability of class 1), or a probability per class.</summary>
    public int OutputCount { get; }

    /// <summary>The predicted number, or the probability of class 1.</summary>
    /// <exception cref="InvalidOperationException">The forest has several classes.</exception>
    public double Predict(ReadOnlySpan<float> row)
    {
        if (OutputCount > 1) throw new InvalidOperationException($"The forest has {OutputCount} classes; ask PredictMany for their probabilities.");
        if (row.Length != ColumnCount) throw new ArgumentException($"The forest was fitted on {ColumnCount} columns; this row has {row.Length}.", nameof(row));
        double sum = 0;
        foreach (var tree in _trees) sum += tree.Value[tree.LeafOf(row)];
        return sum / _trees.Length;
    }

    /// <summary>Predictions for many rows.</summary>
    /// <param name="rows">Rows × <see cref="ColumnCount"/>.</param>
    /// <param name="predictions">Room for rows × <see cref="OutputCount"/> values.</param>
    /// <param name="degree">Threads; the result does not depend on it.</param>
    public void PredictMany(Matrix rows, Span<float> predictions, int degree = 1)
    {
        rows.RequireColumns(ColumnCount);
        if (predictions.Length != rows.RowCount * OutputCount) throw new ArgumentException($"{rows.RowCount} rows need {rows.RowCount * OutputCount} results; got room for {predictions.Length}.", nameof(predictions));
        _flat.Score(rows, new double[OutputCount], predictions, degree);
        var share = (float)OutputCount / _trees.Length;
        foreach (ref var prediction in predictions) prediction *= share;
        for (var i = 0; i < rows.RowCount; i++) ScaleToOne(predictions.Slice(i * OutputCount, OutputCount));
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["outputs"] = OutputCount;
        part.Settings["column_count"] = ColumnCount;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
        StoredTrees.Store(part, _trees);
    }

    /// <inheritdoc/>
    public static ForestModel Restore(ModelPart part)
    {
        var (columns, outputs) = (part.Setting<int>("column_count"), part.Setting<int>("outputs"));
        var names = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        if (columns < 1 || outputs < 1 || (names is not null && names.Length != columns)) throw new InvalidDataException("A stored forest has another number of columns than of names, or no output.");
        var trees = StoredTrees.Restore(part, columns);
        return trees.Length > 0 && trees.Length % outputs == 0 ? new ForestModel(trees, outputs, columns, names) : throw new InvalidDataException($"A stored forest of {trees.Length} trees has {outputs} outputs.");
    }

    /// <summary>Shares of several classes, each against the rest, made to add up to 1.</summary>
    internal static void ScaleToOne(Span<float> shares)
    {
        if (shares.Length == 1) return;
        float sum = 0;
        foreach (var share in shares) sum += share;
        foreach (ref var share in shares) share = sum > 0 ? share / sum : 1f / shares.Length;
    }
}
