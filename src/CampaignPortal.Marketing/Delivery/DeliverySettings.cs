using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>How the connection to the relay is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS, and nothing leaves without it.</summary>
    StartTls,
    /// <summary>TLS from the first byte.</summary>
    Tls,
    /// <summary>None: for a relay on this machine.</summary>
    None,
}

/// <summary>The relay that takes the mail.</summary>
/// <param name="User">Empty is no sign-in.</param>
public sealed record SmtpSettings(string Host, int Port, SmtpSecurity Security, string User)
{
    /// <summary>Sealed in the store; null where none is set.</summary>
    internal string? Password { get; init; }

    public bool HasPassword => Password is not null;

    /// <summary>Never the password.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port} {Security}");
}

/// <summary>What holds for everything that is sent.</summary>
/// <param name="Transport"><c>pickup</c> or <c>smtp</c>.</param>
/// <param name="SenderName">Name in From; the shop's name until somebody sets another.</param>
/// <param name="SenderAddress">Address in From and in the envelope.</param>
/// <param name="ReplyTo">Empty is the sender.</param>
/// <param name="PublicUrl">Where customers reach this portal, without a slash at the end: the start of every link.</param>
/// <param name="IsStopped">The brake: nothing leaves, whatever the campaigns say (DE-14).</param>
public sealed record DeliverySettings(
    string Transport, SmtpSettings Smtp, string SenderName, string SenderAddress, string ReplyTo, string PublicUrl, FrequencyCap Cap, QuietHours Quiet, bool IsStopped)
{
    /// <summary>How many messages the start of a restored copy held; null when sending goes its usual way.</summary>
    public int? HeldByRestore { get; init; }

    /// <summary>What mails can be about; empty where nobody made any.</summary>
    public IReadOnlyList<MailTopic> Topics { get; init; } = [];

    /// <summary>Days without marketing.</summary>
    public IReadOnlyList<FreeDay> FreeDays { get; init; } = [];

    public SendingCalendar Calendar => new(Quiet, FreeDays);

    /// <summary>Null for none, and for one that was removed.</summary>
    public MailTopic? TopicOf(string? key) => key is null ? null : Topics.FirstOrDefault(t => t.Key == key);

    /// <summary>Whether the sender's address is one that answers can reach.</summary>
    public bool HasOwnSender => !PublicHost.IsLocal(SenderAddress[(SenderAddress.LastIndexOf('@') + 1)..]);

    /// <summary>Whether customers can open what begins with <see cref="PublicUrl"/>.</summary>
    public bool HasReachableUrl => Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && !PublicHost.IsLocal(url.Host);
}

/// <summary>Reads <see cref="DeliverySettings"/>; remembers them for two seconds, so that a change is in force at once for people and cheap for the worker.</summary>
public sealed class DeliverySettingsStore(PortalDatabase database, ShopSettingsStore shop, ContactVault vault, SampleData sample, DeliveryOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);
    private sealed record Known(DeliverySettings Settings, long At);

    private volatile Known? _known;

    public DeliverySettings Read()
    {
        if (_known is { } known && clock.GetElapsedTime(known.At) < Remembered) return known.Settings;
        var read = ReadStored();
        _known = new Known(read, clock.GetTimestamp());
        return read;
    }

    /// <summary>Somebody changed them.</summary>
    public void Forget() => _known = null;

    private DeliverySettings ReadStored()
    {
        var stored = ReadRows();
        string Of(string key) => stored.GetValueOrDefault(key) ?? KnownSettings.Find(key)!.Standard; // every key below is known
        int Number(string key) => int.Parse(Of(key), CultureInfo.InvariantCulture);
        TimeOnly Time(string key) => TimeOnly.ParseExact(Of(key), "HH:mm", CultureInfo.InvariantCulture);
        var smtp = new SmtpSettings(Of(KnownSettings.SmtpHost), Number(KnownSettings.SmtpPort), Enum.Parse<SmtpSecurity>(Of(KnownSettings.SmtpSecurity), ignoreCase: true), Of(KnownSettings.SmtpUser))
        {
            Password = stored.GetValueOrDefault(SmtpPassword.Key) is { Length: > 0 } password ? vault.OpenText(Convert.FromBase64String(password)) : null,
        };
        var senderName = Of(KnownSettings.SenderName) is { Length: > 0 } name ? name : shop.Read().Name;
        var publicUrl = Of(KnownSettings.PublicUrl) is { Length: > 0 } url ? url : options.ServerUrl;
        return new DeliverySettings(
            options.ForcePickup || sample.IsPresent ? KnownSettings.PickupTransport : Of(KnownSettings.Transport), smtp, senderName, Of(KnownSettings.SenderAddress), Of(KnownSettings.ReplyTo), publicUrl.TrimEnd('/'),
            new FrequencyCap(Number(KnownSettings.CapCount), Number(KnownSettings.CapDays), Enum.Parse<CapWindow>(Of(KnownSettings.CapWindow))), new QuietHours(Time(KnownSettings.QuietFrom), Time(KnownSettings.QuietUntil)),
            Of(KnownSettings.SendingStopped) is "yes")
        {
            FreeDays = FreeDay.Read(Of(KnownSettings.FreeDays), out _),
            Topics = MailTopic.Read(Of(KnownSettings.Topics)) ?? [],
            HeldByRestore = int.TryParse(Of(KnownSettings.Restored), NumberStyles.None, CultureInfo.InvariantCulture, out var held) ? held : null,
        };
    }

    private Dictionary<string, string> ReadRows()
    {
        using var reader = database.OpenReader();
        using var command = reader.Prepare("select \"Key\", \"Value\" from \"Settings\" where \"Key\" like 'delivery.%'", 0);
        using var rows = command.ExecuteReader();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        while (rows.Read()) values[rows.GetString(0)] = rows.GetString(1);
        return values;
    }
}
