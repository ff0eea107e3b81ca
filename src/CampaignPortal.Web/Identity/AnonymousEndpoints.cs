namespace CampaignPortal.Web.Identity;

/// <summary>What somebody who has not signed in can reach: the whole list. A test compares it with the running host.</summary>
public static class AnonymousEndpoints
{
    public static IReadOnlyList<string> All { get; } =
    [
        "/sign-in", "/set-up", "/accept-invitation/{Token}", // the doors
        "/account/language", "/account/theme", // cookies of the browser in front of the doors
        "/csp-reports", // browsers report without signing in
        "/t/c/{token}", "/t/o/{token}.gif", "/t/x/{token}", "/u/{token}", "/u/{token}/again", "/u/{token}/wishes", "/v/{token}", // links in mails, each signed for one message
        "/health/live", "/health/ready", // without detail
        "/demo-pictures/{name}", "/demo-shop", // of the sample shop; nothing where there is none
        "/_framework/opaque-redirect", // a helper of the client script for redirected forms
    ];

    private static readonly string[] StaticFolders = ["assets/", "css/", "_content/", "_framework/blazor", "favicon"];

    /// <summary>Style sheets, scripts, icons: the same for everybody.</summary>
    public static bool IsStaticFile(string path) =>
        StaticFolders.Any(prefix => path.TrimStart('/').StartsWith(prefix, StringComparison.Ordinal));
}
