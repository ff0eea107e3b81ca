using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>Runs every check and keeps one row of each per day of the shop; a second run of a day replaces the first.</summary>
public sealed class CheckDataQualityHandler(PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    /// <summary>How long rows are kept.</summary>
    private const int KeptDayCount = 400;

    /// <summary>Answers how many checks there were.</summary>
    public async Task<int> HandleAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var today = TimeZoneInfo.ConvertTime(now, shop.Read().Zone).Date;
        var found = await Task.Run(() => Find(now), ct);
        await database.WriteAsync(transaction => Save(transaction, found, Day(today), Day(today.AddDays(-KeptDayCount)), now), ct);
        return found.Count;
    }

    internal static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private List<FoundCheck> Find(DateTimeOffset now)
    {
        using var connection = database.OpenReader();
        using var snapshot = database.BeginSnapshot(connection);
        return [.. EventChecks.Of(connection, shop.Read().Zone, now).Concat(TableChecks.Of(connection, now)).Where(c => c.RowCount > 0)];
    }

    private static void Save(DbTransaction transaction, List<FoundCheck> found, string day, string oldest, DateTimeOffset now)
    {
        transaction.Execute("delete from \"QualityChecks\" where \"Day\" = @0 or \"Day\" < @1", day, oldest);
        using var save = transaction.Prepare(
            "insert into \"QualityChecks\" (\"Day\", \"Table\", \"Source\", \"Field\", \"Rule\", \"State\", \"Measured\", \"Limit\", \"RowCount\", \"CheckedAt\") values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9)", 10);
        foreach (var c in found) save.Run(day, c.Table, c.Source, c.Field, c.Rule.ToString(), c.State.ToString(), c.Measured, c.Limit, c.RowCount, Stored.Ticks(now));
    }
}
