using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Identity;

/// <param name="LastSeenAt">Last request of any session.</param>
/// <param name="HasTwoSteps">A second step is needed to sign in.</param>
/// <param name="SessionCount">Browsers on which the person is signed in.</param>
public sealed record UserRow(long Id, string Name, string Email, string? Role, DateTimeOffset? LastSeenAt, bool HasTwoSteps, bool IsDisabled, int SessionCount);

/// <param name="Role">Role of the account to make; null for a link that sets a new password.</param>
public sealed record InvitationRow(long Id, string Email, string? Role, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string CreatedBy);

public sealed record UserList(IReadOnlyList<UserRow> Users, IReadOnlyList<InvitationRow> Invitations);

/// <summary>Who may open the portal, and who is invited.</summary>
public sealed class ListUsersHandler(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public async Task<UserList> HandleAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var users = await db.Users.AsNoTracking().OrderBy(u => u.DisplayName).ToListAsync(ct);
        var roles = await db.UserRoles.Join(db.Roles, ur => ur.RoleId, r => r.Id, (ur, r) => new { ur.UserId, r.Name }).ToListAsync(ct);
        var since = now - PortalIdentity.IdleLifetime;
        var sessions = await db.PortalSessions.AsNoTracking().GroupBy(s => s.UserId)
            .Select(g => new { UserId = g.Key, LastSeenAt = g.Max(s => s.LastSeenAt), Live = g.Count(s => s.EndedAt == null && s.LastSeenAt > since) })
            .ToDictionaryAsync(s => s.UserId, ct);
        var invitations = await db.Invitations.AsNoTracking()
            .Where(i => i.AcceptedAt == null && i.RevokedAt == null && i.ExpiresAt > now).OrderByDescending(i => i.CreatedAt).ToListAsync(ct);
        var names = users.ToDictionary(u => u.Id, u => u.DisplayName);
        return new UserList(
            [
                .. users.Select(u => new UserRow(
                    u.Id, u.DisplayName, u.Email ?? "", roles.FirstOrDefault(r => r.UserId == u.Id)?.Name, sessions.GetValueOrDefault(u.Id)?.LastSeenAt ?? u.LastSignInAt,
                    u.TwoFactorEnabled, u.IsDisabled, sessions.GetValueOrDefault(u.Id)?.Live ?? 0)),
            ],
            [.. invitations.Select(i => new InvitationRow(i.Id, i.Email, i.Role, i.CreatedAt, i.ExpiresAt, names.GetValueOrDefault(i.CreatedBy, "")))]);
    }
}
