using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

public sealed class PopularityContract : RecommenderContract
{
    protected override bool IsPersonal => false;

    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => Popularity.Fit(interactions);

    protected override IRecommender? SaveAndLoad(IRecommender model, string folder) => Stored.Again((Popularity)model, folder);
}

public sealed class HistoryCountsContract : RecommenderContract
{
    protected override bool FindsNewItems => false;

    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => new HistoryCounts(Popularity.Fit(interactions));

    protected override IRecommender? SaveAndLoad(IRecommender model, string folder) => Stored.Again((HistoryCounts)model, folder);
}

public sealed class ItemKnnContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => ItemKnn.Fit(interactions, new ItemKnnOptions { Degree = degree });
}

public sealed class NearestItemKnnContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) =>
        ItemKnn.Fit(interactions, new ItemKnnOptions { Degree = degree, NeighbourCount = 15, CountBoost = 0.5 });

    protected override IRecommender? SaveAndLoad(IRecommender model, string folder) => Stored.Again((ItemKnnModel)model, folder);
}

public sealed class ImplicitAlsContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) =>
        ImplicitAls.Fit(interactions, new ImplicitAlsOptions { Dimension = 9, UnobservedWeight = 0.1, Degree = degree }, rng, TestContext.Current.CancellationToken);

    protected override IRecommender? SaveAndLoad(IRecommender model, string folder) => Stored.Again((ImplicitAlsModel)model, folder);
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

public sealed class ContentContract : RecommenderContract
{
    // The lower half of the catalogue shares words that the upper half does not.
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => ContentModel.Fit(
        [.. Enumerable.Range(0, interactions.ColumnCount).Select(item => new ItemContent(item < interactions.ColumnCount / 2 ? $"red wool scarf {item % 5}" : $"steel kitchen knife {item % 5}"))],
        new ContentOptions());

    protected override IRecommender? SaveAndLoad(IRecommender model, string folder) => Stored.Again((ContentModel)model, folder);
}

public sealed class EaseContract : RecommenderContract
{
    protected override IRecommender Fit(Csr interactions, Rng rng, int degree) => Ease.Fit(interactions, regularization: 5, TestContext.Current.CancellationToken);

    protected override IRecommender? SaveAndLoad(IRecommender model, string folder) => Stored.Again((EaseModel)model, folder);
}

internal static class Stored
{
    public static T Again<T>(T model, string folder) where T : IStorable<T>
    {
        model.Save(folder);
        return ModelFolder.Load<T>(folder);
    }
}
