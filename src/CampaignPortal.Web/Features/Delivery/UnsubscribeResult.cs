using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CampaignPortal.Web.Features.Delivery;

/// <summary>Where somebody stands on the way out.</summary>
public enum UnsubscribeStep
{
    Ask,
    Left,
    Back,
    /// <summary>Stays, with a wish.</summary>
    Noted,
}

/// <summary>The page in the language of the mail, else in that of the browser; 404 for a link that we did not make.</summary>
internal sealed class UnsubscribeResult(string token, UnsubscribeView? view, UnsubscribeStep step) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (view?.Language is { } language && PortalCultures.ByName(language) is { } culture)
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture.Name);
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture.FormatName);
        }
        var shop = httpContext.RequestServices.GetRequiredService<ShopSettingsStore>().Read();
        var page = new RazorComponentResult<UnsubscribeDocument>(new { Token = token, View = view, Step = step, Shop = shop.Name }) { StatusCode = view is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK };
        await page.ExecuteAsync(httpContext);
    }
}
