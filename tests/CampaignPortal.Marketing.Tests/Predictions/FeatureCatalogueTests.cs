using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

public sealed class FeatureCatalogueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scoring_writes_every_feature_once_and_the_page_reads_the_same_figures_as_the_table()
    {
        await using var store = await TestStore.OpenAsync(now: SmallShop.Start.AddDays(200));
        await store.Log.AppendAsync(new EventBatch("shop", SmallShop.Events(new Rng(5), customers: 120, days: 180)), Ct);
        Assert.Null((await store.Get<ReadFeaturesHandler>().HandleAsync(Ct)).AsOf);

        await store.Get<ScoreCustomersHandler>().HandleAsync(null, 1, Ct); // no model is live: the features are there all the same
        await store.Get<ScoreCustomersHandler>().HandleAsync(null, 1, Ct);

        var catalogue = await store.Get<ReadFeaturesHandler>().HandleAsync(Ct);
        var table = await store.Get<EventTableReader>().ReadAsync(Ct);
        var features = FeatureTable.Build(table, FeatureSchema.Choose(table, table.AsOf), [table.AsOf], ct: Ct);
        Assert.Equal(features.Schema.Features.Select(f => f.Name), catalogue.Rows.Select(r => r.Name));
        var recency = catalogue.Rows.Single(r => r.Name == "recency_days");
        var values = Enumerable.Range(0, features.RowCount).Select(row => (double)features.Row(row)[features.Schema.IndexOf("recency_days")]).Order().ToArray();
        Assert.Equal(values.Length, recency.Distribution.Count);
        Assert.Equal(values.Length, recency.Distribution.Counts.Sum());
        Assert.Equal((values[0], values[^1]), (recency.Distribution.Quantiles[0], recency.Distribution.Quantiles[^1]));
        Assert.Equal(values.Average(), recency.Distribution.Mean, tolerance: 1e-9);
        Assert.Equal((values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2, recency.Median!.Value, tolerance: 1e-9);
        Assert.Empty(recency.Uses);
    }
}
