using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CampaignPortal.Web.Features.Delivery;

/// <summary>The links in mails: open to everybody who holds one, each signed, none of them able to lead elsewhere.</summary>
public static class TrackingEndpoints
{
    /// <summary>Mail in a browser runs nothing and reaches no cookie.</summary>
    public const string MailPolicy = "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

    /// <summary>For a frame of the portal: it reaches nothing outside, so that looking at a mail tells nobody.</summary>
    internal const string PreviewPolicy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

    private static readonly byte[] Dot = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void MapTracking(this IEndpointRouteBuilder app)
    {
        var open = app.MapGroup("").AllowAnonymous().DisableAntiforgery().RequireRateLimiting(RateLimits.Tracking); // the token is the authority, no cookie is read
        open.MapMethods("/t/c/{token}", [HttpMethods.Get, HttpMethods.Head], ClickAsync);
        open.MapMethods("/t/o/{token}.gif", [HttpMethods.Get, HttpMethods.Head], OpenAsync);
        open.MapMethods("/t/x/{token}", [HttpMethods.Get, HttpMethods.Head], TrapAsync);
        open.MapGet("/u/{token}", Ask);
        open.MapPost("/u/{token}", LeaveAsync).WithMetadata(new RequestSizeLimitAttribute(16 * 1024));
        open.MapPost("/u/{token}/again", ReturnAsync).WithMetadata(new RequestSizeLimitAttribute(16 * 1024));
        open.MapPost("/u/{token}/wishes", WishAsync).WithMetadata(new RequestSizeLimitAttribute(16 * 1024));
        open.MapGet("/v/{token}", View);
        app.MapGet("/settings/outbox/{id:long}/mail", Preview).RequireAuthorization(Capabilities.ManageConnections);
    }

    private static async Task<IResult> ClickAsync(string token, HttpContext http, TrackVisitsHandler handler)
    {
        Hide(http);
        return await handler.ClickAsync(token, Facts(http.Request), http.RequestAborted) is { } target ? Results.Redirect(target) : Results.NotFound();
    }

    private static async Task<IResult> OpenAsync(string token, HttpContext http, TrackVisitsHandler handler)
    {
        Hide(http);
        await handler.OpenAsync(token, Facts(http.Request), http.RequestAborted);
        return Results.Bytes(Dot, "image/gif"); // the same picture for every token: nobody learns which are good
    }

    // The same empty page for every token: nobody learns that it is a trap, or which are good.
    private static async Task<IResult> TrapAsync(string token, HttpContext http, TrackVisitsHandler handler)
    {
        Hide(http);
        await handler.TrapAsync(token, http.RequestAborted);
        return Results.Content("", "text/html; charset=utf-8");
    }

    // A scanner that follows every link must not unsubscribe anybody: reading asks, only a post acts.
    private static UnsubscribeResult Ask(string token, HttpContext http, UnsubscribeHandler handler) => Page(http, token, handler.Find(token), UnsubscribeStep.Ask);

    private static async Task<UnsubscribeResult> LeaveAsync(string token, HttpContext http, UnsubscribeHandler handler) =>
        Page(http, token, await handler.LeaveAsync(token, CancellationToken.None), UnsubscribeStep.Left);

    private static async Task<UnsubscribeResult> ReturnAsync(string token, HttpContext http, UnsubscribeHandler handler) =>
        Page(http, token, await handler.ReturnAsync(token, CancellationToken.None), UnsubscribeStep.Back);

    // One button of one form: its name says which wish, its value how much.
    private static async Task<UnsubscribeResult> WishAsync(string token, HttpContext http, UnsubscribeHandler handler)
    {
        var fields = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        var wish = fields.Select(f => MailWishes.Read(f.Key, f.Value.ToString())).FirstOrDefault(w => w is not null);
        return wish is null ? Page(http, token, handler.Find(token), UnsubscribeStep.Ask) : Page(http, token, await handler.WishAsync(token, wish, CancellationToken.None), UnsubscribeStep.Noted);
    }

    private static Results<ContentHttpResult, NotFound> View(string token, HttpContext http, ViewMailHandler handler)
    {
        Hide(http);
        SecurityHeaders.UsePolicy(http, MailPolicy);
        return handler.Find(token) is { } mail ? TypedResults.Content(mail.Html, "text/html; charset=utf-8") : TypedResults.NotFound();
    }

    // For the frame of the outbox page: it reaches nothing outside, so that looking at a mail tells nobody.
    private static Results<ContentHttpResult, NotFound> Preview(long id, HttpContext http, BodyStore bodies)
    {
        SecurityHeaders.UsePolicy(http, PreviewPolicy);
        return bodies.Read(id) is { } mail ? TypedResults.Content(mail.Content.Html, "text/html; charset=utf-8") : TypedResults.NotFound();
    }

    private static UnsubscribeResult Page(HttpContext http, string token, UnsubscribeView? view, UnsubscribeStep step)
    {
        Hide(http);
        return new UnsubscribeResult(token, view, step);
    }

    // No cache keeps what is answered to one person, no search engine lists it, and no other site hears the token.
    private static void Hide(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store, private";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        SecurityHeaders.UseReferrerPolicy(http, "no-referrer");
    }

    private static VisitFacts Facts(HttpRequest request) => new(
        HttpMethods.IsHead(request.Method),
        request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null,
        request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase) || request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase));
}
