using System.Globalization;
using CampaignPortal.Marketing.Common;
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

    /// <summary>Of the legal footer.</summary>
    public const string MailPostalAddress = "mail.postal-address";
    /// <summary>Web address of the shop: relative addresses of items start there.</summary>
    public const string MailWebAddress = "mail.web-address";
    /// <summary>Colour of buttons and heads.</summary>
    public const string MailAccent = "mail.accent";

    public const string Transport = "delivery.transport";
    public const string SmtpHost = "delivery.smtp.host";
    public const string SmtpPort = "delivery.smtp.port";
    public const string SmtpSecurity = "delivery.smtp.security";
    public const string SmtpUser = "delivery.smtp.user";
    /// <summary>Name of the sender; empty takes the shop's.</summary>
    public const string SenderName = "delivery.sender.name";
    public const string SenderAddress = "delivery.sender.address";
    /// <summary>Where answers go; empty for none.</summary>
    public const string ReplyTo = "delivery.reply-to";
    public const string PublicUrl = "delivery.public-url";
    public const string CapCount = "delivery.cap.count";
    public const string CapDays = "delivery.cap.days";
    /// <summary>Name of a <see cref="Settings.CapWindow"/>.</summary>
    public const string CapWindow = "delivery.cap.window";
    /// <summary>List of <see cref="MailTopic"/> as JSON.</summary>
    public const string Topics = "delivery.topics";
    public const string QuietFrom = "delivery.quiet.from";
    public const string QuietUntil = "delivery.quiet.until";
    /// <summary>Lines of <see cref="FreeDay"/>.</summary>
    public const string FreeDays = "delivery.free-days";
    public const string SendingStopped = "delivery.stopped";
    /// <summary>How many messages are held because the store is an older copy of itself; empty when it is not, or when somebody let sending go on.</summary>
    public const string Restored = "delivery.restored";
    /// <summary>Value of <see cref="Restored"/> until the first start of a restored copy.</summary>
    public const string JustRestored = "just restored";

    /// <summary>Share of the customers, in percent, who receive no campaign for a quarter.</summary>
    public const string GlobalHoldout = "campaigns.global-holdout";

    /// <summary>Value of <see cref="Transport"/>: mail goes to a folder of this machine.</summary>
    public const string PickupTransport = "pickup";

    /// <summary>Value of <see cref="Transport"/>: mail goes to a relay.</summary>
    public const string SmtpTransport = "smtp";

    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        new(ShopName, ShopSettings.Default.Name, value => value.Trim().Length is > 0 and <= 80 && !value.Any(char.IsControl)),
        new(Currency, ShopSettings.Default.Currency, value => Currencies.All.Contains(value)),
        new(TimeZone, ShopSettings.Default.TimeZone, value => TimeZoneInfo.TryFindSystemTimeZoneById(value, out _)),
        new(Country, "", value => value.Length is 0 || (value.Length is 2 && value.All(char.IsAsciiLetterUpper))),
        new(Language, ShopSettings.Default.Language, value => value is "en" or "zh-Hans"),
        new(MailPostalAddress, "", value => value.Length <= 300 && !value.Any(c => char.IsControl(c) && c is not '\n')),
        new(MailWebAddress, "", value => value.Length is 0 || IsWebAddress(value)),
        new(MailAccent, "#3457d5", IsColour),
        new(QuarantineDays, "90", value => IsDays(value, 7, 3_650)),
        new(SessionDays, "90", value => IsDays(value, 7, 3_650)),
        new(InvitationDays, "90", value => IsDays(value, 7, 3_650)),
        new(Transport, PickupTransport, value => value is PickupTransport or SmtpTransport),
        new(SmtpHost, "", value => value.Length is 0 || Uri.CheckHostName(value) is not UriHostNameType.Unknown),
        new(SmtpPort, "587", value => IsNumber(value, 1, 65_535)),
        new(SmtpSecurity, "starttls", value => value is "starttls" or "tls" or "none"),
        new(SmtpUser, "", value => IsLine(value, 200)),
        new(SenderName, "", value => IsLine(value, 80)),
        new(SenderAddress, "shop@localhost.localdomain", IsAddress),
        new(ReplyTo, "", value => value.Length is 0 || IsAddress(value)),
        new(PublicUrl, "", value => value.Length is 0 || IsWebAddress(value)),
        new(CapCount, "2", value => IsNumber(value, 0, 100)),
        new(CapDays, "7", value => IsNumber(value, 1, 365)),
        new(CapWindow, nameof(Settings.CapWindow.RollingHours), value => value is nameof(Settings.CapWindow.RollingHours) or nameof(Settings.CapWindow.CalendarDays)),
        new(Topics, "[]", value => MailTopic.Read(value) is not null),
        new(QuietFrom, "21:00", IsTime),
        new(QuietUntil, "08:00", IsTime),
        new(FreeDays, "", value => value.Length <= FreeDay.MaxTextLength && FreeDay.Read(value, out var wrong) is not null && wrong is 0),
        new(GlobalHoldout, "5", value => IsNumber(value, 0, 20)),
        new(SendingStopped, "no", value => value is "yes" or "no"),
        new(Restored, "", value => value.Length is 0), // the portal itself sets it
    ];

    public static SettingDefinition? Find(string key) => All.FirstOrDefault(s => s.Key == key);

    private static bool IsDays(string value, int least, int most) => IsNumber(value, least, most);

    private static bool IsLine(string value, int longest) => value.Length <= longest && !value.Any(char.IsControl);

    // Envelopes are 7-bit: an address with other letters cannot be a sender everywhere.
    private static bool IsAddress(string value) => value.Length <= 200 && value.All(c => c is > ' ' and < '\u007f') && EmailAddress.IsLikely(value);

    private static bool IsWebAddress(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Query.Length is 0 && uri.Fragment.Length is 0 && uri.UserInfo.Length is 0;

    private static bool IsColour(string value) => value.Length is 7 && value[0] is '#' && value.Skip(1).All(char.IsAsciiHexDigit);

    private static bool IsTime(string value) => TimeOnly.TryParseExact(value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsNumber(string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days >= least && days <= most;
}

/// <summary>Currencies in which a shop can report: ISO 4217.</summary>
public static class Currencies
{
    public static IReadOnlyList<string> All { get; } =
        ["AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY", "KRW", "MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "TRY", "TWD", "USD", "ZAR"];
}
