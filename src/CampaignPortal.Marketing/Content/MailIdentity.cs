using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Content;

/// <summary>Who the shop's messages are from, and how they look.</summary>
/// <param name="SenderName">The shop's name where nothing else is set.</param>
/// <param name="ReplyTo">Empty for none.</param>
/// <param name="PostalAddress">Stands in the legal footer; empty until somebody enters it.</param>
/// <param name="WebAddress">Of the shop; relative addresses of items and links start there. Empty for none. The sample shop stands on this server.</param>
/// <param name="Accent">Colour of buttons and heads, <c>#rrggbb</c>.</param>
public sealed record MailIdentity(string ShopName, string SenderName, string ReplyTo, string PostalAddress, string WebAddress, string Accent);

/// <summary>Reads <see cref="MailIdentity"/> from the settings.</summary>
public sealed class MailIdentityStore(PortalDatabase database, ShopSettingsStore shop, SampleData sample, ContentOptions options)
{
    public MailIdentity Read()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Key\", \"Value\" from \"Settings\" where \"Key\" like 'mail.%' or \"Key\" like 'delivery.%'";
        using var reader = command.ExecuteReader();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read()) values[reader.GetString(0)] = reader.GetString(1);
        string Of(string key) => values.GetValueOrDefault(key) ?? KnownSettings.Find(key)!.Standard; // the keys below are known
        var name = shop.Read().Name;
        var sender = Of(KnownSettings.SenderName);
        var web = Of(KnownSettings.MailWebAddress) is { Length: > 0 } own ? own : sample.IsPresent ? options.ServerUrl : "";
        return new MailIdentity(name, sender.Length > 0 ? sender : name, Of(KnownSettings.ReplyTo), Of(KnownSettings.MailPostalAddress).Trim(), web.TrimEnd('/'), Of(KnownSettings.MailAccent));
    }
}
