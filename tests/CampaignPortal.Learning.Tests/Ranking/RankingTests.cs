using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

public sealed class RankingTests
{
    [Fact]
    public void Quality_is_what_a_hand_count_gives_on_both_protocols()
    {
        // Popularity puts the items in order 0, 1, 2, 3. User 0 had item 0 and takes 0 and 2; user 1 had nothing and takes 3; user 2 takes nothing.
        var popularity = new Popularity([4, 3, 2, 1], userCount: 4);
        var histories = Csr.FromTriplets(3, 4, [0], [0], [1f]);
        var truth = Csr.FromTriplets(3, 4, [0, 0, 1], [0, 2, 3], [1f, 1f, 1f]);

        var all = RankingEvaluation.Judge(popularity, histories, truth, popularity, new ListOptions { Count = 2 }, TestContext.Current.CancellationToken);
        var fresh = RankingEvaluation.Judge(popularity, histories, truth, popularity, new ListOptions { Count = 2, Candidates = Candidates.NewToUser }, TestContext.Current.CancellationToken);

        // all: user 0 gets 0, 1 (hit at rank 1 of 2 relevant), user 1 gets 0, 1 (no hit)
        var second = 1 / Math.Log2(3);
        Assert.Equal(2, all.UserCount);
        Assert.Equal(0.5, all.HitRate);
        Assert.Equal(0.25, all.Precision);
        Assert.Equal(0.25, all.Recall);
        Assert.Equal(1 / (1 + second) / 2, all.Ndcg, 1e-12);
        Assert.Equal(0.5, all.Coverage);
        Assert.Equal((0 - Math.Log2(0.75)) / 2, all.Novelty, 1e-12);
        // new: user 0 gets 1, 2 (hit at rank 2 of 1 relevant), user 1 gets 0, 1
        Assert.Equal(0.5, fresh.HitRate);
        Assert.Equal(0.5, fresh.Recall);
        Assert.Equal(second / 2, fresh.Ndcg, 1e-12);
        Assert.Equal(0.75, fresh.Coverage);
    }

    [Fact]
    public void History_candidates_stay_inside_the_history()
    {
        var list = Recommend.For(new Popularity([4, 3, 2, 1], 4), new SparseRow([1, 3], [1f, 1f]), new ListOptions { Candidates = Candidates.FromHistory });

        Assert.Equal([1, 3], list.Select(scored => scored.Item));
    }

    [Fact]
    public void Own_counts_come_before_popularity_and_ties_go_to_the_popular()
    {
        var list = Recommend.For(new HistoryCounts(new Popularity([9, 3, 2, 8], 10)), new SparseRow([1, 2, 3], [1f, 2f, 1f]), new ListOptions());

        Assert.Equal([2, 3, 1, 0], list.Select(scored => scored.Item));
    }

    [Fact]
    public void Alpha_goes_to_the_model_that_is_right()
    {
        var interactions = Interactions.TwoGroups(80, 40, new Rng(6));
        var good = ItemKnn.Fit(interactions, new ItemKnnOptions(), TestContext.Current.CancellationToken);
        var bad = new Popularity([.. Enumerable.Range(0, 40).Select(item => item % 7f)], 80);
        var histories = interactions.Map(v => v);
        var truth = Csr.FromTriplets(80, 40, [.. Enumerable.Range(0, 80)], [.. Enumerable.Range(0, 80).Select(user => user % 2 == 0 ? user % 20 : 20 + user % 20)], [.. Enumerable.Repeat(1f, 80)]);
        var options = new ListOptions { Count = 5, Candidates = Candidates.NewToUser };

        var toGood = Hybrid.ChooseAlpha(bad, good, histories, truth, options, cancellationToken: TestContext.Current.CancellationToken);
        var fromGood = Hybrid.ChooseAlpha(good, bad, histories, truth, options, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(toGood.Alpha > 0.5, $"{toGood}");
        Assert.True(fromGood.Alpha < 0.5, $"{fromGood}");
        Assert.Equal(toGood.Ndcg, RankingEvaluation.Judge(new Hybrid(new HybridPart(bad, 1 - toGood.Alpha), new HybridPart(good, toGood.Alpha)), histories, truth, bad, options, TestContext.Current.CancellationToken).Ndcg, 1e-9);
    }

    [Fact]
    public void Marginal_relevance_keeps_the_order_at_one_and_avoids_twins_below()
    {
        ScoredItem[] candidates = [new(0, 1f), new(1, 0.95f), new(2, 0.6f)];
        static float Twins(int a, int b) => Math.Max(a, b) <= 1 ? 1 : 0; // items 0 and 1 are the same thing

        Assert.Equal([0, 1], Diversity.MaximalMarginalRelevance(candidates, 2, 1, Twins).Select(c => c.Item));
        Assert.Equal([0, 2], Diversity.MaximalMarginalRelevance(candidates, 2, 0.5, Twins).Select(c => c.Item));
        Assert.Equal(3, Diversity.MaximalMarginalRelevance(candidates, 5, 0.5, Twins).Length);
        Assert.Equal(2 / 3.0, Diversity.IntraList([0, 1, 2], Twins), 1e-12);
        Assert.Empty(Diversity.MaximalMarginalRelevance([], 5, 0.5, Twins));
    }

    [Fact]
    public void Trend_weights_follow_their_formula()
    {
        var weights = ItemTrend.Weights([0, 0, 1], [0f, 30f, 60f], new Popularity([4, 11, 0], 20), new ItemTrendOptions { DecayAge = 30 });

        double[] expected = [Math.Sqrt((2 + Math.Exp(-1)) / 9), Math.Sqrt((1 + Math.Exp(-2)) / 16), Math.Sqrt(1 / 5.0)];
        for (var item = 0; item < 3; item++) Assert.Equal(expected[item] / expected.Max(), weights[item], 1e-6);
        Assert.Throws<ArgumentException>(() => ItemTrend.Weights([0], [-1f], new Popularity([1], 1), new ItemTrendOptions()));
        Assert.Throws<ArgumentException>(() => new Reweighted(new Popularity([1], 1), [0f]));
    }
}
