using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace CampaignPortal.Web.Identity;

/// <summary>Turns each capability into a policy, and refuses whatever states none.</summary>
public static class PortalAuthorization
{
    public static IServiceCollection AddPortalAuthorization(this IServiceCollection services)
    {
        services.AddCascadingAuthenticationState();
        services.AddAuthorization(options =>
        {
            foreach (var capability in Capabilities.All) options.AddPolicy(capability, policy => policy.RequireAssertion(context => context.User.Can(capability)));
            // A page or endpoint that says nothing is closed, to admins too; an anonymous visitor is asked to sign in.
            options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(_ => false).Build();
        });
        return services;
    }

    /// <summary>Whether one of the person's roles grants the capability.</summary>
    public static bool Can(this ClaimsPrincipal user, string capability) => user.AccessTo(capability) is not Access.None;

    /// <summary>The widest access that the person's roles give.</summary>
    public static Access AccessTo(this ClaimsPrincipal user, string capability)
    {
        if (user.Identity?.IsAuthenticated is not true) return Access.None;
        var widest = Access.None;
        foreach (var role in user.FindAll(ClaimTypes.Role))
        {
            var access = RoleCapabilities.Of(role.Value, capability);
            if (Width(access) > Width(widest)) widest = access;
        }
        return widest;
    }

    /// <summary>The person's number, for logs and audit.</summary>
    public static long? UserId(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The number as text: how jobs, rules and the audit log name who did something.</summary>
    public static string ActorName(this ClaimsPrincipal user) => user.UserId()?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nobody";

    /// <summary>The session that the person's ticket belongs to.</summary>
    public static long? SessionId(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue(PortalClaims.Session), System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : null;

    private static int Width(Access access) => access switch
    {
        Access.Full => 5,
        Access.StepUp => 4,
        Access.Own => 3,
        Access.Masked => 2,
        Access.Weaker => 1,
        _ => 0,
    };
}
