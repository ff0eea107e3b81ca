using CampaignPortal.Marketing.Jobs.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Drafts;

public static class DraftServices
{
    public static IServiceCollection AddDrafts(this IServiceCollection services) => services.AddSingleton<DraftStore>().AddCleanUp<DraftStore>();
}
