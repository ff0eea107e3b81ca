using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Audiences;

public static class AudienceServices
{
    public static IServiceCollection AddAudiences(this IServiceCollection services) => services
        .AddSingleton<ResolveAudience>()
        .AddSingleton<ReachOfHandler>()
        .AddSingleton<ReadAudienceChoicesHandler>();
}
