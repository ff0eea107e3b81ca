using System.Text.Json;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Name of an event and the kinds of its properties, read from what the log keeps.</summary>
internal sealed class EventShape
{
    private static readonly PropertyKindOf[] None = [];

    private (EventKind Kind, string? Text) _last;
    private (string Name, PropertyKindOf[] Properties) _lastShape = ("", None);

    /// <summary>The event's own name where it is none of the known ones. Lines of one order carry the same text one after the other: it is parsed once.</summary>
    public (string Name, PropertyKindOf[] Properties) Read(EventKind kind, string? properties)
    {
        if (properties is null) return (KnownEvents.NameOf(kind), None);
        if (_last.Kind == kind && _last.Text == properties) return _lastShape;
        using var document = JsonDocument.Parse(properties);
        _lastShape = (NameOf(kind, document.RootElement), PropertiesOf(kind, document.RootElement));
        _last = (kind, properties);
        return _lastShape;
    }

    public static string NameOf(EventKind kind, JsonElement properties) =>
        kind is EventKind.Custom && properties.TryGetProperty("name", out var name) && name.ValueKind is JsonValueKind.String && name.GetString() is { Length: > 0 } own ? own : KnownEvents.NameOf(kind);

    /// <summary>The properties that a person would name: traits of a profile one by one, and not the name of a custom event.</summary>
    public static IEnumerable<JsonProperty> Visible(EventKind kind, JsonElement properties)
    {
        if (kind is EventKind.ProfileUpdated) return properties.TryGetProperty("traits", out var traits) && traits.ValueKind is JsonValueKind.Object ? traits.EnumerateObject() : [];
        return properties.EnumerateObject().Where(p => kind is not EventKind.Custom || !p.NameEquals("name"));
    }

    private static PropertyKindOf[] PropertiesOf(EventKind kind, JsonElement properties) =>
        [.. Visible(kind, properties).Where(p => p.Value.ValueKind is not JsonValueKind.Null).Select(p => new PropertyKindOf(p.Name, KindOf(p.Value)))];

    private static PropertyKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => PropertyKind.Number,
        JsonValueKind.True or JsonValueKind.False => PropertyKind.Flag,
        JsonValueKind.Array => PropertyKind.List,
        JsonValueKind.Object => PropertyKind.Structure,
        _ => LooksLikeMoment(value.GetString()) ? PropertyKind.Moment : PropertyKind.Text,
    };

    // 2026-03-09, alone or with a time: the form that calls and imports write.
    private static bool LooksLikeMoment(string? text) =>
        text is { Length: >= 10 } && text[4] is '-' && text[7] is '-' && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[9])
        && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _);
}

/// <summary>A property of one event with the kind of its value.</summary>
internal readonly record struct PropertyKindOf(string Name, PropertyKind Kind);
