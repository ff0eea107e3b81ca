using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Kernels;

public sealed class WeightedRowsTests
{
    [Fact]
    public void Blocks_of_rows_agree_with_plain_loops_on_all_remainders()
    {
        var rng = new Rng(1);
        foreach (var columns in new[] { 1, 7, 8, 15, 16, 17, 32, 33 })
        {
            const int Rows = 21;
            var (x, w, shift, scale) = (Samples.Normals(rng, Rows * columns), Array.ConvertAll(Samples.Normals(rng, Rows), MathF.Abs), Samples.Normals(rng, columns), Samples.Normals(rng, columns));
            var (slopes, residuals) = (Samples.Normals(rng, columns), Samples.Normals(rng, Rows));
            var (sums, squares, block, z) = (new float[columns], new float[columns], new float[x.Length], new float[Rows]);
            WeightedRows.ColumnSums(x, w, shift, sums, squares);
            WeightedRows.StandardizeAndPredict(x, shift, scale, slopes, 0.5f, block, z);
            var (gradient, cross, rooted) = (new float[columns], new float[columns], x.ToArray());
            WeightedRows.GradientsAndRoots(rooted, residuals, w, gradient, cross);
            for (var j = 0; j < columns; j++)
            {
                double Sum(Func<int, double, double> term) => Enumerable.Range(0, Rows).Sum(i => term(i, x[i * columns + j]));
                Assert.Equal(Sum((i, v) => w[i] * (v - shift[j])), sums[j], 1e-4);
                Assert.Equal(Sum((i, v) => w[i] * (v - shift[j]) * (v - shift[j])), squares[j], 1e-4);
                Assert.Equal(Sum((i, v) => residuals[i] * v), gradient[j], 1e-4);
                Assert.Equal(Sum((i, v) => w[i] * v), cross[j], 1e-4);
            }
            for (var i = 0; i < x.Length; i++)
            {
                Assert.Equal((x[i] - shift[i % columns]) * scale[i % columns], block[i], 1e-5f);
                Assert.Equal(x[i] * MathF.Sqrt(w[i / columns]), rooted[i], 1e-5f);
            }
            for (var i = 0; i < Rows; i++) Assert.Equal(0.5 + Enumerable.Range(0, columns).Sum(j => (double)block[i * columns + j] * slopes[j]), z[i], 1e-4);
        }
    }
}
