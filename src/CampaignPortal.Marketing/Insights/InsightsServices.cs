using CampaignPortal.Marketing.Predictions;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Insights;

public static class InsightsServices
{
    /// <summary>The queries behind the pages of customers and models.</summary>
    public static IServiceCollection AddInsights(this IServiceCollection services) => services
        .AddSingleton<PageMoment>()
        .AddSingleton<ShopAverages>()
        .AddSingleton<CustomerRowReader>()
        .AddSingleton<CustomerColumnsStore>()
        .AddSingleton<ListCustomersHandler>()
        .AddSingleton<ReadCustomerHandler>()
        .AddSingleton<ReadTimelineHandler>()
        .AddSingleton<ReadOverviewHandler>()
        .AddSingleton<ReadModelsHandler>();
}
