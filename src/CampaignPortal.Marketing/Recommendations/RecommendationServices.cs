using CampaignPortal.Marketing.Predictions;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Recommendations;

public static class RecommendationServices
{
    public static IServiceCollection AddRecommendations(this IServiceCollection services) => services
        .AddSingleton<IPrediction>(new RecommendationsPrediction(new RecommendationSettings()));
}
