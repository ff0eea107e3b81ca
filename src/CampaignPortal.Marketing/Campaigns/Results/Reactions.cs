using System.Text.Json;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>Whether a person, and not a mail program or a gateway, opened or clicked (DE-12).</summary>
public static class Reactions
{
    /// <summary>What is not classed counts as a person: other systems report people. What is classed counts only when it is human.</summary>
    public static bool IsByPerson(string? properties)
    {
        if (properties is null || !properties.Contains("\"by\"", StringComparison.Ordinal)) return true;
        using var document = JsonDocument.Parse(properties);
        return !document.RootElement.TryGetProperty("by", out var by) || by.ValueKind is not JsonValueKind.String || by.GetString() is "human";
    }

    /// <summary>Which link of the mail was followed, and where it led; −1 and null where that was not said.</summary>
    public static (int Link, string? Url) LinkOf(string? properties)
    {
        if (properties is null || !properties.Contains("\"link\"", StringComparison.Ordinal)) return (-1, null);
        using var document = JsonDocument.Parse(properties);
        var link = document.RootElement.TryGetProperty("link", out var index) && index.TryGetInt32Safely() is { } number and >= 0 ? number : -1;
        return (link, document.RootElement.TryGetProperty("url", out var url) && url.ValueKind is JsonValueKind.String ? url.GetString() : null);
    }

    private static int? TryGetInt32Safely(this JsonElement value) => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
