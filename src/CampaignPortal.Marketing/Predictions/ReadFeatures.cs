using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.FeatureStore;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>A live model that reads a feature.</summary>
/// <param name="Importance">Share of the effect of all features, where the model names it among its drivers.</param>
public sealed record FeatureUseRow(string Model, int Version, double? Importance);

/// <summary>A feature as the newest scoring found it.</summary>
/// <param name="Name">Stable name, the key of its words.</param>
/// <param name="Description">English words, where the reader's language has none of its own.</param>
/// <param name="Distribution">Empty lists when it is defined for nobody.</param>
public sealed record FeatureRow(string Name, FeatureUnit Unit, FeatureTheme Theme, string Description, FeatureDistribution Distribution, IReadOnlyList<FeatureUseRow> Uses)
{
    /// <summary>Median of this scoring less that of the one before, in the feature's unit; null at the first.</summary>
    public double? MedianChange { get; init; }

    public double MissingShare => Distribution.Count + Distribution.Missing is var all and > 0 ? (double)Distribution.Missing / all : 0;

    public double? Median => Distribution.Quantiles.Count > 0 ? Distribution.Quantiles[3] : null; // the level of one half
}

/// <param name="AsOf">Null before the first scoring.</param>
public sealed record FeatureCatalogue(IReadOnlyList<FeatureRow> Rows, DateTimeOffset? AsOf, DateTimeOffset? Before);

/// <summary>Reads the feature catalogue that the newest scoring wrote.</summary>
public sealed class ReadFeaturesHandler(IDbContextFactory<PortalDbContext> databases)
{
    public async Task<FeatureCatalogue> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var moments = await db.FeatureStatistics.AsNoTracking().Select(s => s.AsOf).Distinct().OrderByDescending(at => at).Take(2).ToListAsync(ct);
        if (moments.Count is 0) return new FeatureCatalogue([], null, null);
        var rows = await db.FeatureStatistics.AsNoTracking().Where(s => moments.Contains(s.AsOf)).OrderBy(s => s.Position).ToListAsync(ct);
        var before = rows.Where(r => r.AsOf != moments[0]).ToDictionary(r => r.Feature, r => DistributionOf(r), StringComparer.Ordinal);
        var uses = await UsesAsync(db, ct);
        return new FeatureCatalogue(
            [.. rows.Where(r => r.AsOf == moments[0]).Select(r => Row(r, uses[r.Feature]) is var row && before.TryGetValue(r.Feature, out var earlier) && earlier.Quantiles.Count > 0 ? row with { MedianChange = row.Median - earlier.Quantiles[3] } : row)],
            moments[0], moments.Count > 1 ? moments[1] : null);
    }

    private static async Task<ILookup<string, FeatureUseRow>> UsesAsync(PortalDbContext db, CancellationToken ct)
    {
        var uses = await db.FeatureUses.AsNoTracking().ToListAsync(ct);
        var models = uses.Select(u => u.Model).Distinct().ToArray();
        var versions = await db.ModelVersions.AsNoTracking().Where(v => models.Contains(v.Model)).ToListAsync(ct);
        var drivers = versions.Where(v => uses.Exists(u => u.Model == v.Model && u.Version == v.Version))
            .ToDictionary(v => v.Model, v => ModelReport.Parse(v.Metrics).Drivers.GroupBy(d => d.Feature, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Importance, StringComparer.Ordinal), StringComparer.Ordinal);
        return uses.OrderBy(u => u.Model, StringComparer.Ordinal).ToLookup(
            u => u.Feature,
            u => new FeatureUseRow(u.Model, u.Version, drivers.TryGetValue(u.Model, out var own) && own.TryGetValue(u.Feature, out var importance) ? importance : null),
            StringComparer.Ordinal);
    }

    private static FeatureRow Row(FeatureStatistic s, IEnumerable<FeatureUseRow> uses) => new(s.Feature, s.Unit, s.Theme, s.Description, DistributionOf(s), [.. uses]);

    private static FeatureDistribution DistributionOf(FeatureStatistic s) =>
        new(s.CustomerCount - s.MissingCount, s.MissingCount, s.Mean ?? 0, List<double>(s.Quantiles), List<double>(s.Bounds), List<long>(s.Counts));

    private static T[] List<T>(string? json) => json is null ? [] : JsonSerializer.Deserialize<T[]>(json) ?? [];
}
