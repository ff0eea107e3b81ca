namespace CampaignPortal.Web.Features.Settings;

public static class SettingsPages
{
    public static IServiceCollection AddSettingsPages(this IServiceCollection services) => services.AddScoped<SettingsSaver>().AddSingleton<HealthCheck>();
}
