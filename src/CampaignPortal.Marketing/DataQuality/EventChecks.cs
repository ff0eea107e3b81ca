using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>Checks of the log, all from the catalogue's counts: whatever its length, a few rows are read.</summary>
internal static class EventChecks
{
    private const int WeekCount = 8, MinWeekCount = 4;
    private static readonly TimeSpan Active = TimeSpan.FromDays(30);

    /// <summary>Columns without which an event is worth little, with the share that may lack them.</summary>
    private static readonly (string Event, string Column, double Limit, double? SevereLimit)[] Needed =
    [
        (KnownEvents.OrderPlaced, "$item", 0.01, 0.2), (KnownEvents.OrderPlaced, "$quantity", 0.01, 0.2), (KnownEvents.OrderPlaced, "$amount", 0.01, 0.2), (KnownEvents.OrderPlaced, "$customer", 0.4, 0.9),
        (KnownEvents.ItemViewed, "$item", 0.05, null), (KnownEvents.CartAdded, "$item", 0.05, null), (KnownEvents.MessageSent, "$customer", 0.01, null),
    ];

    public static IEnumerable<FoundCheck> Of(DbConnection connection, TimeZoneInfo zone, DateTimeOffset now)
    {
        var sources = Sources(connection);
        foreach (var source in sources)
        {
            if (Freshness(connection, source, now) is { } freshness) yield return freshness;
            if (Volume(connection, source, zone, now) is { } volume) yield return volume;
            yield return Quarantined(connection, source, conflicts: false);
            yield return Quarantined(connection, source, conflicts: true);
        }
        foreach (var check in Completeness(connection)) yield return check;
        foreach (var check in ChangedTypes(connection)) yield return check;
    }

    private static FoundCheck? Freshness(DbConnection connection, Source source, DateTimeOffset now)
    {
        using var command = connection.Prepare("select \"ReceivedAt\" from \"Events\" where \"Sequence\" = @0", 1);
        if (command.RunScalar(source.LastSequence) is not { } ticks) return null;
        var age = now - Stored.Time(ticks);
        var isImport = source.Name == EventTableReader.ImportSource;
        if (!isImport && age > Active) return null; // a key that nobody uses any more
        var limit = isImport ? TimeSpan.FromDays(35) : TimeSpan.FromDays(1);
        var state = age <= limit ? QualityState.Passed : !isImport && age > 3 * limit ? QualityState.Severe : QualityState.Warning;
        return new FoundCheck(QualityTables.Events, source.Name, "", QualityRule.Freshness, state, age.TotalHours, limit.TotalHours, source.Count);
    }

