using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Identity;

/// <summary>Knows whether anybody can sign in yet. Until then every page leads to the set-up.</summary>
public sealed class FirstUser(IDbContextFactory<PortalDbContext> databases)
{
    private volatile bool _exists;

    /// <summary>Remembers a yes for ever: the last user cannot be taken away while the portal runs.</summary>
    public async ValueTask<bool> ExistsAsync(CancellationToken ct)
    {
        if (_exists) return true;
        await using var db = await databases.CreateDbContextAsync(ct);
        return _exists = await db.Users.AnyAsync(ct);
    }
}

/// <summary>Prints the set-up code on the console while there is no user.</summary>
/// <remarks>It goes to standard error and nowhere else: the log is kept and shipped, this code opens the portal.</remarks>
public sealed class SetUpInvitation(FirstUser firstUser, SetUpToken token, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = PrintAsync(lifetime.ApplicationStopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Prints a new code when the last one is too old: a visitor of the set-up page asks for it.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        if (token.IsExpired) await PrintAsync(ct);
    }

    private async Task PrintAsync(CancellationToken ct)
    {
        if (await firstUser.ExistsAsync(ct)) return;
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        await Console.Error.WriteLineAsync(
            $"""

              No user yet. Open {address?.TrimEnd('/')}/set-up and enter this code within {SetUpToken.Lifetime.TotalMinutes:0} minutes:

                  {token.Issue()}

            """);
    }
}
