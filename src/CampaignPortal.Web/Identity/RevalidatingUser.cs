using System.Security.Claims;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Identity;

/// <summary>Looks every minute whether the person of an open page may still be there: a changed password, role or a closed account ends the circuit's rights.</summary>
public sealed class RevalidatingUser(ILoggerFactory logs, IServiceScopeFactory scopes, IOptions<IdentityOptions> options)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => PortalIdentity.RevalidationInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
            var user = await users.GetUserAsync(authenticationState.User);
            return user is { IsDisabled: false }
                && authenticationState.User.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) == await users.GetSecurityStampAsync(user);
        }
        catch (ObjectDisposedException)
        {
            return false; // the host is stopping, and the circuit with it
        }
    }
}
