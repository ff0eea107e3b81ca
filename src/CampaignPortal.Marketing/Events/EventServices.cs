using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events.Catalogue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Events;

public static class EventServices
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddOptions<EventLogOptions>().BindConfiguration("Events")
            .Validate(o => o.InboxEventCount >= 1_000, "Events:InboxEventCount must be at least 1000.")
            .Validate(o => o.GroupEventCount is >= 1 and <= 20_000, "Events:GroupEventCount must be between 1 and 20000.");
        return services
            .AddSingleton(provider => new EventLog(
                provider.GetRequiredService<PortalDatabase>(), provider.GetRequiredService<IContactStore>(), provider.GetRequiredService<EventInserterFactory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<EventLogOptions>>()))
            .AddSingleton<ProjectionHost>()
            .AddSingleton<PageMoment>()
            .AddEventCatalogue()
            .AddSingleton<PageMoment>()
            .AddSingleton<EventTableReader>()
            .AddSingleton<IngestEventsHandler>();
    }
}
