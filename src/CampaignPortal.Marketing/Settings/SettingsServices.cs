using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Settings;

public static class SettingsServices
{
    public static IServiceCollection AddSettings(this IServiceCollection services) => services
        .AddSingleton<SettingsHandler>()
        .AddSingleton<ConsentWordingsHandler>()
        .AddSingleton<RetentionHandler>();
}
