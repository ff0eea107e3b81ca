using System.Security.Claims;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Components;

/// <summary>Who looks at a page, and how times and money are to be written for them. Cascaded to every part.</summary>
/// <param name="User">The signed-in person.</param>
/// <param name="Shop">Name, currency and zone of the shop.</param>
/// <param name="Zone">The person's zone, or the shop's.</param>
/// <param name="Clock">What "ago" counts from.</param>
public sealed record Viewer(ClaimsPrincipal User, ShopSettings Shop, TimeZoneInfo Zone, TimeProvider Clock)
{
    /// <summary>Stands in until a page knows better.</summary>
    public static Viewer Nobody { get; } = new(new ClaimsPrincipal(new ClaimsIdentity()), ShopSettings.Default, TimeZoneInfo.Utc, TimeProvider.System);

    public string UserName => User.FindFirstValue(PortalClaims.DisplayName) is { Length: > 0 } name ? name : User.Identity?.Name ?? "";

    public static Viewer Of(ClaimsPrincipal user, ShopSettings shop, TimeProvider clock)
    {
        var zone = user.FindFirstValue(PortalClaims.TimeZone) is { Length: > 0 } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var own) ? own : shop.Zone;
        return new Viewer(user, shop, zone, clock);
    }
}
