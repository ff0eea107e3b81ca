using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Identity;

/// <summary>Guards the capabilities that the table marks "after step-up": the password must have been entered within ten minutes, in this session.</summary>
/// <remarks>The moment is kept by the server, never by the browser; a restart forgets it, and asks once more.</remarks>
public sealed class RecentPassword(SessionStore sessions, UserAccounts accounts, SignInThrottle throttle, AuditTrail audit, Actors actors, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Whether the person may use the capability, but has to enter the password first.</summary>
    public bool IsNeeded(ClaimsPrincipal user, string capability) => user.AccessTo(capability) is Access.StepUp && !IsFresh(user);

    /// <summary>Why the person may not use the capability now; null lets them. What acts calls this, whatever the page showed.</summary>
    public Problem? Refuse(ClaimsPrincipal user, string capability)
    {
        if (!user.Can(capability)) return Problem.Of(SettingsWords.NotAllowed);
        return IsNeeded(user, capability) ? Problem.Of(SettingsWords.PasswordNeeded) : null;
    }

    /// <summary>Checks the password; null when it is right, otherwise what to tell the person. Guessing is slowed down as at the door.</summary>
    public async Task<string?> ConfirmAsync(ClaimsPrincipal user, string password, CancellationToken ct)
    {
        if (user.UserId() is not { } userId || user.SessionId() is not { } session || !await sessions.IsLiveAsync(session, userId, ct)) return SettingsWords.NotAllowed;
        var attempt = new SignInAttempt(FormattableString.Invariant($"step-up {userId}"), Address: null, IsKnownDevice: true);
        if (throttle.DelayFor(attempt) is { Ticks: > 0 } wait) return Say(wait);
        if (!await accounts.PasswordMatchesAsync(userId, password))
        {
            throttle.Failed(attempt);
            await audit.WriteAsync(actors.Of(user), new AuditFact("sessions.refused step-up", FormattableString.Invariant($"user {userId}")), ct);
            return SettingsWords.PasswordWrong;
        }
        throttle.Succeeded(attempt);
        sessions.Confirm(session);
        return null;
    }

    private bool IsFresh(ClaimsPrincipal user) =>
        user.SessionId() is { } session && sessions.ConfirmedAt(session) is { } at && clock.GetUtcNow() - at < Lifetime;

    private static string Say(TimeSpan wait) =>
        Components.Shared.Say.With(Words.SignInSlowed, ("seconds", Components.Shared.Figures.Count((long)Math.Ceiling(wait.TotalSeconds))));
}
