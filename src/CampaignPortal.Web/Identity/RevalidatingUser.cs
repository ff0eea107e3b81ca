using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Identity;

/// <summary>The person of an open page: gone at once when their session ends, and looked at every minute, so that a changed password, role or a closed account holds there too.</summary>
public sealed class RevalidatingUser : RevalidatingServerAuthenticationStateProvider
{
    private static readonly AuthenticationState Nobody = new(new ClaimsPrincipal(new ClaimsIdentity()));

    private readonly IServiceScopeFactory _scopes;
    private readonly IOptions<IdentityOptions> _options;
    private readonly SessionStore _sessions;

    public RevalidatingUser(ILoggerFactory logs, IServiceScopeFactory scopes, IOptions<IdentityOptions> options, SessionStore sessions) : base(logs)
    {
        (_scopes, _options, _sessions) = (scopes, options, sessions);
        _sessions.Ended += Leave;
    }

    protected override TimeSpan RevalidationInterval => PortalIdentity.RevalidationInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            var person = authenticationState.User;
            if (person.SessionId() is not { } session || person.UserId() is not { } id || !await _sessions.IsLiveAsync(session, id, cancellationToken)) return false;
            await using var scope = _scopes.CreateAsyncScope();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
            var user = await users.GetUserAsync(person);
            if (user is not { IsDisabled: false } || person.FindFirstValue(_options.Value.ClaimsIdentity.SecurityStampClaimType) != await users.GetSecurityStampAsync(user)) return false;
            _sessions.Seen(session, address: null); // an open page is somebody's presence
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false; // the host is stopping, and the circuit with it
        }
    }

    protected override void Dispose(bool disposing)
    {
        _sessions.Ended -= Leave;
        base.Dispose(disposing);
    }

    private void Leave(long session) => _ = LeaveAsync(session);

    private async Task LeaveAsync(long session)
    {
        try
        {
            if ((await GetAuthenticationStateAsync()).User.SessionId() == session) SetAuthenticationState(Task.FromResult(Nobody));
        }
        catch (InvalidOperationException)
        {
            // The page is just being made and has no person yet; its first request was checked already.
        }
    }
}
