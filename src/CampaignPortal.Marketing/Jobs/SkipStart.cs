using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Leaves out the next start of a schedule, or takes that back. "Run now" works all the same.</summary>
/// <param name="Start">The start that shall not happen; null takes it back.</param>
public sealed record SkipStart(string Name, DateTimeOffset? Start, string By);

/// <summary>Remembers which start is left out: everything of that schedule due by then.</summary>
public sealed class SkipStartHandler(PortalDatabase database, RunningJobs running, TimeProvider clock)
{
    internal const string SettingPrefix = "jobs.skip.";

    /// <summary>Answers false when there is no such schedule.</summary>
    public async Task<bool> HandleAsync(SkipStart command, CancellationToken ct)
    {
        var changed = await database.WriteAsync(
            transaction =>
            {
                using var known = transaction.Prepare("select count(*) from \"JobSchedules\" where \"Name\" = @0", 1);
                if (known.RunScalar(command.Name) is not 1) return false;
                var key = SettingPrefix + command.Name;
                if (command.Start is { } start) transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", key, Write(start));
                else transaction.Execute("delete from \"Settings\" where \"Key\" = @0", key);
                JobAudit.Write(transaction, clock, command.By, command.Start is null ? "jobs.control unskip" : "jobs.control skip", command.Name);
                return true;
            },
            ct);
        running.Touch();
        return changed;
    }

    internal static string Write(DateTimeOffset start) => Stored.Ticks(start).ToString(CultureInfo.InvariantCulture);

    internal static DateTimeOffset? Read(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? Stored.Time(ticks) : null;
}
