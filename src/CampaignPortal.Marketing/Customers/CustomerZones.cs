using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Customers;

/// <summary>Time zones of customers, as the shop states them in a trait: IANA names such as <c>Europe/Berlin</c>. A name that no zone has is none.</summary>
internal static class CustomerZones
{
    /// <summary>Traits that say it; a later one goes before an earlier one.</summary>
    private static readonly string[] Traits = ["time_zone", "timezone"];

    /// <summary>By customer; whoever has none is absent.</summary>
    public static Dictionary<long, TimeZoneInfo> Read(DbConnection connection)
    {
        var known = new Dictionary<string, TimeZoneInfo?>(StringComparer.Ordinal);
        var zones = new Dictionary<long, TimeZoneInfo>();
        using var command = connection.Prepare("select \"CustomerId\", \"Value\" from \"CustomerTraits\" where \"Name\" = @0", 1);
        foreach (var trait in Traits)
        {
            command.Set(0, trait);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var name = reader.GetString(1);
                if (!known.TryGetValue(name, out var zone)) known[name] = zone = Find(name);
                if (zone is not null) zones[reader.GetInt64(0)] = zone;
            }
        }
        return zones;
    }

    /// <summary>Of one customer; null where none is known.</summary>
    public static TimeZoneInfo? Of(IReadOnlyDictionary<string, string> traits) => Traits.Select(trait => traits.GetValueOrDefault(trait) is { } name ? Find(name) : null).LastOrDefault(zone => zone is not null);

    private static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
}
