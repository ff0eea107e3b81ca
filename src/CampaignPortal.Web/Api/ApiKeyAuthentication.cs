using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using CampaignPortal.Marketing.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Api;

/// <summary>Signs a request in by its API key: <c>Authorization: Bearer cp_…</c>, or Basic with the key as user name, as Segment's libraries send it.</summary>
public sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyStore keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>Claim type of a scope.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Name of the policy that asks for a scope.</summary>
    public static string PolicyOf(string scope) => "scope " + scope;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var siteKey = SiteKey.Of(Request);
        if ((SecretOf(Request.Headers.Authorization.ToString()) ?? siteKey) is not { } secret) return AuthenticateResult.NoResult();
        if (siteKey is not null) Response.Headers.AccessControlAllowOrigin = "*"; // the key signs in, no cookie does: pages of other hosts may read the answer
        if (await keys.FindAsync(secret, Context.RequestAborted) is not { } key) return AuthenticateResult.Fail("The API key is unknown, expired or revoked.");
        if (siteKey is not null && key.Scopes is not ApiScopes.EventsWrite) return AuthenticateResult.Fail("A key that stands in the address is public: it may have the scope events:write alone.");
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, key.Name), .. key.Scopes.Split(' ').Select(scope => new Claim(ScopeClaim, scope))], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Results.Problem("Send a valid API key: Authorization: Bearer cp_…", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Results.Problem("The API key does not have the scope that this needs.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);

    private static string? SecretOf(string header)
    {
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return header["Bearer ".Length..].Trim();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var length)) return null;
        return Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0];
    }
}
