using System.Globalization;

namespace CampaignPortal.Web.Components;

/// <summary>The countries that the runtime knows, with their names in the reader's language.</summary>
public static class Countries
{
    private static readonly Lazy<string[]> Codes = new(() =>
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Select(culture => culture.Name.Split('-')[^1])
            .Where(code => code.Length is 2 && code.All(char.IsAsciiLetterUpper))
            .Distinct(StringComparer.Ordinal)
            .Where(code => RegionOf(code) is not null),
    ]);

    public static IReadOnlyList<(string Code, string Name)> All() =>
        [.. Codes.Value.Select(code => (code, NameOf(code))).OrderBy(c => c.Item2, StringComparer.CurrentCulture)];

    /// <summary>The name of a code in the reader's language; what is no code, or has no name, stays as it is.</summary>
    public static string NameOf(string code) =>
        code is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] || RegionOf(code) is not { } region ? code : Resources.PortalCultures.Current == Resources.PortalCultures.English ? region.EnglishName : region.DisplayName;

    // Some cultures name a region for which the runtime has no data.
    private static RegionInfo? RegionOf(string code)
    {
        try
        {
            return new RegionInfo(code);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
