using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Learning.Tests.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Neighbours;

public sealed class ItemKnnTests
{
    [Fact]
    public void Similarities_are_the_shrunk_cosine_counted_by_hand()
    {
        // Items 0 and 1 share two users, 0 and 2 one; item 0 has three users, 1 two, 2 one.
        var matrix = Csr.FromTriplets(3, 3, [0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 2], [1f, 1f, 7f, 1f, 1f, 1f]);
        var model = ItemKnn.Fit(matrix, new ItemKnnOptions { Shrink = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2], model.Similarity.Row(0).Columns.ToArray());
        Assert.Equal(2 / Math.Sqrt(5 * 4), model.Similarity.Row(0).Values[0], 1e-6);
        Assert.Equal(1 / Math.Sqrt(5 * 3), model.Similarity.Row(0).Values[1], 1e-6);
        Assert.Equal([0], model.Similarity.Row(1).Columns.ToArray());
    }

    [Fact]
    public void Few_neighbours_are_the_best_of_all_neighbours()
    {
        var matrix = Interactions.Random(60, 40, 0.2, new Rng(4));
        var all = ItemKnn.Fit(matrix, new ItemKnnOptions(), TestContext.Current.CancellationToken);
        var few = ItemKnn.Fit(matrix, new ItemKnnOptions { NeighbourCount = 5 }, TestContext.Current.CancellationToken);

        for (var item = 0; item < 40; item++)
        {
            Assert.Equal(all.NeighboursOf(item, 5), few.NeighboursOf(item, 5));
            Assert.True(few.Similarity.CountOf(item) <= 5);
        }
    }

    [Fact]
    public void Reasons_name_the_history_items_that_speak_for_a_suggestion()
    {
        var matrix = Csr.FromTriplets(4, 4, [0, 0, 1, 1, 2, 2, 3], [0, 1, 0, 1, 2, 1, 3], [1f, 1f, 1f, 1f, 1f, 1f, 1f]);
        var model = ItemKnn.Fit(matrix, new ItemKnnOptions(), TestContext.Current.CancellationToken);

        var reasons = Recommend.Reasons(model, new SparseRow([0, 2, 3], [1f, 1f, 1f]), item: 1, count: 3);

        Assert.Equal([0, 2], reasons.Select(reason => reason.Item)); // two users together with 0, one with 2, none with 3
    }

    [Fact]
    public void Transitions_count_pairs_by_the_inverse_of_their_distance()
    {
        var model = ItemTransitions.Fit([[0, 1, 2], [0, 2]], itemCount: 3, new ItemTransitionOptions { LongestGap = 2, Shrink = 1 });
        var scores = new float[3];

        model.Score(new SparseRow([0], [1f]), scores);

        // 0 → 2 at distance 2 and at distance 1, divided by √(2 users + 1); 0 → 1 once, divided by √(1 + 1)
        Assert.Equal([0, 1 / Math.Sqrt(2), 1.5 / Math.Sqrt(3)], scores.Select(score => (double)score), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Values_can_be_the_weights_of_the_history()
    {
        var matrix = Interactions.Random(60, 20, 0.3, new Rng(4));
        var plain = ItemKnn.Fit(matrix, new ItemKnnOptions(), TestContext.Current.CancellationToken);
        var weighted = ItemKnn.Fit(matrix, new ItemKnnOptions { ValuesAreWeights = true }, TestContext.Current.CancellationToken);
        var (expected, got) = (new float[20], new float[20]);

        plain.Score(new SparseRow([3], [1f]), expected);
        weighted.Score(new SparseRow([3], [0.5f]), got);

        for (var item = 0; item < 20; item++) Assert.Equal(0.5f * expected[item], got[item], 1e-6f);
    }
}
