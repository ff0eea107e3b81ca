using System.Collections.Concurrent;
using System.Data.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Access;

/// <param name="Id">Number of the session.</param>
/// <param name="UserAgent">As the browser calls itself.</param>
/// <param name="Address">Network address at the last sight.</param>
public sealed record SessionRow(long Id, string? UserAgent, string? Address, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt);

/// <summary>Who is signed in where. Ending a session refuses its next request and tells its open pages at once.</summary>
public sealed class SessionStore(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private const int UserAgentLength = 200;
    private const int RememberedCount = 20_000;
    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);

    // One process serves a data directory, so what it remembers is what holds.
    private readonly ConcurrentDictionary<long, Known> _known = new();

    /// <summary>Raised with the number of each session that ends.</summary>
    public event Action<long>? Ended;

    /// <summary>Notes a new session, whose password was just entered.</summary>
    public async Task<long> StartAsync(long userId, string? userAgent, string? address, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var session = new PortalSession { UserId = userId, StartedAt = now, LastSeenAt = now, UserAgent = Cut(userAgent), Address = address };
        await using var db = await databases.CreateDbContextAsync(ct);
        db.Add(session);
        await db.SaveChangesAsync(ct);
        _known[session.Id] = new Known(userId, IsLive: true, now, ConfirmedAt: now, address);
        return session.Id;
    }

    /// <summary>Whether the session goes on and belongs to this person.</summary>
    public async ValueTask<bool> IsLiveAsync(long sessionId, long userId, CancellationToken ct) =>
        await FindAsync(sessionId, ct) is { IsLive: true } known && known.UserId == userId;

    /// <summary>Notes that the session was used; at most once a minute in the store.</summary>
    public void Seen(long sessionId, string? address)
    {
        var now = clock.GetUtcNow();
        if (!_known.TryGetValue(sessionId, out var known) || !known.IsLive || now - known.SeenAt < NotedEvery) return;
        if (_known.TryUpdate(sessionId, known with { SeenAt = now, Address = address ?? known.Address }, known)) _ = NoteAsync(sessionId, now, address ?? known.Address);
    }

    /// <summary>Network address of the session's last request.</summary>
    public string? AddressOf(long sessionId) => _known.TryGetValue(sessionId, out var known) ? known.Address : null;

    /// <summary>When the password was last entered in this session; null when the process does not know.</summary>
    public DateTimeOffset? ConfirmedAt(long sessionId) => _known.TryGetValue(sessionId, out var known) && known.IsLive ? known.ConfirmedAt : null;

    /// <summary>Notes that the password was entered again.</summary>
    public void Confirm(long sessionId)
    {
        if (_known.TryGetValue(sessionId, out var known)) _known[sessionId] = known with { ConfirmedAt = clock.GetUtcNow() };
    }

    /// <summary>Ends one session of a person; answers whether it was live.</summary>
    public async Task<bool> EndAsync(long sessionId, long userId, CancellationToken ct) => await EndWhereAsync(userId, s => s.Id == sessionId, ct) > 0;

    /// <summary>Ends all sessions of a person but one; answers how many.</summary>
    public Task<int> EndAllAsync(long userId, long? exceptId, CancellationToken ct) => EndWhereAsync(userId, s => s.Id != exceptId, ct);

    /// <summary>The sessions that could still be used, the latest first.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="idle">Not seen for longer than this: the ticket has run out.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<SessionRow>> ListAsync(long userId, TimeSpan idle, CancellationToken ct)
    {
        var since = clock.GetUtcNow() - idle;
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.PortalSessions.AsNoTracking()
            .Where(s => s.UserId == userId && s.EndedAt == null && s.LastSeenAt > since)
            .OrderByDescending(s => s.LastSeenAt)
            .Select(s => new SessionRow(s.Id, s.UserAgent, s.Address, s.StartedAt, s.LastSeenAt))
            .ToListAsync(ct);
    }

    private async Task<int> EndWhereAsync(long userId, System.Linq.Expressions.Expression<Func<PortalSession, bool>> which, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var live = db.PortalSessions.Where(s => s.UserId == userId && s.EndedAt == null).Where(which);
        var ids = await live.Select(s => s.Id).ToListAsync(ct);
        await live.ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, now), ct);
        foreach (var id in ids)
        {
            _known[id] = new Known(userId, IsLive: false, now, ConfirmedAt: null, Address: null);
            Ended?.Invoke(id);
        }
        return ids.Count;
    }

    private async ValueTask<Known?> FindAsync(long sessionId, CancellationToken ct)
    {
        if (_known.TryGetValue(sessionId, out var known)) return known;
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.PortalSessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == sessionId, ct) is not { } row) return null;
        if (_known.Count >= RememberedCount) _known.Clear(); // the rows are still there; only the passwords entered lately are asked for once more
        return _known.GetOrAdd(sessionId, new Known(row.UserId, row.EndedAt is null, row.LastSeenAt, ConfirmedAt: null, row.Address));
    }

    private async Task NoteAsync(long sessionId, DateTimeOffset now, string? address)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.PortalSessions.Where(s => s.Id == sessionId).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now).SetProperty(x => x.Address, address));
        }
        catch (Exception e) when (e is DbException or ObjectDisposedException)
        {
            // A minute of "last seen" is lost; the next request notes it again.
        }
    }

    private static string? Cut(string? text) => text is { Length: > UserAgentLength } ? text[..UserAgentLength] : text;

    private sealed record Known(long UserId, bool IsLive, DateTimeOffset SeenAt, DateTimeOffset? ConfirmedAt, string? Address);
}
