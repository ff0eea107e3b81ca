using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Names everything that a training or a scoring depends on, without reading the log: equal names, equal results.</summary>
public sealed class ModelInputs(PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    /// <summary>Newest event, the shop's day, erased customers, items, and the program that would compute.</summary>
    public string Read()
    {
        var zone = shop.Read().Zone;
        using var connection = database.OpenReader();
        using var snapshot = database.BeginSnapshot(connection);
        var day = TimeZoneInfo.ConvertTime(EventTableReader.AsOf(connection, zone, clock.GetUtcNow()), zone);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"event {Number("select max(\"Sequence\") from \"Events\"")}, day {day:yyyy-MM-dd}, erased {Number("select count(*) from \"Customers\" where \"ErasedAt\" is not null")}, items {Number("select count(*) from \"Items\"")}, program {typeof(ModelInputs).Assembly.ManifestModule.ModuleVersionId:N}");

        long Number(string sql)
        {
            using var command = connection.Prepare(sql, 0);
            return command.RunScalar() ?? 0;
        }
    }

    /// <summary>The same with the versions in use, which decide what a scoring says.</summary>
    public string ReadWithVersions()
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"Model\", \"Version\" from \"ModelHeads\" order by \"Model\"", 0);
        using var reader = command.ExecuteReader();
        var versions = new List<string>();
        while (reader.Read()) versions.Add(reader.GetString(0) + " " + reader.GetInt32(1).ToString(CultureInfo.InvariantCulture));
        return Read() + "; " + string.Join(", ", versions);
    }
}
