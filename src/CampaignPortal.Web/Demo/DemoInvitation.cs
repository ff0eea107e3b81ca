using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CampaignPortal.Web.Demo;

/// <summary>Prints the accounts of the sample shop on the console, beside the address.</summary>
/// <remarks>To standard error and nowhere else: the log is kept and shipped.</remarks>
internal sealed class DemoInvitation(DemoAccounts accounts, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Again, when the accounts were made while the portal ran.</summary>
    public void Print()
    {
        if (accounts.Read() is not { Count: > 0 } all) return;
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/');
        var lines = all.Select(a => $"      {a.Role,-15} {a.Email,-28} {a.Password}");
        Console.Error.WriteLine(
            $"""

              Sample shop, made-up customers, nothing is sent to anyone. Open {address}/ and sign in as

            {string.Join(Environment.NewLine, lines)}

              Start with --demo=false on another data directory for an empty portal.

            """);
    }
}
