using System.Collections.Frozen;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>The parts of a name as a shop stores it in one field. A guess, and a careful one: where it is unsure there is no first name, and the author's default stands.</summary>
public static class PersonName
{
    private static readonly FrozenSet<string> Titles = new[]
    {
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "lady", "herr", "frau", "m", "mme", "mlle", "sr", "sra", "ing", "dipl", "mag",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static (string? First, string? Last) Split(string? name)
    {
        name = name?.Trim();
        if (string.IsNullOrEmpty(name) || name.Contains('@', StringComparison.Ordinal)) return (null, null);
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma > 0) return (FirstWord(name[(comma + 1)..]), name[..comma].Trim());
        var words = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SkipWhile(w => Titles.Contains(w.TrimEnd('.'))).ToArray();
        if (words.Length == 0) return (null, null);
        if (words.Length == 1) return (IsInitial(words[0]) ? null : words[0], null);
        return (IsInitial(words[0]) ? null : words[0], string.Join(' ', words[1..]));
    }

    private static string? FirstWord(string text)
    {
        var word = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return word is null || IsInitial(word) ? null : word;
    }

    /// <summary>"J." greets nobody.</summary>
    private static bool IsInitial(string word) => word.TrimEnd('.').Length == 1 && !IsChinese(word);

    // Family name and given name are written together; a whole name is how a shop addresses a person.
    private static bool IsChinese(string word) => word.All(c => c is >= '\u4e00' and <= '\u9fff');
}
