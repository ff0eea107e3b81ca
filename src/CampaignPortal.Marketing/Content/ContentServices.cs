using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Content;

public static class ContentServices
{
    public static IServiceCollection AddContent(this IServiceCollection services) => services
        .AddSingleton<MessageComposer>()
        .AddSingleton<RenderDataReader>()
        .AddSingleton<CheckContentHandler>();
}
