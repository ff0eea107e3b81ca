using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

public sealed class PopularityContract : RecommenderContract
{
    protected override bool IsPersonal => false;

    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => Popularity.Fit(interactions);
}

public sealed class HistoryCountsContract : RecommenderContract
{
    protected override bool FindsNewItems => false;

    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => new HistoryCounts(Popularity.Fit(interactions));
}

public sealed class ItemKnnContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => ItemKnn.Fit(interactions, new ItemKnnOptions { Degree = degree });
}

public sealed class NearestItemKnnContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) =>
        ItemKnn.Fit(interactions, new ItemKnnOptions { Degree = degree, NeighbourCount = 15, CountBoost = 0.5 });
}

public sealed class ImplicitAlsContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) =>
        ImplicitAls.Fit(interactions, new ImplicitAlsOptions { Dimension = 9, UnobservedWeight = 0.1, Degree = degree }, rng, TestContext.Current.CancellationToken);
}

public sealed class HybridContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => new Hybrid(
        new HybridPart(ItemKnn.Fit(interactions, new ItemKnnOptions { Degree = degree }), 0.5),
        new HybridPart(ImplicitAls.Fit(interactions, new ImplicitAlsOptions { Dimension = 16, Degree = degree }, rng, TestContext.Current.CancellationToken), 0.5));
}

public sealed class ReweightedContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) =>
        new Reweighted(ItemKnn.Fit(interactions, new ItemKnnOptions { Degree = degree }), [.. Enumerable.Range(0, interactions.ColumnCount).Select(item => 1 + item % 3 * 0.1f)]);
}
