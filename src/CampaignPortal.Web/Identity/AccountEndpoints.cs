using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace CampaignPortal.Web.Identity;

/// <summary>What the account menu sends: plain forms, because each answer writes a cookie.</summary>
public static class AccountEndpoints
{
    public const string ThemeCookie = "cp-theme";
    public const string DensityCookie = "cp-density";
    private const string ProfilePath = "/settings/profile";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary><c>light</c> or <c>dark</c> when the person chose one; null follows the system.</summary>
    public static string? ThemeOf(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie] : null;

    /// <summary><c>compact</c> or <c>relaxed</c> when the person chose one; null is the one in between.</summary>
    public static string? DensityOf(HttpContext http) => http.Request.Cookies[DensityCookie] is "compact" or "relaxed" ? http.Request.Cookies[DensityCookie] : null;

    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        var account = app.MapGroup("/account");
        account.MapPost("/language", SetLanguageAsync).AllowAnonymous();
        account.MapPost("/theme", SetThemeAsync).AllowAnonymous();
        account.MapPost("/density", SetDensityAsync).RequireAuthorization(Capabilities.Open);
        account.MapPost("/name", SetNameAsync).RequireAuthorization(Capabilities.Open);
        account.MapPost("/password", SetPasswordAsync).RequireAuthorization(Capabilities.Open).RequireRateLimiting(RateLimits.SignIn);
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

    /// <summary>Gives a browser in which somebody just signed in their theme and density; its language is what it wishes, or what was chosen at the door.</summary>
    public static void BringChoices(HttpContext http, PortalUser user)
    {
        Bring(ThemeCookie, user.Theme);
        Bring(DensityCookie, user.Density);

        // What was chosen in this very browser counts more.
        void Bring(string cookie, string? value)
        {
            if (value is not null && !http.Request.Cookies.ContainsKey(cookie)) Remember(http, cookie, value);
        }
    }

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

    private static async Task<IResult> SetDensityAsync([FromForm] string density, [FromForm] string? returnUrl, HttpContext http, UserManager<PortalUser> users)
    {
        var chosen = density is "compact" or "relaxed" ? density : null;
        if (chosen is null) http.Response.Cookies.Delete(DensityCookie);
        else Remember(http, DensityCookie, chosen);
        if (await users.GetUserAsync(http.User) is { } user)
        {
            user.Density = chosen;
            await users.UpdateAsync(user);
        }
        return Results.LocalRedirect(ReturnUrl.Local(returnUrl));
    }

    private static async Task<IResult> SetNameAsync([FromForm] string displayName, HttpContext http, UserManager<PortalUser> users, SignInManager<PortalUser> sessions)
    {
        if (displayName.Trim() is not { Length: > 0 and <= 80 } name || name.Any(char.IsControl)) return Results.LocalRedirect(ProfilePath + "?problem=name");
        if (await users.GetUserAsync(http.User) is { } user)
        {
            user.DisplayName = name;
            await users.UpdateAsync(user);
            await sessions.RefreshSignInAsync(user); // the name is part of the ticket
        }
        return Results.LocalRedirect(ProfilePath + "?done=name");
    }

    private static async Task<IResult> SetPasswordAsync([FromForm] string current, [FromForm] string next, HttpContext http, ChangePasswordHandler handler) =>
        Results.LocalRedirect(ProfilePath + (await handler.HandleAsync(http, current, next) is { } problem ? "?problem=" + problem : "?done=password"));

    private static async Task<IResult> SignOutAsync(IFormCollection form, HttpContext http, SignInManager<PortalUser> sessions, SessionStore store)
    {
        _ = form; // reading the form is what makes the antiforgery check run
        if (http.User.SessionId() is { } session && http.User.UserId() is { } user) await store.EndAsync(session, user, http.RequestAborted); // a copied cookie is worth nothing afterwards
        await sessions.SignOutAsync();
        return Results.LocalRedirect("/sign-in");
    }
}
