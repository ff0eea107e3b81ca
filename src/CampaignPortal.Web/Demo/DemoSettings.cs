using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Hosting;
using Microsoft.AspNetCore.Hosting.Server;

namespace CampaignPortal.Web.Demo;

/// <summary>Settings with which a sample shop works at once: its own pages are the shop's web site, and nobody real sleeps at night.</summary>
internal sealed class DemoSettings(PortalDatabase database, SampleData sample, ShopSettingsStore shop, DeliverySettingsStore delivery, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    private const string OwnAddresses = "http%://%:%"; // with a port, as no shop's web site has
    private const string PostalAddress = "Lindenstrasse 1\n10115 Berlin";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = FollowAddressAsync(lifetime.ApplicationStopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>For a shop that is being made.</summary>
    public async Task SaveAsync(ShopSettings facts, CancellationToken ct)
    {
        await shop.SaveAsync(facts, ct);
        await SaveAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [KnownSettings.MailPostalAddress] = facts.Name + "\n" + PostalAddress,
                [KnownSettings.QuietFrom] = "00:00", // equal ends: a launch is answered within a minute at any hour
                [KnownSettings.QuietUntil] = "00:00",
            },
            ct);
        await FollowAddressAsync(ct);
    }

    // Goods have addresses within the portal, and the next start may have another port. What somebody else entered stays.
    private async Task FollowAddressAsync(CancellationToken ct)
    {
        if (!sample.IsPresent || ServerAddress.Find(server) is not { } address) return;
        await database.WriteAsync(
            transaction => transaction.Execute(
                "insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\" where \"Settings\".\"Value\" = '' or \"Settings\".\"Value\" like @2",
                KnownSettings.MailWebAddress, address, OwnAddresses),
            ct);
    }

    private async Task SaveAsync(Dictionary<string, string> values, CancellationToken ct)
    {
        await database.WriteAsync(
            transaction =>
            {
                using var save = transaction.Prepare("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", 2);
                foreach (var (key, value) in values) save.Run(key, value);
            },
            ct);
        delivery.Forget();
    }
}
