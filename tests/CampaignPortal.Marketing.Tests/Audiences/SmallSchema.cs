using System.Text.Json;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>Validates by the words of JSON Schema that the program's schemas use; an unknown word is an error, so that none is passed over.</summary>
internal static class SmallSchema
{
    private static readonly HashSet<string> Known = new(["$schema", "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "default", "pattern", "format"], StringComparer.Ordinal);

    /// <exception cref="NotSupportedException">The schema says something that this validator does not know.</exception>
    public static bool IsValid(JsonElement root, JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return schema.GetBoolean();
        foreach (var word in schema.EnumerateObject())
        {
            if (!Known.Contains(word.Name)) throw new NotSupportedException($"The schema says '{word.Name}'.");
            if (!Holds(root, schema, word, value)) return false;
        }
        return true;
    }

    private static bool Holds(JsonElement root, JsonElement schema, JsonProperty word, JsonElement value) => word.Name switch
    {
        "$ref" => IsValid(root, Find(root, word.Value.GetString()!), value), // a reference is a text
        "type" => word.Value.ValueKind is JsonValueKind.Array ? word.Value.EnumerateArray().Any(t => IsOf(t, value)) : IsOf(word.Value, value),
        "const" => JsonElement.DeepEquals(word.Value, value),
        "enum" => word.Value.EnumerateArray().Any(e => JsonElement.DeepEquals(e, value)),
        "anyOf" => word.Value.EnumerateArray().Any(s => IsValid(root, s, value)),
        "required" => value.ValueKind is not JsonValueKind.Object || word.Value.EnumerateArray().All(n => value.TryGetProperty(n.GetString()!, out _)), // names are texts
        "items" => value.ValueKind is not JsonValueKind.Array || value.EnumerateArray().All(i => IsValid(root, word.Value, i)),
        "properties" => value.ValueKind is not JsonValueKind.Object || word.Value.EnumerateObject().All(p => !value.TryGetProperty(p.Name, out var member) || IsValid(root, p.Value, member)),
        "additionalProperties" => value.ValueKind is not JsonValueKind.Object || word.Value.ValueKind is not JsonValueKind.False
            || value.EnumerateObject().All(m => schema.TryGetProperty("properties", out var known) && known.TryGetProperty(m.Name, out _)),
        _ => true,
    };

    private static bool IsOf(JsonElement type, JsonElement value) => type.GetString() switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind is JsonValueKind.Number,
        "null" => value.ValueKind is JsonValueKind.Null,
        var other => throw new NotSupportedException($"The schema says the type '{other}'."),
    };

    private static JsonElement Find(JsonElement root, string reference)
    {
        var element = root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            element = element.ValueKind is JsonValueKind.Array ? element[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : element.GetProperty(name);
        }
        return element;
    }
}
