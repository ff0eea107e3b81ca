using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Audiences;

public static class AudienceServices
{
    public static IServiceCollection AddAudiences(this IServiceCollection services) => services
        .AddSingleton<AudienceEngine>()
        .AddWarmUp<AudienceEngine>((engine, ct) => engine.FillAsync(ct))
        .AddSingleton<ResolveAudience>()
        .AddSingleton<ReachOfHandler>()
        .AddSingleton<ReadAudienceChoicesHandler>();
}
