using System.Globalization;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>How numbers, money, shares and times are written (UX.md §4.11), in the language of the page.</summary>
public static class Figures
{
    private const char Minus = '\u2212';
    private const char NoBreak = '\u00a0';

    private static readonly Dictionary<string, string> Symbols = new(StringComparer.Ordinal)
    {
        ["EUR"] = "€", ["GBP"] = "£", ["USD"] = "$", ["CNY"] = "¥", ["JPY"] = "¥", ["INR"] = "₹", ["KRW"] = "₩", ["CHF"] = "CHF" + NoBreak,
    };

    private static CultureInfo Culture => CultureInfo.CurrentCulture;

    public static string Count(long count) => Signed(count.ToString("N0", Culture));

    public static string Number(double value, int digits) => Signed(value.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), Culture));

    /// <summary>Money: no decimals from 1,000 up, none for whole amounts, two otherwise.</summary>
    public static string Money(decimal amount, string currency)
    {
        var digits = Math.Abs(amount) >= 1_000 || amount == decimal.Truncate(amount) ? "N0" : "N2";
        var sign = amount < 0 ? Minus.ToString() : "";
        return sign + SymbolOf(currency) + Math.Abs(amount).ToString(digits, Culture);
    }

    /// <summary>Money of a key figure: from a million on in millions (Chinese: from a hundred thousand on in 万), where the exact value stands beside it.</summary>
    public static string CompactMoney(decimal amount, string currency)
    {
        var isChinese = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName is "zh";
        if (isChinese && Math.Abs(amount) >= 100_000) return Money(0, currency)[..^1] + (amount / 10_000).ToString("N0", Culture) + " 万";
        return !isChinese && Math.Abs(amount) >= 1_000_000 ? Money(0, currency)[..^1] + (amount / 1_000_000).ToString("N2", Culture) + "\u00a0M" : Money(amount, currency);
    }

    /// <summary>An expected amount: two decimals would claim a precision that no forecast has.</summary>
    public static string ExpectedMoney(double amount, string currency) => Money((decimal)Math.Round(Math.Clamp(amount, -1e12, 1e12), MidpointRounding.AwayFromZero), currency);

    public static string SymbolOf(string currency) => Symbols.GetValueOrDefault(currency, currency + NoBreak);

    /// <summary>A rate from counts: two decimals below 10 %, one above.</summary>
    public static string Rate(double rate) => Signed((rate * 100).ToString(Math.Abs(rate) < 0.1 ? "N2" : "N1", Culture)) + "%";

    /// <summary>A chance: whole percents, and never a certain 0 % or 100 %.</summary>
    public static string Chance(double probability)
    {
        if (probability > 0.999) return "> 99.9%".Replace(".", Culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal);
        if (probability < 0.001) return "< 0.1%".Replace(".", Culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal);
        return (probability * 100).ToString(probability is < 0.01 or > 0.99 ? "N1" : "N0", Culture) + "%";
    }

    /// <summary>"58–70%"; each end written out where one of them is too close to certainty.</summary>
    public static string ChanceRange(double low, double high) =>
        low >= 0.01 && high <= 0.99 ? $"{(low * 100).ToString("N0", Culture)}–{Chance(high)}" : $"{Chance(low)}–{Chance(high)}";

    /// <summary>A difference of two chances in points, with its sign.</summary>
    public static string Points(double difference)
    {
        var points = Math.Round(difference * 100, MidpointRounding.AwayFromZero);
        return (points > 0 ? "+" : "") + Signed(points.ToString("N0", Culture)) + NoBreak + Resources.Words.PointUnit;
    }

    /// <summary>"29 Oct", with the year when it is another one than the reader's.</summary>
    public static string Day(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (local, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        return local.ToString(local.Year == today.Year ? Resources.Words.FormatDay : Resources.Words.FormatDayYear, Culture);
    }

    /// <summary>The day that a moment closes: midnight ends the day before, it does not begin one of which nothing is known.</summary>
    public static string DayUpTo(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now) =>
        Day(TimeZoneInfo.ConvertTime(at, zone).TimeOfDay == TimeSpan.Zero ? at.AddTicks(-1) : at, zone, now);

    /// <summary>"Thursday 19 November", for headings of a day.</summary>
    public static string DayHeading(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (local, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        if (local.Date == today.Date) return Resources.Words.Today;
        return DayHeading(DateOnly.FromDateTime(local.DateTime), DateOnly.FromDateTime(today.DateTime));
    }

    /// <summary>"Thursday 19 November", today as well.</summary>
    public static string DayHeading(DateOnly day, DateOnly today) => day.ToString(day.Year == today.Year ? Resources.Words.FormatDayHeading : Resources.Words.FormatDayHeadingYear, Culture);

    public static string Month(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString(Resources.Words.FormatMonth, Culture);

    public static string Clock(DateTimeOffset at, TimeZoneInfo zone) => Clock(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>Of a time that is on the right clock already.</summary>
    public static string Clock(DateTime local) => local.ToString("HH:mm", Culture);

    /// <summary>"Sat 21 Nov 2026, 10:57 (Europe/Berlin)": the whole stamp, for tooltips.</summary>
    public static string Stamp(DateTimeOffset at, TimeZoneInfo zone) => $"{TimeZoneInfo.ConvertTime(at, zone).ToString(Resources.Words.FormatStamp, Culture)} ({zone.Id})";

    private static string Signed(string text) => text.Replace('-', Minus);
}
