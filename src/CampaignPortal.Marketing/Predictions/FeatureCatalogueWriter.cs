using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Writes, at each scoring, how every feature lies over all buyers and which live models read it: the feature catalogue's page computes nothing.</summary>
public sealed class FeatureCatalogueWriter(PortalDatabase database, TimeProvider clock)
{
    /// <summary>Scorings whose rows are kept.</summary>
    private const int KeptCount = 30;

    public async Task WriteAsync(EventTable table, IReadOnlyList<(IPrediction Prediction, LiveModel Model)> live, int degree, CancellationToken ct)
    {
        var schema = FeatureSchema.Choose(table, table.AsOf);
        if (schema.Features.Count is 0) return;
        var features = FeatureTable.Build(table, schema, [table.AsOf], degree: Math.Max(1, degree), ct: ct);
        var distributions = new FeatureDistribution[schema.Features.Count];
        Parallel.For(0, distributions.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, degree), CancellationToken = ct, TaskScheduler = TaskScheduler.Current }, column => distributions[column] = FeatureDistribution.Of(features, 0, column));
        var uses = live.SelectMany(l => l.Prediction.FeaturesOf(l.Model.Folder).Select(feature => (Feature: feature, l.Model.Model, l.Model.Version))).ToArray();
        await database.WriteAsync(
            transaction =>
            {
                SaveStatistics(transaction, schema, distributions, table.AsOf);
                SaveUses(transaction, uses);
            },
            ct);
    }

    private void SaveStatistics(DbTransaction transaction, FeatureSchema schema, FeatureDistribution[] distributions, DateTimeOffset asOf)
    {
        transaction.Execute("delete from \"FeatureStatistics\" where \"AsOf\" = @0", Stored.Ticks(asOf));
        using var save = transaction.Prepare(
            "insert into \"FeatureStatistics\" (\"AsOf\", \"Feature\", \"ComputedAt\", \"Position\", \"Unit\", \"Theme\", \"Description\", \"CustomerCount\", \"MissingCount\", \"Mean\", \"Quantiles\", \"Bounds\", \"Counts\") "
            + "values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12)",
            13);
        for (var i = 0; i < distributions.Length; i++)
        {
            var (feature, d) = (schema.Features[i], distributions[i]);
            save.Run(
                Stored.Ticks(asOf), feature.Name, Stored.Ticks(clock.GetUtcNow()), i, feature.Unit.ToString(), feature.Theme.ToString(), feature.Description, d.Count + d.Missing, d.Missing,
                d.Count is 0 ? null : d.Mean, Json(d.Quantiles), Json(d.Bounds), Json(d.Counts));
        }
        transaction.Execute(
            "delete from \"FeatureStatistics\" where \"AsOf\" not in (select \"AsOf\" from (select distinct \"AsOf\" from \"FeatureStatistics\" order by \"AsOf\" desc limit @0) as kept)", KeptCount);
    }

    private static void SaveUses(DbTransaction transaction, (string Feature, string Model, int Version)[] uses)
    {
        transaction.Execute("delete from \"FeatureUses\"");
        using var save = transaction.Prepare("insert into \"FeatureUses\" (\"Feature\", \"Model\", \"Version\") values (@0, @1, @2)", 3);
        foreach (var (feature, model, version) in uses) save.Run(feature, model, version);
    }

    private static string? Json<T>(IReadOnlyList<T> list) => list.Count is 0 ? null : JsonSerializer.Serialize(list);
}
