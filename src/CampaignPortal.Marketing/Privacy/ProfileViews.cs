using System.Collections.Concurrent;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Notes in the audit who looked at whose identified data. One look is one row, however often the page is drawn.</summary>
public sealed class ProfileViews(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private static readonly TimeSpan OneLook = TimeSpan.FromMinutes(5);
    private const int RememberedLooks = 10_000;
    private readonly ConcurrentDictionary<(long User, long Customer), DateTimeOffset> _looks = new();

    public async Task RecordAsync(long userId, long customerId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_looks.TryGetValue((userId, customerId), out var last) && now - last < OneLook && now >= last) return;
        if (_looks.Count >= RememberedLooks) _looks.Clear();
        _looks[(userId, customerId)] = now;
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry { At = now, Actor = FormattableString.Invariant($"{userId}"), Action = "customers.read profile", Target = FormattableString.Invariant($"customer {customerId}") });
        await db.SaveChangesAsync(ct);
    }
}
