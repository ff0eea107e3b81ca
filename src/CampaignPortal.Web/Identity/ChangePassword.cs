using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

/// <summary>Changes the person's own password and ends their other sessions.</summary>
public sealed class ChangePasswordHandler(
    UserManager<PortalUser> users, SignInManager<PortalUser> tickets, SessionStore sessions, RecentPassword recent, AuditTrail audit, Actors actors)
{
    public const string Wrong = "password-wrong";

    /// <summary>Null when it is changed; otherwise which problem the profile page explains.</summary>
    public async Task<string?> HandleAsync(HttpContext http, string current, string next)
    {
        if (await users.GetUserAsync(http.User) is not { } user) return Wrong;
        if (await recent.ConfirmAsync(http.User, current, http.RequestAborted) is not null) return Wrong;
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, user, next) is { Succeeded: false } failed)
                return "password-" + (Enum.TryParse<PasswordWeakness>(failed.Errors.First().Code, out var weakness) ? weakness : PasswordWeakness.TooShort);
        }
        if (!(await users.ChangePasswordAsync(user, current, next)).Succeeded) return Wrong;
        await sessions.EndAllAsync(user.Id, http.User.SessionId(), http.RequestAborted);
        await tickets.RefreshSignInAsync(user); // the stamp changed, and this session goes on
        await audit.WriteAsync(actors.Of(http.User), new AuditFact("users.change password", FormattableString.Invariant($"user {user.Id}")), CancellationToken.None);
        return null;
    }
}
