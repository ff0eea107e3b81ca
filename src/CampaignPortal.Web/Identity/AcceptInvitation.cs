using System.Globalization;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

/// <summary>What somebody with a one-time link enters.</summary>
public sealed record AcceptInvitation(string Token, string DisplayName, string Password);

/// <param name="User">The account.</param>
/// <param name="IsNew">It was just made, so the person may go in; a new password for an old account never signs in by itself.</param>
public sealed record AcceptedInvitation(PortalUser User, bool IsNew);

/// <summary>Makes the account of an invitation, or sets the new password of a reset. The link is spent only when everything else is right.</summary>
public sealed class AcceptInvitationHandler(
    InvitationStore invitations, UserManager<PortalUser> users, RoleManager<IdentityRole<long>> roles, SessionStore sessions, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<AcceptedInvitation>> HandleAsync(AcceptInvitation command, string? address, CancellationToken ct)
    {
        if (await invitations.FindOpenAsync(command.Token, ct) is not { } invitation) return Problem.Of(SettingsWords.LinkNotValid);
        var user = invitation.UserId is { } id ? await users.FindByIdAsync(id.ToString(CultureInfo.InvariantCulture)) : NewUser(invitation, command);
        if (user is null or { IsDisabled: true }) return Problem.Of(SettingsWords.LinkNotValid);
        if (user.DisplayName is not { Length: > 0 and <= 80 }) return Problem.At(nameof(command.DisplayName), Words.NameMissing);
        if (await PasswordExplanations.WeaknessAsync(users, user, command.Password) is { } weakness) return Problem.At(nameof(command.Password), weakness);

        if (!await invitations.TrySpendAsync(invitation.Id, ct)) return Problem.Of(SettingsWords.LinkNotValid); // another tab was faster
        if (invitation.Role is { } role) return await CreateAsync(user, role, command.Password, invitation.Id, address);

        await users.RemovePasswordAsync(user);
        await users.AddPasswordAsync(user, command.Password); // both change the stamp, which ends tickets
        await sessions.EndAllAsync(user.Id, exceptId: null, ct);
        await NoteAsync(user, "users.reset password", invitation.Id, address);
        return new AcceptedInvitation(user, IsNew: false);
    }

    private async Task<Result<AcceptedInvitation>> CreateAsync(PortalUser user, string role, string password, long invitationId, string? address)
    {
        if (!(await users.CreateAsync(user, password)).Succeeded) return Problem.Of(SettingsWords.LinkNotValid); // the address got an account in the meantime
        await users.SetRoleAsync(roles, user, role);
        await NoteAsync(user, "users.accept invitation", invitationId, address);
        return new AcceptedInvitation(user, IsNew: true);
    }

    private Task NoteAsync(PortalUser user, string action, long invitationId, string? address) => audit.WriteAsync(
        new Actor(user.Id.ToString(CultureInfo.InvariantCulture), address), new AuditFact(action, FormattableString.Invariant($"invitation {invitationId}")), CancellationToken.None);

    private PortalUser NewUser(Invitation invitation, AcceptInvitation command) => new()
    {
        UserName = invitation.Email,
        Email = invitation.Email,
        EmailConfirmed = true, // the link was sent there by an admin
        DisplayName = command.DisplayName.Trim(),
        Language = PortalCultures.Current.Name,
        CreatedAt = clock.GetUtcNow(),
    };
}
