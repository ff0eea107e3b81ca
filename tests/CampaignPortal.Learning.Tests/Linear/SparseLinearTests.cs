using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Linear;

public sealed class SparseLinearTests
{
    [Theory]
    [InlineData(SparseLoss.Logistic, 0.25)]
    [InlineData(SparseLoss.Logistic, 4)]
    [InlineData(SparseLoss.SquaredHinge, 0.25)]
    [InlineData(SparseLoss.SquaredHinge, 4)]
    public void The_gradient_of_penalty_and_losses_is_zero_at_the_solution(SparseLoss loss, double l2)
    {
        var (rows, labels, costs) = Problem(300, 40);
        var model = SparseLinear.Fit(rows, labels, costs, new SparseLinearOptions { Loss = loss, L2 = l2, Tolerance = 1e-7, MaxPasses = 5000 }, CancellationToken.None);

        Assert.True(model.Converged);
        var gradient = new double[rows.ColumnCount + 1];
        for (var column = 0; column < rows.ColumnCount; column++) gradient[column] = l2 * model.Weights[column];
        gradient[^1] = l2 * model.Intercept;
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows.Row(i);
            var sign = labels[i] == 1 ? 1 : -1;
            var margin = sign * model.Score(row);
            var slope = costs[i] * sign * (loss == SparseLoss.Logistic ? -1 / (1 + Math.Exp(margin)) : -2 * Math.Max(0, 1 - margin));
            for (var at = 0; at < row.Count; at++) gradient[row.Columns[at]] += slope * row.Values[at];
            gradient[^1] += slope;
        }
        Assert.All(gradient, slope => Assert.InRange(slope, -1e-4, 1e-4));
    }

    [Fact]
    public void Rows_without_weight_teach_nothing_and_one_class_is_refused()
    {
        var (rows, labels, costs) = Problem(60, 10);
        var options = new SparseLinearOptions { Tolerance = 1e-6 };
        var flipped = labels.ToArray();
        for (var i = 0; i < 20; i++) (costs[i], flipped[i]) = (0, 1 - flipped[i]);

        var model = SparseLinear.Fit(rows, labels, costs, options, CancellationToken.None);
        Assert.Equal(model.Weights.ToArray(), SparseLinear.Fit(rows, flipped, costs, options, CancellationToken.None).Weights.ToArray());
        Assert.Throws<ArgumentException>(() => SparseLinear.Fit(rows, new float[60], [], options, CancellationToken.None));
    }

    private static (Csr Rows, float[] Labels, float[] Costs) Problem(int rowCount, int columnCount)
    {
        var rng = new Rng(5);
        var (rows, columns, values) = (new List<int>(), new List<int>(), new List<float>());
        var (labels, costs) = (new float[rowCount], new float[rowCount]);
        for (var row = 0; row < rowCount; row++)
        {
            var score = 0.0;
            foreach (var column in Enumerable.Range(0, columnCount).Where(_ => rng.NextDouble() < 0.2))
            {
                rows.Add(row);
                columns.Add(column);
                values.Add((float)rng.NextNormal());
                score += values[^1] * (column % 5 - 2);
            }
            labels[row] = rng.NextDouble() < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
            costs[row] = 0.5f + rng.NextSingle();
        }
        return (Csr.FromTriplets(rowCount, columnCount, rows.ToArray(), columns.ToArray(), values.ToArray()), labels, costs);
    }
}
