using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CampaignPortal.Web.Identity;

/// <summary>Limits of the web server, RELIABILITY.md §9.3. Endpoints that take more say so themselves.</summary>
public static class HostLimits
{
    public const long MaxRequestBodyBytes = 1 << 20;

    public static IServiceCollection AddHostLimits(this IServiceCollection services) => services.Configure<KestrelServerOptions>(options =>
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        options.Limits.MaxConcurrentConnections = 2_000;
        options.Limits.MaxConcurrentUpgradedConnections = 500;
    });
}
