using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.Segmentation;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>A segment as a card shows it.</summary>
/// <param name="Name">Given by a person, or put together from what sets it apart.</param>
/// <param name="Share">Of all customers in a segment.</param>
/// <param name="Traits">What sets it apart most.</param>
public sealed record SegmentCard(int Number, string Name, bool IsRenamed, long CustomerCount, double Share, IReadOnlyList<SegmentTrait> Traits);

/// <param name="K">Number of segments.</param>
public sealed record SilhouettePoint(int K, double Silhouette, bool Won);

/// <param name="Stability">Mean adjusted Rand index against fits on four fifths of the customers.</param>
/// <param name="Moves">How customers moved since <see cref="MovesSince"/>.</param>
public sealed record SegmentOverview(
    IReadOnlyList<SegmentCard> Segments, double? Silhouette, double? Stability, IReadOnlyList<SilhouettePoint> Candidates, IReadOnlyList<SegmentMove> Moves, DateTimeOffset? MovesSince,
    int Version, DateTimeOffset AsOf);

/// <summary>The live clustering in words and figures, and how customers moved between its segments.</summary>
public sealed class ReadSegmentsHandler(IDbContextFactory<PortalDbContext> databases)
{
    private const int TraitCount = 3;

    /// <summary>Null until segments were trained.</summary>
    /// <param name="language">Two letters of the reader's language.</param>
    /// <param name="ct">Ends the read.</param>
    public async Task<SegmentOverview?> HandleAsync(string language, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var live = await db.ModelHeads.AsNoTracking().Where(h => h.Model == ModelNames.Segments)
            .Join(db.ModelVersions, h => new { h.Model, h.Version }, v => new { v.Model, v.Version }, (_, v) => v).FirstOrDefaultAsync(ct);
        if (live is null) return null;
        var report = ModelReport.Parse(live.Metrics);
        var given = await GivenSegmentNames.ReadAsync(db, ct);
        var total = Math.Max(1, report.Segments.Sum(s => s.CustomerCount));
        double? Metric(string name) => report.Metrics.FirstOrDefault(m => m.Name == name)?.Value;
        return new SegmentOverview(
            [.. report.Segments.OrderBy(s => s.Number).Select(s => new SegmentCard(
                s.Number, given.GetValueOrDefault(s.Number) ?? s.NameIn(language), given.ContainsKey(s.Number), s.CustomerCount, s.CustomerCount / (double)total, [.. s.Traits.Take(TraitCount)]))],
            Metric("silhouette"), Metric("stability"),
            [.. report.Candidates.Select(c => new SilhouettePoint(int.TryParse(c.Kind.AsSpan(4), CultureInfo.InvariantCulture, out var k) ? k : 0, c.Metric, c.Won)).Where(c => c.K > 0)],
            report.SegmentMoves, report.MovesSince, live.Version, live.AsOf);
    }
}
