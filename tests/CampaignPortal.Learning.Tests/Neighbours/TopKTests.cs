using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Neighbours;

public sealed class TopKTests
{
    [Fact]
    public void The_vector_search_finds_what_sorting_finds_ties_and_odd_values_included()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var rng = new Rng(seed);
            var scores = new float[rng.NextInt(200)];
            for (var i = 0; i < scores.Length; i++) scores[i] = rng.NextInt(20) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => float.PositiveInfinity, 3 => -0f, var v => v - 10 };
            var mask = seed % 3 == 0 ? null : new ItemMask(scores.Length);
            for (var i = 0; i < scores.Length; i++)
            {
                if (mask is not null && rng.NextDouble() < 0.3) mask.Exclude(i);
            }
            var k = rng.NextInt(30);
            var (items, best) = (new int[k], new float[k]);
            var (expectedItems, expectedBest) = (new int[k], new float[k]);

            var count = TopK.Select(scores, mask, items, best);
            var expected = TopK.SelectScalar(scores, mask, expectedItems, expectedBest);

            Assert.Equal(expected, count);
            Assert.Equal(expectedItems[..count], items[..count]);
            Assert.Equal(expectedBest[..count], best[..count]);
        }
    }

    [Fact]
    public void A_mask_counts_includes_excludes_and_keeps()
    {
        var mask = new ItemMask(70);
        Assert.Equal(70, mask.Count);
        mask.Exclude([0, 64, 69]);
        Assert.Equal(67, mask.Count);
        mask.KeepOnly([0, 1, 65]);
        Assert.Equal([1, 65], Enumerable.Range(0, 70).Where(item => mask[item]));
        mask.Include(69);
        Assert.True(mask[69]);
        mask.CopyFrom(null);
        Assert.Equal(70, mask.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => mask.Include(70));
        Assert.Throws<ArgumentException>(() => mask.CopyFrom(new ItemMask(3)));
    }
}
