using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Data;

public sealed class CsrTests
{
    [Fact]
    public void Triplets_in_any_order_are_sorted_and_values_of_one_cell_added()
    {
        var matrix = Csr.FromTriplets(3, 4, [2, 0, 2, 0, 2], [3, 1, 0, 1, 3], [1f, 2f, 3f, 4f, 5f]);

        Assert.Equal(3, matrix.Count);
        Assert.Equal([1], matrix.Row(0).Columns.ToArray());
        Assert.Equal([6f], matrix.Row(0).Values.ToArray());
        Assert.Equal(0, matrix.Row(1).Count);
        Assert.Equal([0, 3], matrix.Row(2).Columns.ToArray());
        Assert.Equal([3f, 6f], matrix.Row(2).Values.ToArray());
    }

    [Fact]
    public void A_matrix_transposed_twice_is_itself()
    {
        var rng = new Rng(3);
        var cells = Enumerable.Range(0, 500).Select(_ => (Row: rng.NextInt(40), Column: rng.NextInt(23), Value: rng.NextSingle())).ToArray();
        var matrix = Csr.FromTriplets(40, 23, [.. cells.Select(c => c.Row)], [.. cells.Select(c => c.Column)], [.. cells.Select(c => c.Value)]);
        var transposed = matrix.Transpose();

        var sums = cells.GroupBy(c => (c.Row, c.Column)).ToDictionary(g => g.Key, g => g.Aggregate(0f, (sum, c) => sum + c.Value));
        for (var column = 0; column < 23; column++)
        {
            var row = transposed.Row(column);
            for (var at = 0; at < row.Count; at++) Assert.Equal(sums[(row.Columns[at], column)], row.Values[at]);
        }
        Assert.Equal(sums.Count, transposed.Count);
        Assert.Equal(matrix.Columns.ToArray(), transposed.Transpose().Columns.ToArray());
        Assert.Equal(matrix.Values.ToArray(), transposed.Transpose().Values.ToArray());
    }

    [Fact]
    public void Rows_can_be_picked_in_any_order()
    {
        var matrix = Csr.FromTriplets(3, 2, [0, 1, 2], [0, 1, 0], [1f, 2f, 3f]).SelectRows([2, 0, 2]);

        Assert.Equal(3, matrix.RowCount);
        Assert.Equal([3f, 1f, 3f], matrix.Values.ToArray());
    }

    [Fact]
    public void Bad_input_is_refused_with_the_place()
    {
        Assert.Contains("(3, 0)", Assert.Throws<ArgumentException>(() => Csr.FromTriplets(3, 2, [3], [0], [1f])).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Csr.FromTriplets(3, 2, [1], [0], [float.NaN])).Message);
        Assert.Throws<ArgumentException>(() => Csr.FromTriplets(3, 2, [1], [0], []));
        Assert.Throws<ArgumentException>(() => Csr.FromParts(2, [0, 2], [1, 0], [1f, 1f]));
        Assert.Throws<ArgumentException>(() => new SparseRow([1], []));
    }
}
