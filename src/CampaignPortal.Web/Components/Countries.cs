using System.Globalization;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components;

/// <summary>The countries that the runtime knows, with their names in the reader's language.</summary>
public static class Countries
{
    // A culture of each country, such as de-DE: the shortest, so that its name holds a language and a country and nothing else.
    private static readonly Lazy<Dictionary<string, CultureInfo>> Cultures = new(() => CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Where(culture => culture.Name.Split('-') is [_, [>= 'A' and <= 'Z', >= 'A' and <= 'Z']])
        .GroupBy(culture => culture.Name[^2..], StringComparer.Ordinal)
        .ToDictionary(country => country.Key, country => country.OrderBy(c => c.Name.Length).ThenBy(c => c.Name, StringComparer.Ordinal).First(), StringComparer.Ordinal));

    public static IReadOnlyList<(string Code, string Name)> All() =>
        [.. Cultures.Value.Keys.Select(code => (code, NameOf(code))).OrderBy(c => c.Item2, StringComparer.CurrentCulture)];

    /// <summary>The name of a code in the reader's language; what is no code, or has no name, stays as it is.</summary>
    public static string NameOf(string code)
    {
        if (!Cultures.Value.TryGetValue(code, out var culture)) return code;
        return PortalCultures.Current == PortalCultures.English ? new RegionInfo(culture.Name).EnglishName : InBrackets(culture.DisplayName) ?? code;
    }

    // The runtime translates the names of cultures, "德语（德国）", but not those of regions alone.
    private static string? InBrackets(string name)
    {
        var (from, to) = (name.IndexOfAny(['（', '(']), name.LastIndexOfAny(['）', ')']));
        return from >= 0 && to > from + 1 ? name[(from + 1)..to] : null;
    }
}
