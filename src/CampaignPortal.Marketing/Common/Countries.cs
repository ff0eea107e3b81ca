using System.Globalization;
using System.Text;

namespace CampaignPortal.Marketing.Common;

/// <summary>Countries and languages by any of their usual names, as ISO codes.</summary>
internal static class Countries
{
    private static readonly Dictionary<string, string> ByName = Build();
    private static readonly Dictionary<string, string> LanguageByName = BuildLanguages();
    private static readonly HashSet<string> Codes = [.. ByName.Values];

    public static bool IsCode(string text) => Codes.Contains(text);

    /// <summary>ISO 3166 alpha-2 of <c>Germany</c>, <c>Deutschland</c>, <c>DEU</c>, <c>德国</c>; null for what is no country.</summary>
    public static string? Find(string text) => ByName.GetValueOrDefault(Key(text));

    /// <summary>ISO 639-1, with the region where one is stated: <c>de</c>, <c>en-GB</c>, from <c>German</c>, <c>EN_gb</c>, <c>中文</c>; null for what is no language.</summary>
    public static string? FindLanguage(string text)
    {
        if (LanguageByName.TryGetValue(Key(text), out var known)) return known;
        var parts = text.Trim().Replace('_', '-').Split('-');
        if (parts.Length is not 2 || !LanguageByName.TryGetValue(Key(parts[0]), out var language) || parts[1].Length is not (2 or 4)) return null;
        return parts[1].Length is 2 ? $"{language}-{parts[1].ToUpperInvariant()}" : $"{language}-{char.ToUpperInvariant(parts[1][0])}{parts[1][1..].ToLowerInvariant()}";
    }

    private static Dictionary<string, string> Build()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            var region = new RegionInfo(culture.Name);
            if (region.TwoLetterISORegionName is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] || region.TwoLetterISORegionName is "XA" or "XB" or "ZZ") continue;
            foreach (var name in new[] { region.TwoLetterISORegionName, region.ThreeLetterISORegionName, region.EnglishName, region.NativeName }) names.TryAdd(Key(name), region.TwoLetterISORegionName);
        }
        (string Code, string Others)[] others =
        [
            ("GB", "UK|Great Britain|England|Scotland|Wales|英国"), ("US", "USA|U.S.A.|U.S.|United States of America|America|美国"), ("CN", "PRC|P.R. China|Mainland China|中国|中国大陆"), ("DE", "德国"), ("FR", "法国"), ("JP", "日本"),
            ("KR", "Korea|South Korea|Republic of Korea|韩国"), ("IE", "EIRE|Republic of Ireland"), ("ZA", "RSA"), ("NL", "Holland|The Netherlands|荷兰"), ("CZ", "Czech Republic"), ("RU", "Russian Federation|俄罗斯"), ("AE", "UAE"),
            ("HK", "Hong Kong|香港"), ("TW", "台湾|中国台湾"), ("MO", "Macau|Macao|澳门"), ("ES", "西班牙"), ("IT", "意大利"), ("AU", "澳大利亚"), ("CA", "加拿大"), ("SG", "新加坡"), ("IN", "印度"), ("TR", "Turkey|Türkiye"), ("VN", "Viet Nam"),
        ];
        foreach (var (code, list) in others)
        {
            foreach (var name in list.Split('|')) names[Key(name)] = code;
        }
        names.Remove(""); // a name in letters beyond the basic plane has no key, and would stand for every empty text
        return names;
    }

    private static Dictionary<string, string> BuildLanguages()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.NeutralCultures))
        {
            if (culture.Name.Length is not 2) continue;
            foreach (var name in new[] { culture.Name, culture.ThreeLetterISOLanguageName, culture.EnglishName, culture.NativeName }) names.TryAdd(Key(name), culture.Name);
        }
        foreach (var (name, code) in new[] { ("汉语", "zh"), ("简体中文", "zh"), ("英语", "en"), ("英文", "en"), ("德语", "de"), ("法语", "fr"), ("日语", "ja") }) names[Key(name)] = code;
        names.Remove("");
        return names;
    }

    private static string Key(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKD))
        {
            if (char.IsLetter(c)) key.Append(char.ToLowerInvariant(c));
        }
        return key.ToString();
    }
}
