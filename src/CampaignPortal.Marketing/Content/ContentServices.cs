using CampaignPortal.Marketing.Content.Data;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Content;

public static class ContentServices
{
    public static IServiceCollection AddContent(this IServiceCollection services) => services
        .AddSingleton<ContentOptions>()
        .AddSingleton<MailIdentityStore>()
        .AddSingleton<MessageComposer>()
        .AddSingleton<ItemReader>()
        .AddSingleton<RenderDataReader>()
        .AddSingleton<ReadFieldsHandler>()
        .AddSingleton<PreviewMessageHandler>()
        .AddSingleton<CheckContentHandler>();
}
