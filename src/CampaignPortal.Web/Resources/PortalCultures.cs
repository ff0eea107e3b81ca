using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace CampaignPortal.Web.Resources;

/// <summary>A language of the pages.</summary>
/// <param name="Name">Name of the resources, and what is stored: <c>en</c>, <c>zh-Hans</c>.</param>
/// <param name="FormatName">The culture whose dates and numbers are used.</param>
/// <param name="HtmlName">Value of <c>lang</c>.</param>
/// <param name="OwnName">How its speakers call it.</param>
public sealed record PortalCulture(string Name, string FormatName, string HtmlName, string OwnName);

/// <summary>The languages of the pages, and how a request gets one: the person's choice, else the browser's wish.</summary>
public sealed class PortalCultures : RequestCultureProvider
{
    public const string Cookie = "cp-language";

    public static PortalCulture English { get; } = new("en", "en-GB", "en", "English");
    public static PortalCulture Chinese { get; } = new("zh-Hans", "zh-CN", "zh-CN", "简体中文");
    public static IReadOnlyList<PortalCulture> All { get; } = [English, Chinese];

    public static PortalCulture Current => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName is "zh" ? Chinese : English;

    public static PortalCulture? ByName(string? name) => All.FirstOrDefault(c => c.Name == name);

    public static void Configure(RequestLocalizationOptions options)
    {
        options.SupportedCultures = [.. All.Select(c => CultureInfo.GetCultureInfo(c.FormatName))];
        options.SupportedUICultures = [.. All.Select(c => CultureInfo.GetCultureInfo(c.Name))];
        options.DefaultRequestCulture = new RequestCulture(English.FormatName, English.Name);
        options.RequestCultureProviders = [new PortalCultures()];
        options.ApplyCurrentCultureToResponseHeaders = false;
    }

    public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext)
    {
        var culture = ByName(httpContext.Request.Cookies[Cookie]) ?? Wished(httpContext.Request);
        return Task.FromResult<ProviderCultureResult?>(new ProviderCultureResult(culture.FormatName, culture.Name));
    }

    private static PortalCulture Wished(HttpRequest request)
    {
        var first = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).FirstOrDefault()?.Value.Value ?? "";
        return first.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : English;
    }
}
