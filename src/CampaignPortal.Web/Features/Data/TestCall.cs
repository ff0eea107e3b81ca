using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Events.Catalogue;

namespace CampaignPortal.Web.Features.Data;

/// <summary>Writes an event as the call that would send one like it: for a developer's terminal, with a made-up customer.</summary>
internal static class TestCall
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="address">Root of the portal, with a slash at its end.</param>
    public static string Of(StreamedEvent e, string address)
    {
        var json = new JsonObject { ["batch"] = new JsonArray(Entry(e)) }.ToJsonString(Pretty);
        return $"curl -X POST '{address}api/v1/events' \\\n  -H 'Authorization: Bearer YOUR_KEY' -H 'Content-Type: application/json' \\\n  -d '{json.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>Everything that is known of the event, readable.</summary>
    public static string Json(StreamedEvent e)
    {
        var known = new JsonObject { ["type"] = e.Type, ["source"] = e.Source, ["occurredAt"] = e.OccurredAt.ToString("O", CultureInfo.InvariantCulture) };
        if (e.ItemId is not null) known["item"] = e.ItemId;
        if (e.OrderId is not null) known["order"] = e.OrderId;
        if (e.Quantity is { } quantity) known["quantity"] = quantity;
        if (e.Amount is { } amount) known["amount"] = amount;
        if (e.Properties is { } properties) known["properties"] = JsonNode.Parse(properties);
        return known.ToJsonString(Pretty);
    }

    private static JsonObject Entry(StreamedEvent e)
    {
        var properties = e.Properties is { } stored ? (JsonObject)JsonNode.Parse(stored)! : []; // the log keeps objects only
        var entry = new JsonObject { ["type"] = "track", ["messageId"] = string.Create(CultureInfo.InvariantCulture, $"test-{e.Sequence}"), ["userId"] = "test-customer" };
        switch (e.Type)
        {
            case KnownEvents.ProfileUpdated:
                (entry["type"], entry["traits"]) = ("identify", properties["traits"]?.DeepClone());
                return entry;
            case KnownEvents.PageViewed:
                entry["type"] = "page";
                break;
            default:
                entry["event"] = e.Name;
                if (e.Type is KnownEvents.Custom) properties.Remove("name");
                break;
        }
        if (e.OrderId is not null) properties["order_id"] = e.OrderId;
        if (e.ItemId is not null) properties["product_id"] = e.ItemId;
        if (e.Quantity is { } quantity) properties["quantity"] = quantity;
        if (e.Amount is { } amount) properties["value"] = amount;
        if (properties.Count > 0) entry["properties"] = properties;
        return entry;
    }
}
