using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Rows that wait for the same correction.</summary>
/// <param name="ImportId">Null for rows that the API refused.</param>
/// <param name="FileName">The file of the import, or the API key's name.</param>
/// <param name="Reason">One of <see cref="Events.QuarantineReasons"/>.</param>
public sealed record QuarantineGroup(long? ImportId, string FileName, string Reason, string? Field, int Count, DateTimeOffset LastAt);

/// <summary>One refused row, readable.</summary>
/// <param name="Detail">What was expected and found.</param>
/// <param name="Cells">Column and value of each cell; one cell without a column where the row cannot be taken apart.</param>
public sealed record QuarantineItem(long Id, long Line, string Detail, string Raw, IReadOnlyList<(string Column, string Value)> Cells);

/// <summary>Reads refused rows, in groups of equal errors and one by one.</summary>
public sealed class ListQuarantineHandler(IDbContextFactory<PortalDbContext> databases, ContactVault vault)
{
    public const int PageRowCount = 50;

    public async Task<IReadOnlyList<QuarantineGroup>> GroupsAsync(long? importId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var groups = await db.Quarantine.Where(q => q.ResolvedAt == null && (importId == null || q.ImportId == importId))
            .GroupBy(q => new { q.ImportId, q.Source, q.Reason, q.Field }).Select(g => new { g.Key, Count = g.Count(), LastAt = g.Max(q => q.ReceivedAt) }).ToListAsync(ct);
        var names = await db.ImportRuns.Select(r => new { r.Id, r.FileName }).ToDictionaryAsync(r => r.Id, r => r.FileName, ct);
        return [.. groups
            .Select(g => new QuarantineGroup(g.Key.ImportId, g.Key.ImportId is { } id ? names.GetValueOrDefault(id, "") : g.Key.Source, g.Key.Reason, g.Key.Field, g.Count, g.LastAt))
            .OrderByDescending(g => g.Count).ThenByDescending(g => g.LastAt)];
    }

    /// <summary>The first rows of a group that still wait, behind <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<QuarantineItem>> RowsAsync(long? importId, string reason, string? field, long after, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Quarantine.AsNoTracking().Where(q => q.ResolvedAt == null && q.ImportId == importId && q.Reason == reason && q.Field == field && q.Id > after).OrderBy(q => q.Id).Take(PageRowCount).ToListAsync(ct);
        var mapping = importId is { } id ? await db.ImportRuns.Where(r => r.Id == id).Select(r => r.Mapping).FirstOrDefaultAsync(ct) : null;
        var plan = mapping is null ? null : ImportPlan.FromJson(mapping);
        return [.. rows.Select(row =>
        {
            var raw = vault.OpenText(row.Raw);
            var cells = plan is null ? [raw] : QuarantineFile.Cells(raw, plan);
            var isWhole = plan is not null && cells.Length == plan.Columns.Count;
            return new QuarantineItem(row.Id, row.Position, vault.OpenText(row.Detail), raw, isWhole ? [.. cells.Select((value, i) => (plan!.Columns[i], value))] : [("", raw)]); // whole only with a plan
        })];
    }
}

/// <summary>Throws refused rows away for good.</summary>
public sealed record DiscardQuarantine(long? ImportId, string Reason, string? Field, string Actor);

public sealed class DiscardQuarantineHandler(PortalDatabase database, TimeProvider clock)
{
    /// <summary>Answers how many rows went.</summary>
    public Task<int> HandleAsync(DiscardQuarantine command, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            var now = Stored.Ticks(clock.GetUtcNow());
            var count = transaction.Execute(
                "update \"Quarantine\" set \"ResolvedAt\" = @3, \"Resolution\" = 'discarded' where \"ResolvedAt\" is null and \"Reason\" = @1 "
                + "and (\"ImportId\" = @0 or @0 is null and \"ImportId\" is null) and (\"Field\" = @2 or @2 is null and \"Field\" is null)",
                command.ImportId, command.Reason, command.Field, now);
            transaction.Execute(
                "insert into \"AuditEntries\" (\"At\", \"Actor\", \"Action\", \"Target\", \"Detail\") values (@0, @1, @2, @3, @4)",
                now, command.Actor, "customers.import discard", command.ImportId is { } id ? FormattableString.Invariant($"import {id}") : "api", FormattableString.Invariant($"{count} rows: {command.Reason}"));
            return count;
        },
        ct);
}
