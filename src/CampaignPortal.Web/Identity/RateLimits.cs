using System.Globalization;
using System.Threading.RateLimiting;

namespace CampaignPortal.Web.Identity;

/// <summary>How often a network may knock. The delay for one account is <see cref="SignInThrottle"/>'s.</summary>
public static class RateLimits
{
    public const string SignIn = "sign-in";
    public const string Invitation = "invitation";
    public const string Reports = "csp-reports";
    public const string Tracking = "tracking";

    public static IServiceCollection AddPortalRateLimits(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) =>
        {
            if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        // Reading the form costs nothing; sending it costs a slow hash.
        options.AddPolicy(SignIn, context => HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(Network(context), _ => PerMinute(60))
            : RateLimitPartition.GetNoLimiter("read"));
        // Here reading counts too: it is what trying links would do.
        options.AddPolicy(Invitation, context => RateLimitPartition.GetFixedWindowLimiter(Network(context), _ => PerMinute(30)));
        // In total, not for a network: a mail provider fetches the pictures of all its readers from a few addresses.
        options.AddPolicy(Tracking, _ => RateLimitPartition.GetTokenBucketLimiter("all", _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 4_000, TokensPerPeriod = 2_000, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
        }));
        options.AddPolicy(Reports, context => RateLimitPartition.GetFixedWindowLimiter(Network(context), _ => PerMinute(30)));
    });

    private static FixedWindowRateLimiterOptions PerMinute(int count) => new() { PermitLimit = count, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 };

    private static string Network(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "?";
}
