using CampaignPortal.Marketing.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Events.Catalogue;

public static class CatalogueServices
{
    /// <summary>The catalogue of events and attributes, and the door that keeps blocked ones out.</summary>
    public static IServiceCollection AddEventCatalogue(this IServiceCollection services) => services
        .AddSingleton<IProjection, CatalogueProjection>()
        .AddSingleton<EventPolicies>()
        .AddSingleton<SaveCatalogueEntryHandler>()
        .AddSingleton<ReadEventCatalogueHandler>()
        .AddSingleton<ReadEventPropertiesHandler>()
        .AddSingleton<ReadNewestEventsHandler>()
        .AddSingleton<ReadAttributesHandler>()
        .AddWarmUp<ReadAttributesHandler>((attributes, ct) => attributes.HandleAsync(ct));
}
