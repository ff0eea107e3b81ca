using CampaignPortal.Marketing.Access;
using CampaignPortal.Web.Api.V1;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace CampaignPortal.Web.Api;

internal static class ApiServices
{
    public static IServiceCollection AddPortalApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, _ => { });
        services.AddAuthorization(options =>
        {
            foreach (var scope in ApiScopes.All)
            {
                options.AddPolicy(
                    ApiKeyAuthentication.PolicyOf(scope),
                    new AuthorizationPolicyBuilder(ApiKeyAuthentication.SchemeName).RequireClaim(ApiKeyAuthentication.ScopeClaim, scope).Build());
            }
        });
        return services;
    }

    public static void MapPortalApi(this IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/api/v1").DisableAntiforgery(); // keys, not cookies, sign these requests in
        WriteEndpoints.Map(v1);
        HealthEndpoints.Map(app);
    }
}
