using System.Globalization;
using System.Security.Cryptography;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

public enum SignInOutcome
{
    SignedIn,
    /// <summary>The address and the password do not belong together, or the account is closed: nobody learns which.</summary>
    Refused,
    /// <summary>Too many attempts: wait.</summary>
    Slowed,
}

/// <param name="Outcome">What happened.</param>
/// <param name="Wait">How long until the next attempt counts; zero unless slowed.</param>
public sealed record SignInResultRow(SignInOutcome Outcome, TimeSpan Wait);

/// <summary>Checks an address and a password, and starts the session.</summary>
public sealed class SignInService(
    UserManager<PortalUser> users,
    SignInManager<PortalUser> sessions,
    SignInThrottle throttle,
    SessionStore store,
    AuditTrail audit,
    IDataProtectionProvider protection,
    IPasswordHasher<PortalUser> hasher,
    TimeProvider clock,
    ILogger<SignInService> log)
{
    public const string DeviceCookie = "portal-device";

    /// <summary>Key among the ticket's items: when the person typed the password.</summary>
    public const string SignedInAtItem = "since";

    private static readonly Lock StandInAccess = new();
    private static string? _standIn; // the same for everybody and nobody's: a hash to spend time on

    public async Task<SignInResultRow> SignInAsync(HttpContext http, string email, string password)
    {
        var attempt = new SignInAttempt(email, http.Connection.RemoteIpAddress, IsKnownDevice(http, email));
        var wait = throttle.DelayFor(attempt);
        if (wait > TimeSpan.Zero)
        {
            log.SignInSlowed(wait.TotalSeconds);
            return new(SignInOutcome.Slowed, wait);
        }

        var user = await users.FindByEmailAsync(email.Trim());
        if (!await MatchesAsync(user, password))
        {
            throttle.Failed(attempt);
            log.SignInRefused(user?.Id);
            await audit.WriteAsync(new Actor("nobody", http.Address()), new AuditFact("sessions.refused", user is null ? null : Target(user)), CancellationToken.None);
            return new(SignInOutcome.Refused, TimeSpan.Zero);
        }

        throttle.Succeeded(attempt);
        await StartSessionAsync(http, user!); // a password matched, so there is a user
        return new(SignInOutcome.SignedIn, TimeSpan.Zero);
    }

    /// <summary>Gives the browser a new ticket, and remembers it as a device of this person.</summary>
    public async Task StartSessionAsync(HttpContext http, PortalUser user)
    {
        var now = clock.GetUtcNow();
        user.LastSignInAt = now;
        await users.UpdateAsync(user);
        var properties = new AuthenticationProperties { IsPersistent = false, AllowRefresh = true };
        properties.Items[SignedInAtItem] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        PortalClaims.SetSession(http, await store.StartAsync(user.Id, http.Request.Headers.UserAgent, http.Address(), http.RequestAborted));
        await sessions.SignInAsync(user, properties);
        await audit.WriteAsync(new Actor(user.Id.ToString(CultureInfo.InvariantCulture), http.Address()), new AuditFact("sessions.start", Target(user)), CancellationToken.None);
        http.Response.Cookies.Append(DeviceCookie, Devices.Protect(users.NormalizeEmail(user.Email!)), new CookieOptions // the address is required
        {
            HttpOnly = true,
            Secure = http.Request.IsHttps,
            SameSite = SameSiteMode.Lax,
            MaxAge = TimeSpan.FromDays(180),
            IsEssential = true,
        });
        AccountEndpoints.BringChoices(http, user);
        log.SignedIn(user.Id);
    }

    private static string Target(PortalUser user) => FormattableString.Invariant($"user {user.Id}");

    // Both ways hash once: whoever measures the answer learns nothing about the address.
    private async Task<bool> MatchesAsync(PortalUser? user, string password)
    {
        if (password.Length > PasswordRules.MaxLength) password = password[..PasswordRules.MaxLength] + "…"; // never right, and cheap to refuse
        if (user is null || user.IsDisabled || user.PasswordHash is null)
        {
            hasher.VerifyHashedPassword(user ?? new PortalUser(), StandIn(), password);
            return false;
        }
        return await users.CheckPasswordAsync(user, password);
    }

    private bool IsKnownDevice(HttpContext http, string email)
    {
        if (http.Request.Cookies[DeviceCookie] is not { Length: > 0 } cookie) return false;
        try
        {
            return string.Equals(Devices.Unprotect(cookie), users.NormalizeEmail(email.Trim()), StringComparison.Ordinal);
        }
        catch (CryptographicException) // another portal's, or an old key's
        {
            return false;
        }
    }

    private IDataProtector Devices => protection.CreateProtector("portal.device");

    private string StandIn()
    {
        lock (StandInAccess) return _standIn ??= hasher.HashPassword(new PortalUser(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
    }
}
