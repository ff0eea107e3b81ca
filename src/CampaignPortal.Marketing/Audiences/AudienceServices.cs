using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Audiences;

public static class AudienceServices
{
    public static IServiceCollection AddAudiences(this IServiceCollection services) => services
        .AddSingleton<AudienceEngine>()
        .AddWarmUp<AudienceEngine>((engine, ct) => engine.FillAsync(ct))
        .AddSingleton<AudienceKeeper>()
        .AddSingleton<AudienceUses>()
        .AddSingleton<ResolveAudience>()
        .AddSingleton<ReachOfHandler>()
        .AddSingleton<ReadAudienceChoicesHandler>()
        .AddSingleton<ReadRuleChoicesHandler>()
        .AddSingleton<ListAudiencesHandler>()
        .AddSingleton<ReadAudienceHandler>()
        .AddSingleton<SaveAudienceHandler>()
        .AddSingleton<EnsureAudienceHandler>()
        .AddSingleton<FixAudienceHandler>()
        .AddSingleton<ChangeListHandler>()
        .AddSingleton<MatchCustomersHandler>()
        .AddSingleton<ReadListedCustomersHandler>()
        .AddSingleton<OrderAudiencesHandler>()
        .AddSingleton<DuplicateAudienceHandler>()
        .AddSingleton<ArchiveAudienceHandler>()
        .AddSingleton<PreviewAudienceHandler>()
        .AddSingleton<SampleAudienceHandler>()
        .AddSingleton<CompareAudiencesHandler>();
}
