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

    /// <summary>Cuts a stored array into the lists that it was joined from.</summary>
    public static T[][] Split<T>(T[] all, int[] counts)
    {
        if (Array.Exists(counts, c => c < 0) || counts.Sum(c => (long)c) != all.Length) throw new InvalidDataException("The lists of a stored array do not fit their counts.");
        var (lists, start) = (new T[counts.Length][], 0);
        for (var j = 0; j < lists.Length; start += counts[j++]) lists[j] = all.AsSpan(start, counts[j]).ToArray();
        return lists;
    }
}
