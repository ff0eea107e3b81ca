using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Identity;

/// <summary>Changes accounts of others. What takes rights away ends the person's sessions, so that it holds on open pages too.</summary>
public sealed class ManageUsersHandler(UserAccounts accounts, SessionStore sessions, RecentPassword recent, AuditTrail audit, Actors actors)
{
    /// <summary>Gives a person another role.</summary>
    public Task<Problem?> ChangeRoleAsync(ClaimsPrincipal actor, long userId, string role, CancellationToken ct) => ChangeAsync(actor, userId, async (session, user) =>
    {
        if (!Roles.All.Contains(role)) return null;
        var before = (await session.Users.GetRolesAsync(user)).FirstOrDefault();
        if (before == role) return null;
        await session.SetRoleAsync(user, role);
        return new AuditFact("users.manage role", Target(userId), before, role);
    }, ct);

    /// <summary>Closes an account: no sign-in, every session ends.</summary>
    public Task<Problem?> DeactivateAsync(ClaimsPrincipal actor, long userId, CancellationToken ct) => ChangeAsync(actor, userId, async (session, user) =>
    {
        if (user.IsDisabled) return null;
        user.IsDisabled = true;
        await session.Users.UpdateAsync(user);
        return new AuditFact("users.manage deactivate", Target(userId));
    }, ct);

    /// <summary>Opens a closed account again.</summary>
    public Task<Problem?> ReactivateAsync(ClaimsPrincipal actor, long userId, CancellationToken ct) => ChangeAsync(actor, userId, async (session, user) =>
    {
        if (!user.IsDisabled) return null;
        user.IsDisabled = false;
        await session.Users.UpdateAsync(user);
        return new AuditFact("users.manage reactivate", Target(userId));
    }, ct);

    /// <summary>Ends one session of a person, or all of them.</summary>
    public async Task<Problem?> EndSessionsAsync(ClaimsPrincipal actor, long userId, long? sessionId, CancellationToken ct)
    {
        // One's own sessions need no capability and no password: whoever sees a stranger's device must get rid of it at once.
        var isOwn = actor.UserId() == userId && actor.Can(Capabilities.Open);
        if (!isOwn && recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        var count = sessionId is { } one ? await sessions.EndAsync(one, userId, ct) ? 1 : 0 : await sessions.EndAllAsync(userId, isOwn ? actor.SessionId() : null, ct);
        if (count > 0) await audit.WriteAsync(actors.Of(actor), new AuditFact("sessions.end", Target(userId), Detail: FormattableString.Invariant($"{count}")), ct);
        return null;
    }

    private async Task<Problem?> ChangeAsync(ClaimsPrincipal actor, long userId, Func<UserAccounts.Session, PortalUser, Task<AuditFact?>> change, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        // Nobody takes the own rights away: so there is always an admin left.
        if (actor.UserId() == userId) return Problem.Of(SettingsWords.NotYourself);
        await using var session = accounts.Open();
        if (await session.FindAsync(userId) is not { } user) return Problem.Of(SettingsWords.UserGone);
        if (await change(session, user) is not { } fact) return null;
        await session.Users.UpdateSecurityStampAsync(user);
        await sessions.EndAllAsync(userId, exceptId: null, ct);
        await audit.WriteAsync(actors.Of(actor), fact, ct);
        return null;
    }

    private static string Target(long userId) => FormattableString.Invariant($"user {userId}");
}
