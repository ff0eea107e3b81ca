using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Identity;

/// <summary>A link that opens once. It is shown to whoever made it, and to nobody again.</summary>
/// <param name="Path">From the root of the portal.</param>
public sealed record OneTimeLink(string Path, TimeSpan Lifetime);

/// <summary>Invites colleagues, and lets them set a new password.</summary>
public sealed class InviteUserHandler(UserAccounts accounts, InvitationStore invitations, RecentPassword recent, AuditTrail audit, Actors actors)
{
    public const string PagePath = "/accept-invitation/";

    /// <summary>Makes a link with which somebody gets an account with this role.</summary>
    public async Task<Result<OneTimeLink>> InviteAsync(ClaimsPrincipal actor, string email, string role, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        email = email.Trim();
        if (!EmailRule.IsAddress(email)) return Problem.At(nameof(email), Words.EmailNotUsable);
        if (!Roles.All.Contains(role)) return Problem.At(nameof(role), SettingsWords.ChooseRole);
        await using var session = accounts.Open();
        if (await session.Users.FindByEmailAsync(email) is not null) return Problem.At(nameof(email), SettingsWords.HasAccountAlready);
        var (id, token) = await invitations.InviteAsync(email, role, actor.UserId() ?? 0, ct);
        await audit.WriteAsync(actors.Of(actor), new AuditFact("users.manage invite", FormattableString.Invariant($"invitation {id}"), After: role), ct);
        return new OneTimeLink(PagePath + token, InvitationStore.Lifetime);
    }

    /// <summary>Makes a link with which a person sets a new password.</summary>
    public async Task<Result<OneTimeLink>> ResetPasswordAsync(ClaimsPrincipal actor, long userId, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        await using var session = accounts.Open();
        if (await session.FindAsync(userId) is not { IsDisabled: false } user) return Problem.Of(SettingsWords.UserGone);
        var (_, token) = await invitations.ResetAsync(user.Email ?? "", userId, actor.UserId() ?? 0, ct);
        await audit.WriteAsync(actors.Of(actor), new AuditFact("users.manage reset password", FormattableString.Invariant($"user {userId}")), ct);
        return new OneTimeLink(PagePath + token, InvitationStore.ResetLifetime);
    }

    /// <summary>Makes a link worthless.</summary>
    public async Task<Problem?> RevokeAsync(ClaimsPrincipal actor, long invitationId, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        if (await invitations.RevokeAsync(invitationId, ct) is null) return Problem.Of(SettingsWords.LinkGone);
        await audit.WriteAsync(actors.Of(actor), new AuditFact("users.manage revoke invitation", FormattableString.Invariant($"invitation {invitationId}")), ct);
        return null;
    }
}
