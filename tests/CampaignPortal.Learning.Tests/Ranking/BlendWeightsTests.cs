using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

public sealed class BlendWeightsTests
{
    // Part 0 and 1 each see half of what makes the first row relevant, part 2 sees nothing.
    private static BlendLists Planted(int listCount, int rowCount, Rng rng)
    {
        var scores = new float[listCount * rowCount * 3];
        for (var row = 0; row < listCount * rowCount; row++)
        {
            var relevant = row % rowCount == 0 ? 1.5f : 0;
            for (var part = 0; part < 3; part++) scores[3 * row + part] = (float)rng.NextNormal() + (part < 2 ? relevant : 0);
        }
        return new BlendLists(scores, 3, rowCount);
    }

    [Fact]
    public void Equal_witnesses_get_equal_weights_and_noise_gets_none()
    {
        var choice = BlendWeights.Choose(Planted(3000, 60, new Rng(3)), degree: 1, ct: TestContext.Current.CancellationToken);

        Assert.InRange(choice.Weights[0], 0.65f, 1f);
        Assert.InRange(choice.Weights[1], 0.65f, 1f);
        Assert.InRange(choice.Weights[2], 0, 0.15f);
    }

    [Fact]
    public void The_blend_is_never_below_its_best_part_and_the_same_for_every_degree()
    {
        var lists = Planted(200, 40, new Rng(4));
        var choice = BlendWeights.Choose(lists, degree: 1, ct: TestContext.Current.CancellationToken);

        for (var part = 0; part < 3; part++)
        {
            var alone = new BlendLists([.. lists.Scores.Where((_, at) => at % 3 == part)], 1, 40);
            Assert.True(choice.Ndcg >= BlendWeights.Choose(alone, ct: TestContext.Current.CancellationToken).Ndcg);
        }
        foreach (var degree in new[] { 2, 3 }) Assert.Equal(choice.Weights, BlendWeights.Choose(lists, degree: degree, ct: TestContext.Current.CancellationToken).Weights);
    }

    [Fact]
    public void Scores_that_are_no_whole_lists_are_refused() =>
        Assert.Throws<ArgumentException>(() => BlendWeights.Choose(new BlendLists(new float[7], 3, 2), ct: TestContext.Current.CancellationToken));
}
