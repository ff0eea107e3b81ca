using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Sets the password of the relay. It is sealed in the store and never shown again; the audit log hears that it changed, not to what.</summary>
public sealed class SmtpPassword(AuditTrail audit, ContactVault vault, DeliverySettingsStore settings)
{
    internal const string Key = "delivery.smtp.password";

    /// <param name="password">Empty removes it.</param>
    public async Task SetAsync(string password, Actor actor, CancellationToken ct)
    {
        var stored = password.Length == 0 ? "" : Convert.ToBase64String(vault.SealText(password));
        await audit.WriteAsync(
            actor,
            [new AuditFact("connections.manage password", Key, Detail: password.Length == 0 ? "removed" : "changed")],
            transaction =>
            {
                transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", Key, stored);
                return true;
            },
            ct);
        settings.Forget();
    }
}
