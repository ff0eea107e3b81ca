using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CampaignPortal.Web.Features.Content;

/// <summary>The document inside the preview's frame: a stranger's page that runs nothing and reaches no cookie (RELIABILITY.md S-24).</summary>
public static class PreviewEndpoints
{
    private const string Policy = "default-src 'none'; img-src 'self' http: https: data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

    private const string DarkQuery = "@media (prefers-color-scheme:dark)";

    public static string AddressOf(string token, bool isDark) => $"/content/preview/{token}{(isDark ? "?dark=true" : "")}";

    public static void MapContentPreview(this IEndpointRouteBuilder app) => app.MapGet("/content/preview/{token}", Show).RequireAuthorization(Capabilities.ReadContent);

    private static Results<ContentHttpResult, NotFound> Show(string token, HttpContext http, PreviewStore store, bool dark = false)
    {
        SecurityHeaders.UsePolicy(http, Policy); // of a refusal too: it is shown in the same frame
        if (http.User.UserId() is not { } user || store.Find(token, user) is not { } html) return TypedResults.NotFound();
        SecurityHeaders.UseReferrerPolicy(http, "no-referrer");
        // The author asks for a light or a dark mail program, whatever this computer prefers.
        return TypedResults.Content(html.Replace(DarkQuery, dark ? "@media all" : "@media not all", StringComparison.Ordinal), "text/html; charset=utf-8");
    }
}
