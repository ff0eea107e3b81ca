using System.Text.Json;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Catalog;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Web.Api.V1;

/// <summary>Where a shop sends what happened, who its customers are and what it offers.</summary>
internal static class WriteEndpoints
{
    private const int RetryAfterSeconds = 2;

    private delegate Task<IngestReport?> Store(string source, JsonElement rows, DateTimeOffset? sentAt, CancellationToken ct);

    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/events", (HttpContext http, IngestEventsHandler handler, CancellationToken ct) =>
                PostAsync(http, "batch", IngestEventsHandler.MaxEntryCount, handler.IsBusy, (source, rows, sentAt, token) => handler.HandleAsync(source, rows, sentAt, SiteKey.Of(http.Request) is not null, token), ct))
            .WithName("IngestEvents")
            .WithSummary("Store up to 1,000 tracking calls; answers per row, after the commit.")
            .RequireAuthorization(ApiKeyAuthentication.PolicyOf(ApiScopes.EventsWrite));
        v1.MapPost("/customers", (HttpContext http, UpsertCustomersHandler handler, IngestEventsHandler inbox, CancellationToken ct) =>
                PostAsync(http, "customers", UpsertCustomersHandler.MaxCount, inbox.IsBusy, (source, rows, _, token) => handler.HandleAsync(source, rows, token), ct))
            .WithName("UpsertCustomers")
            .WithSummary("Add or change up to 1,000 customers: contact data, traits, consents.")
            .RequireAuthorization(ApiKeyAuthentication.PolicyOf(ApiScopes.CustomersWrite));
        v1.MapPost("/items", (HttpContext http, UpsertItemsHandler handler, IngestEventsHandler inbox, CancellationToken ct) =>
                PostAsync(http, "items", UpsertItemsHandler.MaxCount, inbox.IsBusy, (source, rows, _, token) => handler.HandleAsync(source, rows, token), ct))
            .WithName("UpsertItems")
            .WithSummary("Add or change up to 1,000 items of the catalogue.")
            .RequireAuthorization(ApiKeyAuthentication.PolicyOf(ApiScopes.CustomersWrite));
    }

    private static async Task<IResult> PostAsync(HttpContext http, string listName, int maxCount, bool isBusy, Store store, CancellationToken ct)
    {
        if (isBusy) return Busy(http); // before a byte of the body is read
        var (document, refusal) = await JsonBody.ReadAsync(http.Request, ct);
        if (document is null) return refusal!; // one of the two is there
        using (document)
        {
            if (document.RootElement.Find(listName) is not { ValueKind: JsonValueKind.Array } rows)
                return JsonBody.Refuse(StatusCodes.Status400BadRequest, "field.missing", $"The body must be an object with the list '{listName}'.");
            if (rows.GetArrayLength() > maxCount) return JsonBody.Refuse(StatusCodes.Status400BadRequest, "field.length", $"'{listName}' may hold {maxCount} entries at most; found {rows.GetArrayLength()}.");
            try
            {
                var report = await store(http.User.Identity!.Name!, rows, document.RootElement.Time("sentAt"), ct); // the policy asked for a signed-in key
                return report is null ? Busy(http) : Results.Ok(report);
            }
            catch (JsonFieldException e)
            {
                return JsonBody.Refuse(StatusCodes.Status400BadRequest, "field.type", e.Message);
            }
            catch (System.Data.Common.DbException)
            {
                return Busy(http, "The store cannot take it in right now; nothing of the batch is stored.");
            }
        }
    }

    private static IResult Busy(HttpContext http, string detail = "More waits for the store than may wait.")
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return JsonBody.Refuse(StatusCodes.Status429TooManyRequests, "store.busy", detail + " Send the same batch again.");
    }
}