    /// <summary>The last whole day against the same day of the eight weeks before: median and median absolute deviation, which a single odd week does not move.</summary>
    private static FoundCheck? Volume(DbConnection connection, Source source, TimeZoneInfo zone, DateTimeOffset now)
    {
        var isImport = source.Name == EventTableReader.ImportSource;
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(isImport ? Stored.Time(source.LastAt) : now, zone).DateTime).AddDays(-1);
        var days = Days(connection, source.Name, zone, last);
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Stored.Time(source.FirstAt), zone).DateTime);
        double[] before = [.. Enumerable.Range(1, WeekCount).Select(week => last.AddDays(-7 * week)).Where(day => day >= first).Select(day => (double)days.GetValueOrDefault(day)).Order()];
        if (before.Length < MinWeekCount) return null;
        var (found, usual) = ((double)days.GetValueOrDefault(last), Median(before));
        var spread = Math.Max(1.4826 * Median([.. before.Select(c => Math.Abs(c - usual)).Order()]), Math.Sqrt(Math.Max(usual, 1))); // counts scatter at least like Poisson's
        var low = Math.Max(0, usual - 3.5 * spread); // Iglewicz and Hoaglin 1993
        var isOdd = found < low || found > usual + 3.5 * spread;
        var hasStopped = !isImport && usual >= 100 && found < usual / 10;
        var state = hasStopped ? QualityState.Severe : isOdd ? QualityState.Warning : QualityState.Passed;
        return new FoundCheck(QualityTables.Events, source.Name, "", QualityRule.Volume, state, found, usual, (long)before.Sum() + (long)found);
    }

    private static Dictionary<DateOnly, long> Days(DbConnection connection, string source, TimeZoneInfo zone, DateOnly last)
    {
        using var command = connection.Prepare("select \"Hour\", sum(\"Count\") from \"EventHours\" where \"Hour\" >= @0 and \"Source\" = @1 group by \"Hour\"", 2);
        command.Set(0, last.AddDays(-7 * WeekCount - 1).ToDateTime(TimeOnly.MinValue).Ticks / TimeSpan.TicksPerHour);
        command.Set(1, source);
        using var reader = command.ExecuteReader();
        var days = new Dictionary<DateOnly, long>();
        while (reader.Read())
        {
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(new DateTimeOffset(reader.GetInt64(0) * TimeSpan.TicksPerHour, TimeSpan.Zero), zone).DateTime);
            days[day] = days.GetValueOrDefault(day) + reader.GetInt64(1);
        }
        return days;
    }

    private static FoundCheck Quarantined(DbConnection connection, Source source, bool conflicts)
    {
        using var command = connection.Prepare(
            $"select count(*) from \"Quarantine\" where \"Source\" = @0 and \"ResolvedAt\" is null and \"Reason\" {(conflicts ? "=" : "<>")} '{QuarantineReasons.ConflictPayload}'", 1);
        var bad = command.RunScalar(source.Name) ?? 0;
        return conflicts
            ? FoundCheck.Share(QualityTables.Events, source.Name, "", QualityRule.Uniqueness, bad, source.Count + bad, 0.001)
            : FoundCheck.Share(QualityTables.Events, source.Name, "", QualityRule.Validity, bad, source.Count + bad, 0.01, 0.2);
    }

    private static IEnumerable<FoundCheck> Completeness(DbConnection connection)
    {
        foreach (var (name, column, limit, severe) in Needed)
        {
            using var all = connection.Prepare("select sum(\"Count\") from \"EventTypes\" where \"Name\" = @0", 1);
            if (all.RunScalar(name) is not { } count) continue;
            using var filled = connection.Prepare("select \"TextCount\" + \"NumberCount\" from \"EventProperties\" where \"EventName\" = @0 and \"Name\" = @1", 2);
            yield return FoundCheck.Share(QualityTables.Events, "", name + "." + column, QualityRule.Completeness, count - (filled.RunScalar(name, column) ?? 0), count, limit, severe);
        }
    }

    private static IEnumerable<FoundCheck> ChangedTypes(DbConnection connection)
    {
        using var command = connection.Prepare(
            "select p.\"EventName\", count(case when p.\"ChangedSequence\" > coalesce(e.\"AcceptedSequence\", 0) then 1 end), count(*) from \"EventProperties\" p "
            + "left join \"CatalogueEntries\" e on e.\"Scope\" = 'Event' and e.\"Name\" = p.\"EventName\" and e.\"Property\" = p.\"Name\" group by p.\"EventName\"",
            0);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return FoundCheck.Share(QualityTables.Events, "", reader.GetString(0), QualityRule.Validity, reader.GetInt64(1), reader.GetInt64(2), 0);
    }

    private static List<Source> Sources(DbConnection connection)
    {
        using var command = connection.Prepare("select \"Source\", \"Count\", \"FirstAt\", \"LastAt\", \"Recent\" from \"EventTypes\" order by \"Source\"", 0);
        using var reader = command.ExecuteReader();
        var rows = new List<Source>();
        while (reader.Read())
            rows.Add(new Source(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), long.Parse(reader.GetString(4).Split(' ')[^1], CultureInfo.InvariantCulture)));
        return [.. rows.GroupBy(r => r.Name, StringComparer.Ordinal).Select(g => new Source(g.Key, g.Sum(r => r.Count), g.Min(r => r.FirstAt), g.Max(r => r.LastAt), g.Max(r => r.LastSequence)))];
    }

    private static double Median(double[] sorted) => sorted.Length % 2 is 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;

    private sealed record Source(string Name, long Count, long FirstAt, long LastAt, long LastSequence);
}
