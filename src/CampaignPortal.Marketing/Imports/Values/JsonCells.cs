using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>Cells that hold JSON.</summary>
internal static class JsonCells
{
    /// <summary>The object in the cell, or null when it is none.</summary>
    public static JsonObject? Parse(ReadOnlySpan<char> text)
    {
        try
        {
            var parsed = JsonNode.Parse(text.ToString()) as JsonObject;
            return parsed?.Count >= 0 ? parsed : null; // counting walks the object: a repeated name shows only then
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
