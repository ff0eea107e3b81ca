using Microsoft.AspNetCore.Authentication.Cookies;

namespace CampaignPortal.Web.Identity;

/// <summary>Names the session cookie with the <c>__Host-</c> prefix wherever the connection is encrypted.</summary>
/// <remarks>
/// Browsers accept the prefix only together with Secure, so a portal on <c>http://127.0.0.1</c> must go without it. The name follows
/// the request, because one host may listen on both.
/// </remarks>
public sealed class HostPrefixCookies : ICookieManager
{
    public const string Prefix = "__Host-";

    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, Name(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _inner.DeleteCookie(context, Name(context, key), options);

    private static string Name(HttpContext context, string key) => context.Request.IsHttps ? Prefix + key : key;
}
