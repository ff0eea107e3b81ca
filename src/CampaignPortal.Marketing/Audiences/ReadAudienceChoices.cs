using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <param name="EmailReach">Members to whom one may write an e-mail now.</param>
public sealed record AudienceChoice(long Id, string Name, AudienceKind Kind, AudienceState State, int Size, int EmailReach, DateTimeOffset? EvaluatedAt);

/// <summary>The audiences that a campaign can be sent to, by name.</summary>
public sealed class ReadAudienceChoicesHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database)
{
    public async Task<IReadOnlyList<AudienceChoice>> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var audiences = await db.Audiences.AsNoTracking().Where(a => a.ArchivedAt == null).OrderBy(a => a.Name).ToListAsync(ct);
        using var connection = database.OpenReader();
        var capacity = StoredSets.Everyone(connection).Capacity;
        var reachable = StoredSets.Reachable(connection, "email", capacity);
        return [.. audiences.Select(a => new AudienceChoice(a.Id, a.Name, a.Kind, a.State, a.Size, reachable.CountWith(StoredSets.MembersOf(connection, a.Id, capacity)), a.EvaluatedAt))];
    }
}
