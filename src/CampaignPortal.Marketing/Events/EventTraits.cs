using System.Text.Json;

namespace CampaignPortal.Marketing.Events;

/// <summary>Traits that an event states: all of a profile update, and the country of any event that names one.</summary>
public static class EventTraits
{
    private const string Country = "country";

    [ThreadStatic]
    private static string? _lastText;

    [ThreadStatic]
    private static (string, string)[]? _lastTraits;

    /// <summary>Name and value of each trait; texts as they are, numbers and truth values in the invariant form, lists and objects as JSON.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(EventKind kind, string? properties)
    {
        if (properties is null) return [];
        if (kind is EventKind.ProfileUpdated) return Read(properties, root => root.TryGetProperty("traits", out var traits) ? traits : default);
        if (!properties.Contains("\"country\"", StringComparison.Ordinal)) return [];
        // Lines of one order carry the same text one after the other.
        if (properties == _lastText) return _lastTraits!; // set together
        _lastTraits = Read(properties, root => root, Country);
        _lastText = properties;
        return _lastTraits;
    }

    private static (string, string)[] Read(string properties, Func<JsonElement, JsonElement> choose, string? only = null)
    {
        using var document = JsonDocument.Parse(properties);
        var traits = choose(document.RootElement);
        if (traits.ValueKind is not JsonValueKind.Object) return [];
        return
        [
            .. from trait in traits.EnumerateObject()
               where only is null || trait.NameEquals(only)
               where trait.Value.ValueKind is not JsonValueKind.Null
               select (trait.Name, trait.Value.ValueKind is JsonValueKind.String ? trait.Value.GetString()! : trait.Value.GetRawText()),
        ];
    }
}
