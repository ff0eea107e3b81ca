using System.Globalization;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>The countries that the runtime knows, with their names in the reader's language.</summary>
public static class Countries
{
    private static readonly Lazy<string[]> Codes = new(() =>
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Select(culture => culture.Name.Split('-')[^1])
            .Where(code => code.Length is 2 && code.All(char.IsAsciiLetterUpper) && code is not "XK")
            .Distinct(StringComparer.Ordinal),
    ]);

    public static IReadOnlyList<(string Code, string Name)> All() =>
        [.. Codes.Value.Select(code => (code, NameOf(code))).OrderBy(c => c.Item2, StringComparer.CurrentCulture)];

    public static string NameOf(string code) => Codes.Value.Contains(code) ? new RegionInfo(code) is var region && Resources.PortalCultures.Current == Resources.PortalCultures.English ? region.EnglishName : region.DisplayName : code;
}
