using System.Security.Claims;
using CampaignPortal.Marketing.Insights.Messages;
using CampaignPortal.Web.Features.Delivery;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>A mail as one customer received it, for the frame on the customer's page.</summary>
public static class SentMailEndpoint
{
    public static void MapSentMail(this IEndpointRouteBuilder app) =>
        app.MapGet("/customers/{customer:long}/messages/{message:long}/mail", ShowAsync).RequireAuthorization(Capabilities.ReadCustomers);

    // A mail names its reader: whoever sees customers masked does not see it. To others it does not exist.
    private static async Task<Results<ContentHttpResult, NotFound>> ShowAsync(long customer, long message, HttpContext http, ClaimsPrincipal user, ReadSentMailHandler handler, CancellationToken ct)
    {
        SecurityHeaders.UsePolicy(http, TrackingEndpoints.PreviewPolicy);
        http.Response.Headers.CacheControl = "no-store, private";
        var mail = user.SeesIdentified() ? await handler.HandleAsync(customer, message, user.ScopeOfCustomers(), ct) : null;
        return mail is null ? TypedResults.NotFound() : TypedResults.Content(mail.Content.Html, "text/html; charset=utf-8");
    }
}
