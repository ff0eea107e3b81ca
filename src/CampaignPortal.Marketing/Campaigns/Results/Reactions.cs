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
}
