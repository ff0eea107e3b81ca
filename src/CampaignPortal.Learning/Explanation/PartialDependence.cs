using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Explanation;

/// <summary>How scores move with one column.</summary>
/// <param name="Grid">Values that the column was set to, ascending.</param>
/// <param name="Mean">Mean score of all rows per grid value (partial dependence, Friedman 2001).</param>
/// <param name="Rows">Rows × grid: the curve of every row (individual conditional expectation, Goldstein et al. 2015).</param>
public sealed record DependenceCurve(IReadOnlyList<float> Grid, IReadOnlyList<double> Mean, Matrix Rows);

/// <summary>What a scorer says when one column is set to the same value in all rows.</summary>
/// <remarks>Columns that go together are pulled apart: combinations that never occur are scored too.</remarks>
public static class PartialDependence
{
    /// <summary>The curve of a column over its own quantiles.</summary>
    /// <param name="rows">Rows that stand for those to explain; they are left as they were.</param>
    /// <param name="scorer">The scorer.</param>
    /// <param name="column">Number of the column.</param>
    /// <param name="gridCount">Most grid values; distinct values where there are fewer.</param>
    /// <exception cref="ArgumentException">The column holds no value.</exception>
    public static DependenceCurve Of(Matrix rows, RowScorer scorer, int column, int gridCount = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(gridCount, 2);
        var grid = Grid(rows, column, gridCount);
        var set = rows.SelectRows(Enumerable.Range(0, rows.RowCount).ToArray());
        var curves = new Matrix(rows.RowCount, grid.Length);
        var means = new double[grid.Length];
        var (scores, values) = (new float[rows.RowCount], new float[rows.RowCount]);
        for (var g = 0; g < grid.Length; g++)
        {
            Array.Fill(values, grid[g]);
            PermutationImportance.SetColumn(set, column, values);
            scorer(set, scores);
            PermutationImportance.SetColumn(curves, g, scores);
            means[g] = scores.Average(s => (double)s);
        }
        return new DependenceCurve(grid, means, curves);
    }

    private static float[] Grid(Matrix rows, int column, int count)
    {
        var present = Array.FindAll(rows.Column(column), v => !float.IsNaN(v));
        if (present.Length == 0) throw new ArgumentException($"Column '{rows.ColumnName(column)}' holds no value.", nameof(column));
        Array.Sort(present);
        var distinct = present.Distinct().ToArray();
        return distinct.Length <= count ? distinct : Enumerable.Range(0, count).Select(g => present[(int)((long)g * (present.Length - 1) / (count - 1))]).Distinct().ToArray();
    }
}
