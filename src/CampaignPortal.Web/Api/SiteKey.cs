namespace CampaignPortal.Web.Api;

/// <summary>The public key of a site: it stands in the address, because a browser that leaves a page can send a body and no headers.</summary>
internal static class SiteKey
{
    /// <summary>The key of a request that has one and nothing else to sign in with; only events may be sent so.</summary>
    public static string? Of(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path == "/api/v1/events" && request.Headers.Authorization.Count is 0 ? request.Query["key"].FirstOrDefault() : null;
}
