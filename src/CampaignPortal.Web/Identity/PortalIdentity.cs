using System.Globalization;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CampaignPortal.Web.Identity;

/// <summary>Sign-in with ASP.NET Core Identity and the settings of RELIABILITY.md §9.3.</summary>
public static class PortalIdentity
{
    public const string CookieName = "portal";
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(8);
    public static readonly TimeSpan AbsoluteLifetime = TimeSpan.FromDays(7);
    public static readonly TimeSpan RevalidationInterval = TimeSpan.FromSeconds(60);

    public static IServiceCollection AddPortalIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, Configure)
            .AddCookie(IdentityConstants.ExternalScheme) // signing out clears these as well, and fails where they are unknown
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme)
            .AddCookie(IdentityConstants.TwoFactorRememberMeScheme);
        services.AddIdentityCore<PortalUser>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.Password.RequiredLength = PasswordRules.MinLength;
                options.Password.RequiredUniqueChars = 1;
                options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
                options.Lockout.AllowedForNewUsers = false; // SignInThrottle slows guessing down without locking anybody out
            })
            .AddRoles<IdentityRole<long>>()
            .AddEntityFrameworkStores<PortalDbContext>()
            .AddSignInManager()
            .AddDefaultTokenProviders()
            .AddClaimsPrincipalFactory<PortalClaims>()
            .AddPasswordValidator<PasswordRules>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = RevalidationInterval);
        services.AddScoped<AuthenticationStateProvider, RevalidatingUser>();
        services.AddHttpContextAccessor();
        services.AddScoped<SignInService>().AddSingleton<SignInThrottle>();
        services.AddSingleton<PolicyReports>().AddSingleton<TelemetryTarget>().AddSingleton<OutboundDestinations>().AddSingleton<Actors>().AddSingleton<RecentPassword>().AddScoped<StepUpPrompt>();
        services.AddSingleton<UserAccounts>().AddSingleton<ListUsersHandler>().AddSingleton<ManageUsersHandler>().AddSingleton<InviteUserHandler>().AddSingleton<ManageApiKeysHandler>().AddScoped<AcceptInvitationHandler>().AddScoped<ChangePasswordHandler>();
        services.AddHostedService<AuditSealer>();
        services.AddSingleton<FirstUser>().AddSingleton<SetUpToken>().AddSingleton<SetUpInvitation>().AddScoped<SetUpPortalHandler>();
        services.AddHostedService(provider => provider.GetRequiredService<SetUpInvitation>());
        return services.AddPortalAuthorization();
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.CookieManager = new HostPrefixCookies();
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Cookie.Path = "/";
        options.Cookie.IsEssential = true;
        options.ExpireTimeSpan = IdleLifetime;
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "returnUrl";
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = ValidateAsync,
            OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized, redirect: true),
            OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden, redirect: false),
        };
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var clock = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
        var isTooOld = !context.Properties.Items.TryGetValue(SignInService.SignedInAtItem, out var since)
            || !long.TryParse(since, CultureInfo.InvariantCulture, out var seconds)
            || clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) > AbsoluteLifetime;
        var sessions = context.HttpContext.RequestServices.GetRequiredService<SessionStore>();
        if (isTooOld || context.Principal is not { } person || person.SessionId() is not { } session || person.UserId() is not { } user
            || !await sessions.IsLiveAsync(session, user, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }
        PortalClaims.SetSession(context.HttpContext, session);
        sessions.Seen(session, context.HttpContext.Address());
        await SecurityStampValidator.ValidatePrincipalAsync(context);
    }

    // A program gets a status, a person a page.
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status, bool redirect)
    {
        if (redirect && !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
