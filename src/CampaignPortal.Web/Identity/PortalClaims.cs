using System.Globalization;
using System.Security.Claims;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Identity;

/// <summary>Puts into the ticket what the frame of every page shows, so that no page asks the database for it.</summary>
public sealed class PortalClaims(UserManager<PortalUser> users, RoleManager<IdentityRole<long>> roles, IOptions<IdentityOptions> options, IHttpContextAccessor requests)
    : UserClaimsPrincipalFactory<PortalUser, IdentityRole<long>>(users, roles, options)
{
    public const string DisplayName = "portal.display-name";
    public const string TimeZone = "portal.time-zone";

    /// <summary>Number of the session, of which <see cref="Marketing.Access.SessionStore"/> knows whether it goes on.</summary>
    public const string Session = "portal.session";

    private static readonly object SessionItem = new();

    /// <summary>Says to which session the next ticket of this request belongs.</summary>
    public static void SetSession(HttpContext http, long sessionId) => http.Items[SessionItem] = sessionId;

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(PortalUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(DisplayName, user.DisplayName));
        if (user.TimeZone is { } zone) identity.AddClaim(new Claim(TimeZone, zone));
        if (SessionOf(requests.HttpContext) is { } session) identity.AddClaim(new Claim(Session, session.ToString(CultureInfo.InvariantCulture)));
        return identity;
    }

    // A ticket is also made anew each minute and after a change of the profile: it stays a ticket of the same session.
    private static long? SessionOf(HttpContext? http) => http?.Items[SessionItem] as long? ?? http?.User.SessionId();
}
