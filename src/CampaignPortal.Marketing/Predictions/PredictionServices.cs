using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Predictions;

public static class PredictionServices
{
    public static IServiceCollection AddPredictions(this IServiceCollection services) => services
        .AddSingleton<ModelRegistry>()
        .AddSingleton<ScoreWriter>()
        .AddSingleton<TrainModelsHandler>()
        .AddSingleton<ScoreCustomersHandler>();
}
