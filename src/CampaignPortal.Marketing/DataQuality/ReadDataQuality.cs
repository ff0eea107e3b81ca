using System.Globalization;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>A check of the newest day with what it said on the days before.</summary>
/// <param name="History">State of each of the last 30 days, oldest first; null where it did not run.</param>
/// <param name="Measures">What it found on these days, in the same order.</param>
public sealed record QualityCheckRow(QualityCheck Check, IReadOnlyList<QualityState?> History, IReadOnlyList<double?> Measures);

/// <summary>A table with its score: 100 less 10 for each warning and 30 for each severe check.</summary>
/// <param name="Score">0 to 100.</param>
/// <param name="History">Score of each of the last 30 days on which checks ran, oldest first.</param>
public sealed record QualityTableRow(string Table, int Score, IReadOnlyList<double> History, IReadOnlyList<QualityCheckRow> Checks)
{
    public int WarningCount => Checks.Count(c => c.Check.State is QualityState.Warning);
    public int SevereCount => Checks.Count(c => c.Check.State is QualityState.Severe);
}

/// <summary>A job that waits because of a severe check.</summary>
/// <param name="IsLetThrough">An admin let its next run through.</param>
public sealed record HeldJob(string Key, bool IsLetThrough);

/// <param name="CheckedAt">Null before the first check.</param>
/// <param name="Days">The days of the histories.</param>
public sealed record DataQualityReport(IReadOnlyList<QualityTableRow> Tables, IReadOnlyList<HeldJob> Held, IReadOnlyList<DateOnly> Days, DateTimeOffset? CheckedAt);

/// <summary>Reads the newest checks with their history.</summary>
public sealed class ReadDataQualityHandler(IDbContextFactory<PortalDbContext> databases)
{
    private const int DayCount = 30;

    public async Task<DataQualityReport> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.QualityChecks.MaxAsync(c => (string?)c.Day, ct) is not { } newest) return new DataQualityReport([], [], [], null);
        var last = DateTime.ParseExact(newest, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        string[] days = [.. Enumerable.Range(0, DayCount).Select(i => CheckDataQualityHandler.Day(last.AddDays(i - DayCount + 1)))];
        var checks = await db.QualityChecks.AsNoTracking().Where(c => days.Contains(c.Day)).ToListAsync(ct);
        var tables = QualityTables.All.Select(table => Table(table, [.. checks.Where(c => c.Table == table)], days)).Where(t => t.Checks.Count > 0).ToArray();
        return new DataQualityReport(tables, await HeldAsync(db, tables, ct), [.. days.Select(d => DateOnly.ParseExact(d, "yyyy-MM-dd", CultureInfo.InvariantCulture))], checks.Where(c => c.Day == newest).Max(c => c.CheckedAt));
    }

    /// <summary>100 less 10 for each warning and 30 for each severe check, and never below 0.</summary>
    public static int ScoreOf(IEnumerable<QualityState> states) => Math.Max(0, 100 - states.Sum(s => s switch { QualityState.Severe => 30, QualityState.Warning => 10, _ => 0 }));

    private static QualityTableRow Table(string table, QualityCheck[] checks, string[] days)
    {
        var byCheck = checks.ToLookup(c => (c.Source, c.Field, c.Rule));
        var rows = checks.Where(c => c.Day == days[^1]).Select(c =>
        {
            var byDay = byCheck[(c.Source, c.Field, c.Rule)].ToDictionary(k => k.Day, StringComparer.Ordinal);
            return new QualityCheckRow(c, [.. days.Select(d => byDay.GetValueOrDefault(d)?.State)], [.. days.Select(d => byDay.GetValueOrDefault(d)?.Measured)]);
        });
        var scores = checks.GroupBy(c => c.Day, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (double)ScoreOf(g.Select(c => c.State)));
        QualityCheckRow[] worst = [.. rows.OrderByDescending(r => r.Check.State).ThenBy(r => r.Check.Rule).ThenBy(r => r.Check.Source, StringComparer.Ordinal).ThenBy(r => r.Check.Field, StringComparer.Ordinal)];
        return new QualityTableRow(table, ScoreOf(worst.Select(r => r.Check.State)), [.. scores], worst);
    }

    private static async Task<IReadOnlyList<HeldJob>> HeldAsync(PortalDbContext db, QualityTableRow[] tables, CancellationToken ct)
    {
        if (tables.All(t => t.SevereCount is 0)) return [];
        var passes = await db.QualityPasses.AsNoTracking().Where(p => p.RunId == null).Select(p => p.JobKey).ToListAsync(ct);
        return [.. DataQualityGate.DependentJobs.Select(key => new HeldJob(key, passes.Contains(key)))];
    }
}
