using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Catalog;

public static class CatalogServices
{
    public static IServiceCollection AddCatalog(this IServiceCollection services) => services.AddSingleton<UpsertItemsHandler>();
}
