using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Insights;

/// <param name="Version">A, B, C, …; null where the entry names none.</param>
public sealed record NamedCampaign(long Id, string Name, string? Version);

/// <summary>Puts the names of campaigns beside the entries of a timeline. Numbers that are not of this portal stay as they are.</summary>
internal static class CampaignNames
{
    public static IReadOnlyList<TimelineEntry> Add(DbConnection connection, IReadOnlyList<TimelineEntry> entries)
    {
        var ids = entries.Select(e => Number(e.CampaignId)).OfType<long>().Distinct().ToArray();
        if (ids.Length is 0) return entries;
        var known = Read(connection, ids);
        return [.. entries.Select(e => Number(e.CampaignId) is { } id && known.TryGetValue((id, 0), out var campaign)
            ? e with { Campaign = Number(e.VariantId) is { } variant && known.TryGetValue((id, variant), out var version) ? version : campaign }
            : e)];
    }

    // Under the variant 0 without a version.
    private static Dictionary<(long Campaign, long Variant), NamedCampaign> Read(DbConnection connection, long[] ids)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select c."Id", c."Name", v."Id", v."Position" from "Campaigns" c join "CampaignVariants" v on v."CampaignId" = c."Id"
            where c."Id" in ({string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))})
            """;
        using var reader = command.ExecuteReader();
        var known = new Dictionary<(long, long), NamedCampaign>();
        while (reader.Read())
        {
            var (id, name) = (reader.GetInt64(0), reader.GetString(1));
            known[(id, 0)] = new NamedCampaign(id, name, null);
            known[(id, reader.GetInt64(2))] = new NamedCampaign(id, name, CampaignVariant.Letter(reader.GetInt32(3)));
        }
        return known;
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
