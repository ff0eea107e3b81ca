using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Components;

public static class NavigationExtensions
{
    /// <summary>The page's own address from the root on, filters included: where a form leads back to.</summary>
    public static string Here(this NavigationManager navigation) => "/" + navigation.ToBaseRelativePath(navigation.Uri).Split('#')[0];
}
