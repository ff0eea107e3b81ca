using System.Globalization;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audit;

/// <summary>Which entries of the audit log to show.</summary>
/// <param name="Text">Must occur in what was done, upon what, or in its detail; null for all.</param>
/// <param name="Area">First part of the action, such as <c>users</c>; null for all.</param>
/// <param name="Actor">As stored; null for all.</param>
/// <param name="From">First moment; null for the beginning.</param>
/// <param name="To">Moment after the last one; null for now.</param>
/// <param name="Before">Entries older than this number: the next page. Null for the first page.</param>
public sealed record ListAudit(string? Text, string? Area, string? Actor, DateTimeOffset? From, DateTimeOffset? To, long? Before);

/// <param name="ActorName">Name of the person where the actor is one.</param>
public sealed record AuditRow(long Id, DateTimeOffset At, string Actor, string? ActorName, string Action, string? Target, string? Detail, string? Origin, string? Before, string? After, bool IsSealed);

/// <param name="Rows">Newest first.</param>
/// <param name="Next">Value of <see cref="ListAudit.Before"/> for the next page; null on the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditRow> Rows, long? Next);

/// <param name="Areas">First parts of the actions that occur.</param>
/// <param name="Actors">Actors that occur, with the names of persons.</param>
public sealed record AuditFilters(IReadOnlyList<string> Areas, IReadOnlyList<(string Actor, string Name)> Actors);

public sealed class ListAuditHandler(IDbContextFactory<PortalDbContext> databases)
{
    public const int PageSize = 50;

    public async Task<AuditPage> HandleAsync(ListAudit query, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var entries = await Matching(db, query).OrderByDescending(e => e.Id).Take(PageSize + 1).ToListAsync(ct);
        var names = await NamesAsync(db, entries.Select(e => e.Actor), ct);
        var rows = entries.Take(PageSize).Select(e => Row(e, names)).ToArray();
        return new AuditPage(rows, entries.Count > PageSize ? rows[^1].Id : null);
    }

    /// <summary>Every matching entry, oldest first: for the export.</summary>
    public async IAsyncEnumerable<AuditRow> ReadAllAsync(ListAudit query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var names = await db.Users.AsNoTracking().ToDictionaryAsync(u => u.Id.ToString(CultureInfo.InvariantCulture), u => u.DisplayName, StringComparer.Ordinal, ct);
        await foreach (var entry in Matching(db, query with { Before = null }).OrderBy(e => e.Id).AsAsyncEnumerable().WithCancellation(ct)) yield return Row(entry, names);
    }

    public async Task<AuditFilters> FiltersAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var actions = await db.AuditEntries.AsNoTracking().Select(e => e.Action).Distinct().ToListAsync(ct);
        var actors = await db.AuditEntries.AsNoTracking().Select(e => e.Actor).Distinct().ToListAsync(ct);
        var names = await NamesAsync(db, actors, ct);
        return new AuditFilters(
            [.. actions.Select(a => a.Split('.', ' ')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. actors.Select(a => (a, names.GetValueOrDefault(a, a))).OrderBy(a => a.Item2, StringComparer.CurrentCultureIgnoreCase)]);
    }

    private static IQueryable<AuditEntry> Matching(PortalDbContext db, ListAudit query)
    {
        var entries = db.AuditEntries.AsNoTracking().TagWith("audit list");
        if (query.Before is { } before) entries = entries.Where(e => e.Id < before);
        if (query.Area is { } area) entries = entries.Where(e => e.Action.StartsWith(area));
        if (query.Actor is { } actor) entries = entries.Where(e => e.Actor == actor);
        if (query.From is { } from) entries = entries.Where(e => e.At >= from);
        if (query.To is { } to) entries = entries.Where(e => e.At < to);
        if (query.Text is { } text)
            entries = entries.Where(e => e.Action.Contains(text) || e.Target!.Contains(text) || e.Detail!.Contains(text) || e.Before!.Contains(text) || e.After!.Contains(text));
        return entries;
    }

    private static async Task<Dictionary<string, string>> NamesAsync(PortalDbContext db, IEnumerable<string> actors, CancellationToken ct)
    {
        var ids = actors.Select(a => long.TryParse(a, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).Distinct().ToArray();
        return await db.Users.AsNoTracking().Where(u => ids.Contains(u.Id))
            .ToDictionaryAsync(u => u.Id.ToString(CultureInfo.InvariantCulture), u => u.DisplayName, StringComparer.Ordinal, ct);
    }

    private static AuditRow Row(AuditEntry e, Dictionary<string, string> names) =>
        new(e.Id, e.At, e.Actor, names.GetValueOrDefault(e.Actor), e.Action, e.Target, e.Detail, e.Origin, e.Before, e.After, e.Seal is not null);
}
