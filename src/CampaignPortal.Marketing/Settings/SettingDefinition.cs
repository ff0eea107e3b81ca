using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Settings;

/// <summary>A setting that a page may change.</summary>
/// <param name="Key">Name in the store.</param>
/// <param name="Standard">Value until somebody sets another.</param>
/// <param name="IsAllowed">Whether a value may be stored.</param>
public sealed record SettingDefinition(string Key, string Standard, Func<string, bool> IsAllowed);

/// <summary>All settings that pages may change; whatever is not listed here is refused.</summary>
public static class KnownSettings
{
    public const string ShopName = "shop.name";
    public const string Currency = "shop.currency";
    public const string TimeZone = "shop.time-zone";
    public const string Country = "shop.country";
    public const string Language = "shop.language";
    public const string QuarantineDays = "retention.quarantine-days";
    public const string SessionDays = "retention.session-days";
    public const string InvitationDays = "retention.invitation-days";

    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        new(ShopName, ShopSettings.Default.Name, value => value.Trim().Length is > 0 and <= 80 && !value.Any(char.IsControl)),
        new(Currency, ShopSettings.Default.Currency, value => Currencies.All.Contains(value)),
        new(TimeZone, ShopSettings.Default.TimeZone, value => TimeZoneInfo.TryFindSystemTimeZoneById(value, out _)),
        new(Country, "", value => value.Length is 0 || (value.Length is 2 && value.All(char.IsAsciiLetterUpper))),
        new(Language, ShopSettings.Default.Language, value => value is "en" or "zh-Hans"),
        new(QuarantineDays, "90", value => IsDays(value, 7, 3_650)),
        new(SessionDays, "90", value => IsDays(value, 7, 3_650)),
        new(InvitationDays, "90", value => IsDays(value, 7, 3_650)),
    ];

    public static SettingDefinition? Find(string key) => All.FirstOrDefault(s => s.Key == key);

    private static bool IsDays(string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days >= least && days <= most;
}

/// <summary>Currencies in which a shop can report: ISO 4217.</summary>
public static class Currencies
{
    public static IReadOnlyList<string> All { get; } =
        ["AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY", "KRW", "MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "TRY", "TWD", "USD", "ZAR"];
}
