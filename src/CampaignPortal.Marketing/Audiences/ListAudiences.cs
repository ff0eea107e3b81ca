using System.Globalization;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <param name="Search">Part of a name; null shows all.</param>
/// <param name="Archived">Shows what was put away instead.</param>
public sealed record ListAudiences(string? Search = null, bool Archived = false);

/// <param name="Sizes">At the end of the last 14 days on which it was counted, oldest first, and now.</param>
/// <param name="UseCount">Campaigns and audiences that rely on it.</param>
/// <param name="Stale">Why its members may not be those of now; null when they are, and of what was put away.</param>
public sealed record AudienceRow(
    long Id, string Name, string? Description, AudienceKind Kind, AudienceState State, int Size, IReadOnlyList<double> Sizes, int EmailReach, int UseCount, DateTimeOffset? EvaluatedAt, DateTimeOffset ChangedAt, DateTimeOffset? ArchivedAt, StaleAudience? Stale);

/// <param name="EveryoneCount">Customers of the shop.</param>
/// <param name="Order">Audiences of which each leaves out those before it; empty without an order.</param>
public sealed record AudienceList(IReadOnlyList<AudienceRow> Rows, int TotalCount, int EveryoneCount, IReadOnlyList<AudienceName> Order);

public sealed class ListAudiencesHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, AudienceUses uses, TimeProvider clock)
{
    /// <summary>Length of the line of sizes.</summary>
    public const int LineDays = 14;
    private const int RememberedDays = 90;

    public async Task<AudienceList> HandleAsync(ListAudiences query, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var audiences = await db.Audiences.AsNoTracking().Where(a => a.ArchivedAt != null == query.Archived).ToListAsync(ct);
        var shown = audiences.Where(a => query.Search is null || a.Name.Contains(query.Search, StringComparison.CurrentCultureIgnoreCase))
            .OrderBy(a => a.Name, StringComparer.CurrentCultureIgnoreCase).ToArray();
        var lines = await LinesAsync(db, clock.GetUtcNow(), ct);
        var rows = new List<AudienceRow>();
        using var connection = database.OpenReader();
        var everyone = StoredSets.Everyone(connection);
        var reachable = StoredSets.Reachable(connection, "email", everyone.Capacity);
        using var freshness = new AudienceFreshness(connection, clock.GetUtcNow());
        foreach (var a in shown)
        {
            rows.Add(new AudienceRow(
                a.Id, a.Name, a.Description, a.Kind, a.State, a.Size, lines.GetValueOrDefault(a.Id, []), reachable.CountWith(StoredSets.MembersOf(connection, a.Id, everyone.Capacity)),
                (await uses.OfAsync(a.Id, ct)).Count, a.EvaluatedAt, a.ChangedAt, a.ArchivedAt, query.Archived ? null : freshness.Of(a.Id).Stale));
        }
        var order = AudienceOrder.Of(audiences.Where(a => a.Kind is AudienceKind.Live).Select(a => (a.Id, Rule: RuleJson.Read(a.RuleJson))).Where(a => a.Rule.IsOk).Select(a => (a.Id, a.Rule.Value)));
        var names = audiences.ToDictionary(a => a.Id, a => a.Name);
        return new AudienceList(rows, audiences.Count, everyone.Count, [.. order.Where(names.ContainsKey).Select(id => new AudienceName(id, names[id]))]);
    }

    // Days without a change have no row; the size before holds on them.
    internal static async Task<Dictionary<long, IReadOnlyList<double>>> LinesAsync(PortalDbContext db, DateTimeOffset now, CancellationToken ct, long? only = null)
    {
        var oldest = now.AddDays(-RememberedDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
#pragma warning disable CA1309, CA1310, MA0006, MA0074 // SQL compares, where such days stand in the order of time
        var days = await db.AudienceDays.AsNoTracking().Where(d => (only == null || d.AudienceId == only) && string.Compare(d.Day, oldest) >= 0).OrderBy(d => d.Day).ToListAsync(ct);
#pragma warning restore CA1309, CA1310, MA0006, MA0074
        var lines = new Dictionary<long, IReadOnlyList<double>>();
        foreach (var audience in days.GroupBy(d => d.AudienceId))
        {
            var known = audience.ToDictionary(d => DateOnly.ParseExact(d.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture), d => d.Size);
            var last = known.Keys.Max();
            var size = (int?)null;
            var line = new List<double>();
            foreach (var (day, value) in known.Where(k => k.Key < last.AddDays(1 - LineDays)).OrderBy(k => k.Key)) size = value;
            for (var day = last.AddDays(1 - LineDays); day <= last; day = day.AddDays(1))
            {
                if (known.TryGetValue(day, out var value)) size = value;
                if (size is { } s) line.Add(s);
            }
            lines[audience.Key] = line;
        }
        return lines;
    }
}

/// <summary>An audience as its page shows it.</summary>
/// <param name="Stale">Why its members may not be those of now; null when they are.</param>
public sealed record AudienceDetail(Audience Audience, IReadOnlyList<double> Sizes, IReadOnlyList<AudienceUse> Uses, string? CreatedBy, StaleAudience? Stale);

public sealed class ReadAudienceHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, AudienceUses uses, TimeProvider clock)
{
    /// <summary>Null when there is none.</summary>
    public async Task<AudienceDetail?> HandleAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Audiences.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id, ct) is not { } audience) return null;
        var author = await db.Users.AsNoTracking().Where(u => u.Id == audience.CreatedBy).Select(u => (string?)u.DisplayName).FirstOrDefaultAsync(ct);
        var now = clock.GetUtcNow();
        using var connection = database.OpenReader();
        using var freshness = new AudienceFreshness(connection, now);
        return new AudienceDetail(audience, (await ListAudiencesHandler.LinesAsync(db, now, ct, id)).GetValueOrDefault(id, []), await uses.OfAsync(id, ct), author, freshness.Of(id).Stale);
    }
}
