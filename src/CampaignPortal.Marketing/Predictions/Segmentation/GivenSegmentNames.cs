using System.Globalization;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Predictions.Segmentation;

/// <summary>Names that people gave to segments, by the number that stays when a later fit finds the segment again.</summary>
internal static class GivenSegmentNames
{
    private const string Prefix = "segment.name.";

    public static string KeyOf(int number) => Prefix + number.ToString(CultureInfo.InvariantCulture);

    public static async Task<Dictionary<int, string>> ReadAsync(PortalDbContext db, CancellationToken ct)
    {
        var rows = await db.Settings.AsNoTracking().Where(s => s.Key.StartsWith(Prefix)).ToListAsync(ct);
        return rows.ToDictionary(s => int.Parse(s.Key.AsSpan(Prefix.Length), CultureInfo.InvariantCulture), s => s.Value);
    }
}
