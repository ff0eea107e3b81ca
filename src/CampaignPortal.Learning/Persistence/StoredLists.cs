using System.Text.Json.Nodes;

namespace CampaignPortal.Learning.Persistence;

/// <summary>Lists of texts in the settings of a model.</summary>
internal static class StoredLists
{
    public static JsonArray Of(IEnumerable<string> texts) => new(texts.Select(t => (JsonNode?)t).ToArray());

    public static string[] Strings(ModelPart part, string name)
    {
        if (part.Settings[name] is not JsonArray array) throw new InvalidDataException($"The manifest lacks the list '{name}'.");
        return array.Select(n => n is JsonValue v && v.TryGetValue<string>(out var text) ? text : throw new InvalidDataException($"The list '{name}' holds something that is not a text.")).ToArray();
    }
}
