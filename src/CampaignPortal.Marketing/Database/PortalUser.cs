using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Marketing.Database;

/// <summary>A person who signs in to the portal.</summary>
public sealed class PortalUser : IdentityUser<long>
{
    public string DisplayName { get; set; } = "";

    /// <summary>Language of the pages, <c>en</c> or <c>zh-Hans</c>; null follows the browser.</summary>
    public string? Language { get; set; }

    /// <summary>IANA time zone of the pages; null means the shop's.</summary>
    public string? TimeZone { get; set; }

    /// <summary><c>light</c>, <c>dark</c>; null follows the system.</summary>
    public string? Theme { get; set; }

    /// <summary><c>compact</c>, <c>relaxed</c>; null is the one in between.</summary>
    public string? Density { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastSignInAt { get; set; }

    public bool IsDisabled { get; set; }
}
