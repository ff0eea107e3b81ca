using System.Text.Json;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>Traits that an event states: all of a profile update, and the country of any event that names one.</summary>
/// <remarks>
/// Shops write countries in many ways, the log keeps them as they came. Whoever reads a trait reads the ISO code, so that a file of orders that says
/// "Germany" and a file of customers that says "DE" agree; beside it stands what was said, as <c>country_raw</c>.
/// </remarks>
public static class EventTraits
{
    /// <summary>End of the name under which a trait is kept as it came, where that differs from its one spelling.</summary>
    public const string RawSuffix = "_raw";

    private const string Country = "country";

    [ThreadStatic]
    private static string? _lastText;

    [ThreadStatic]
    private static (string, string)[]? _lastTraits;

    /// <summary>Name and value of each trait in its one spelling; texts as they are, numbers and truth values in the invariant form, lists and objects as JSON.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(EventKind kind, string? properties)
    {
        if (properties is null) return [];
        if (kind is EventKind.ProfileUpdated) return InOneSpelling(Stated(properties));
        if (!properties.Contains("\"country\"", StringComparison.Ordinal)) return [];
        // Lines of one order carry the same text one after the other.
        if (properties == _lastText) return _lastTraits!; // set together
        _lastTraits = InOneSpelling(Read(properties, root => root, Country));
        _lastText = properties;
        return _lastTraits;
    }

    /// <summary>The traits of a profile update as they were said.</summary>
    public static (string Name, string Value)[] Stated(string properties) => Read(properties, root => root.TryGetProperty("traits", out var traits) ? traits : default);

    /// <summary>Whether a trait is only how another one was said.</summary>
    public static bool IsRaw(string name) => name.EndsWith(RawSuffix, StringComparison.Ordinal);

    private static (string, string)[] InOneSpelling((string Name, string Value)[] traits)
    {
        var index = Array.FindIndex(traits, t => t.Name is Country);
        if (index < 0 || Countries.Find(traits[index].Value) is not { } code || code == traits[index].Value) return traits;
        var said = traits[index].Value;
        traits[index] = (Country, code);
        return traits.Any(t => t.Name is Country + RawSuffix) ? traits : [.. traits, (Country + RawSuffix, said)];
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
