using System.Globalization;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>How a message writes numbers, money, dates and plurals, in the language of its text.</summary>
internal static class TemplateFormats
{
    private static readonly Dictionary<string, string> Symbols = new(StringComparer.Ordinal)
    {
        ["EUR"] = "€", ["GBP"] = "£", ["USD"] = "$", ["CNY"] = "¥", ["JPY"] = "¥", ["INR"] = "₹", ["KRW"] = "₩",
    };

    /// <summary>Names of forms of a date, with their patterns in English and Chinese.</summary>
    private static readonly Dictionary<string, (string English, string Chinese)> DateForms = new(StringComparer.Ordinal)
    {
        ["long"] = ("d MMMM yyyy", "yyyy年M月d日"), ["short"] = ("d MMM yyyy", "yyyy/M/d"), ["day"] = ("d MMMM", "M月d日"), ["month"] = ("MMMM yyyy", "yyyy年M月"),
        ["weekday"] = ("dddd", "dddd"), ["time"] = ("HH:mm", "HH:mm"), ["year"] = ("yyyy", "yyyy"),
    };

    public static IReadOnlyCollection<string> DateFormNames => DateForms.Keys;

    public static TemplateValue Number(TemplateValue value, decimal? digits, TemplateCulture culture) => value.Kind is TemplateValueKind.Number
        ? TemplateValue.Of(value.Number.ToString(digits is { } known ? Pattern('N', known) : "#,0.##", culture.Culture))
        : TemplateValue.Missing;

    /// <summary>A share of 0 to 1.</summary>
    public static TemplateValue Percent(TemplateValue value, decimal digits, TemplateCulture culture) => value.Kind is TemplateValueKind.Number && Math.Abs(value.Number) < 1_000_000
        ? TemplateValue.Of((value.Number * 100).ToString(Pattern('N', digits), culture.Culture) + "%")
        : TemplateValue.Missing;

    /// <summary>Two decimals as on a price tag, none for a currency that has none.</summary>
    public static TemplateValue Money(TemplateValue value, string currency, TemplateCulture culture)
    {
        if (value.Kind is not TemplateValueKind.Number) return TemplateValue.Missing;
        var digits = currency is "JPY" or "KRW" ? "N0" : "N2";
        var symbol = Symbols.GetValueOrDefault(currency, currency + "\u00a0");
        return TemplateValue.Of((value.Number < 0 ? "\u2212" : "") + symbol + Math.Abs(value.Number).ToString(digits, culture.Culture));
    }

    public static TemplateValue Date(TemplateValue value, string form, TemplateCulture culture)
    {
        if (value.Kind is not TemplateValueKind.Time) return TemplateValue.Missing;
        var (english, chinese) = DateForms.GetValueOrDefault(form, DateForms["long"]);
        return TemplateValue.Of(TimeZoneInfo.ConvertTime(value.Time, culture.Zone).ToString(IsChinese(culture) ? chinese : english, culture.Culture));
    }

    /// <summary>Midnights of the zone since then; 0 for today and for what is still to come.</summary>
    public static TemplateValue DaysSince(TemplateValue value, TemplateCulture culture)
    {
        if (value.Kind is not TemplateValueKind.Time) return TemplateValue.Missing;
        var days = (TimeZoneInfo.ConvertTime(culture.Now, culture.Zone).Date - TimeZoneInfo.ConvertTime(value.Time, culture.Zone).Date).Days;
        return TemplateValue.Of((decimal)Math.Max(0, days));
    }

    /// <summary>The word for so many: English has two forms, Chinese the last one only.</summary>
    public static TemplateValue Plural(TemplateValue count, TemplateValue one, TemplateValue many, TemplateCulture culture) =>
        count.Kind is not TemplateValueKind.Number ? TemplateValue.Missing : count.Number == 1 && !IsChinese(culture) ? one : many;

    private static bool IsChinese(TemplateCulture culture) => culture.Culture.TwoLetterISOLanguageName is "zh";

    private static string Pattern(char format, decimal digits) => string.Create(CultureInfo.InvariantCulture, $"{format}{(int)Math.Clamp(digits, 0, 6)}");
}
