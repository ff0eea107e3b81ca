using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Trees;

/// <summary>Cuts of columns, and the bins of values between them.</summary>
public sealed class BinningTests
{
    [Fact]
    public unsafe void A_bin_is_the_number_of_cuts_not_above_the_value()
    {
        var rng = new Rng(31);
        var fine = stackalloc float[256];
        var coarse = stackalloc float[16];
        foreach (var count in new[] { 0, 1, 15, 16, 17, 100, 254 })
        {
            var cuts = Samples.Normals(rng, count);
            Array.Sort(cuts);
            for (var c = 0; c < 256; c++) fine[c] = c < count ? cuts[c] : float.PositiveInfinity;
            for (var c = 0; c < 16; c++) coarse[c] = fine[16 * c + 15];
            foreach (var value in cuts.Concat(Samples.Normals(rng, 200, 2)).Concat([0, float.MaxValue, float.MinValue, float.Epsilon]))
            {
                var expected = cuts.Count(c => c <= value);
                Assert.Equal(expected, BinnedMatrix.CountNotAbove(value, coarse, fine));
                Assert.Equal(expected, BinnedMatrix.CountNotAboveScalar(value, fine));
            }
        }
    }

    [Fact]
    public void Cuts_are_exact_for_few_values_and_give_frequent_ones_a_bin_of_their_own()
    {
        var cuts = new QuantileCuts(9).Find([3, 1, float.NaN, 2, -0f, 0, 2, -5, 1], 255);
        Assert.Equal([-2.5f, 0.5f, 1.5f, 2.5f], cuts);
        var values = Enumerable.Range(0, 4000).Select(i => i % 2 == 0 ? 7f : i / 4000f + 10).ToArray();
        var many = new QuantileCuts(4000).Find(values, 64);
        Assert.InRange(many.Length, 60, 63);
        var counts = many.Append(float.PositiveInfinity).Select((c, k) => values.Count(v => v < c && (k == 0 || v >= many[k - 1]))).ToArray();
        Assert.Equal(2000, counts[0]);
        Assert.All(counts[1..], c => Assert.InRange(c, 28, 36));
    }
}
