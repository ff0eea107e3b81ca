using CampaignPortal.Marketing.Events;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Testing;

public static class TestStoreOptions
{
    /// <summary>Makes the log's inbox small.</summary>
    public static void ConfigureInbox(this IServiceCollection services, int eventCount) => services.Configure<EventLogOptions>(o => o.InboxEventCount = eventCount);
}
