using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.Segmentation;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>What the segments of the live clustering are called. Read from its one row; pages ask often and it changes with a promotion.</summary>
public sealed class SegmentNamesHandler(IDbContextFactory<PortalDbContext> databases)
{
    private volatile Known? _known;

    /// <summary>Names by number; empty while nothing was clustered.</summary>
    /// <param name="language">Two letters of the reader's language.</param>
    /// <param name="ct">Ends the read.</param>
    public async Task<IReadOnlyDictionary<int, string>> HandleAsync(string language, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var head = await db.ModelHeads.AsNoTracking().FirstOrDefaultAsync(h => h.Model == ModelNames.Segments, ct);
        if (head is null) return new Dictionary<int, string>();
        if (_known is not { } known || known.Version != head.Version)
        {
            var metrics = await db.ModelVersions.AsNoTracking().Where(v => v.Model == ModelNames.Segments && v.Version == head.Version).Select(v => v.Metrics).FirstOrDefaultAsync(ct);
            _known = known = new Known(head.Version, metrics is null ? [] : ModelReport.Parse(metrics).Segments);
        }
        var given = await GivenSegmentNames.ReadAsync(db, ct); // by colleagues, and stronger than the model's
        return known.Segments.ToDictionary(s => s.Number, s => given.GetValueOrDefault(s.Number) ?? s.NameIn(language));
    }

    private sealed record Known(int Version, IReadOnlyList<SegmentDescription> Segments);
}
