using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Audit;

public static class AuditServices
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditKey>()
        .AddSingleton<AuditChain>()
        .AddSingleton<AuditTrail>()
        .AddSingleton<ListAuditHandler>();
}
