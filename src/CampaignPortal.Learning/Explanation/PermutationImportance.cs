using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Explanation;

/// <summary>Scores rows: one number each, into the span.</summary>
/// <param name="rows">Rows of the columns that the scorer knows.</param>
/// <param name="scores">Room for one score per row.</param>
public delegate void RowScorer(Matrix rows, Span<float> scores);

/// <summary>How much worse a scorer becomes without one column.</summary>
/// <param name="Column">Number of the column.</param>
/// <param name="Name">Its name.</param>
/// <param name="Drop">Mean fall of the metric over the repetitions.</param>
/// <param name="Deviation">Standard deviation of the fall over the repetitions; null with a single one.</param>
public sealed record ColumnDrop(int Column, string Name, double Drop, double? Deviation);

/// <summary>Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): the values of a column are exchanged between rows, and the fall of a metric is what the column was worth.</summary>
/// <remarks>Of two columns that say the same, each may seem worthless: the other one stands in.</remarks>
public static class PermutationImportance
{
    /// <summary>Measures every column on rows that the scorer was not trained on.</summary>
    /// <param name="rows">The rows; they are left as they were.</param>
    /// <param name="scorer">The scorer.</param>
    /// <param name="metric">A figure of the scores, more is better, such as the AUC against the rows' labels.</param>
    /// <param name="repetitions">Permutations per column.</param>
    /// <param name="rng">Source of the permutations; every column and repetition has its own fork.</param>
    /// <param name="ct">Looked at between columns.</param>
    /// <returns>One entry per column, in their order.</returns>
    public static IReadOnlyList<ColumnDrop> Of(Matrix rows, RowScorer scorer, Func<float[], double> metric, int repetitions, Rng rng, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repetitions);
        var mixed = rows.SelectRows(Enumerable.Range(0, rows.RowCount).ToArray());
        var scores = new float[rows.RowCount];
        double Measure()
        {
            scorer(mixed, scores);
            return metric(scores);
        }

        var whole = Measure();
        var result = new ColumnDrop[rows.ColumnCount];
        for (var j = 0; j < result.Length; j++)
        {
            ct.ThrowIfCancellationRequested();
            var drops = new double[repetitions];
            for (var r = 0; r < repetitions; r++)
            {
                var values = rows.Column(j);
                rng.Fork((long)j * repetitions + r).Shuffle(values.AsSpan());
                SetColumn(mixed, j, values);
                drops[r] = whole - Measure();
            }
            SetColumn(mixed, j, rows.Column(j));
            var mean = drops.Average();
            result[j] = new ColumnDrop(j, rows.ColumnName(j), mean, repetitions > 1 ? Math.Sqrt(drops.Sum(d => (d - mean) * (d - mean)) / (repetitions - 1)) : null);
        }
        return result;
    }

    internal static void SetColumn(Matrix rows, int column, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++) rows[i, column] = values[i];
    }
}
