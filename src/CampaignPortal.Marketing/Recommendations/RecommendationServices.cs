using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Recommendations;

public static class RecommendationServices
{
    public static IServiceCollection AddRecommendations(this IServiceCollection services) => services
        .AddSingleton<IPrediction>(new RecommendationsPrediction(new RecommendationSettings()))
        .AddSingleton<LiveRecommendations>()
        .AddSingleton<RuleBook>()
        .AddSingleton<TasteReader>()
        .AddSingleton<RecommendHandler>()
        .AddSingleton<IRecommendationSource, MessageRecommendations>()
        .AddSingleton<ReadStrategiesHandler>()
        .AddSingleton<FindItemsHandler>()
        .AddSingleton<ChangeRulesHandler>()
        .AddWarmUp<LiveRecommendations>((live, ct) => live.ReadAsync(ct));
}
