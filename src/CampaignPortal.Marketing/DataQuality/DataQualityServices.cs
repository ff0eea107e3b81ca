using CampaignPortal.Marketing.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.DataQuality;

public static class DataQualityServices
{
    public static IServiceCollection AddDataQuality(this IServiceCollection services) => services
        .AddSingleton<CheckDataQualityHandler>()
        .AddSingleton<ReadDataQualityHandler>()
        .AddSingleton<DataQualityGate>()
        .AddSingleton<IJobGate>(provider => provider.GetRequiredService<DataQualityGate>())
        .AddJob<CheckDataQualityJob>();
}
