using System.Security.Claims;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Identity;

/// <summary>Puts into the ticket what the frame of every page shows, so that no page asks the database for it.</summary>
public sealed class PortalClaims(UserManager<PortalUser> users, RoleManager<IdentityRole<long>> roles, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<PortalUser, IdentityRole<long>>(users, roles, options)
{
    public const string DisplayName = "portal.display-name";
    public const string TimeZone = "portal.time-zone";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(PortalUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(DisplayName, user.DisplayName));
        if (user.TimeZone is { } zone) identity.AddClaim(new Claim(TimeZone, zone));
        return identity;
    }
}
