using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace CampaignPortal.Web.Identity;

/// <summary>What the account menu sends: plain forms, because each answer writes a cookie.</summary>
public static class AccountEndpoints
{
    public const string ThemeCookie = "cp-theme";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary><c>light</c> or <c>dark</c> when the person chose one; null follows the system.</summary>
    public static string? ThemeOf(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie] : null;

    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        var account = app.MapGroup("/account");
        account.MapPost("/language", SetLanguageAsync).AllowAnonymous();
        account.MapPost("/theme", SetThemeAsync).AllowAnonymous();
        account.MapPost("/time-zone", SetTimeZoneAsync).RequireAuthorization(Capabilities.Open);
        account.MapPost("/sign-out", SignOutAsync).RequireAuthorization(Capabilities.Open);
    }

    public static void Remember(HttpContext http, string cookie, string value) => http.Response.Cookies.Append(cookie, value, new CookieOptions
    {
        MaxAge = Year,
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        IsEssential = true,
    });

    private static async Task<IResult> SetLanguageAsync([FromForm] string language, [FromForm] string? returnUrl, HttpContext http, UserManager<PortalUser> users)
    {
        var culture = PortalCultures.ByName(language) ?? PortalCultures.English;
        Remember(http, PortalCultures.Cookie, culture.Name);
        if (await users.GetUserAsync(http.User) is { } user)
        {
            user.Language = culture.Name;
            await users.UpdateAsync(user);
        }
        return Results.LocalRedirect(ReturnUrl.Local(returnUrl));
    }

    private static async Task<IResult> SetThemeAsync([FromForm] string theme, [FromForm] string? returnUrl, HttpContext http, UserManager<PortalUser> users)
    {
        var chosen = theme is "light" or "dark" ? theme : null;
        if (chosen is null) http.Response.Cookies.Delete(ThemeCookie);
        else Remember(http, ThemeCookie, chosen);
        if (await users.GetUserAsync(http.User) is { } user)
        {
            user.Theme = chosen;
            await users.UpdateAsync(user);
        }
        return Results.LocalRedirect(ReturnUrl.Local(returnUrl));
    }

    private static async Task<IResult> SetTimeZoneAsync(
        [FromForm] string timeZone, [FromForm] string? returnUrl, HttpContext http, UserManager<PortalUser> users, SignInManager<PortalUser> sessions)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _) && await users.GetUserAsync(http.User) is { } user)
        {
            user.TimeZone = timeZone;
            await users.UpdateAsync(user);
            await sessions.RefreshSignInAsync(user); // the zone is part of the ticket
        }
        return Results.LocalRedirect(ReturnUrl.Local(returnUrl));
    }

    private static async Task<IResult> SignOutAsync(IFormCollection form, SignInManager<PortalUser> sessions)
    {
        _ = form; // reading the form is what makes the antiforgery check run
        await sessions.SignOutAsync();
        return Results.LocalRedirect("/sign-in");
    }
}
