using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Marketing.Predictions.Segmentation;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Predictions;

public static class PredictionServices
{
    public static IServiceCollection AddPredictions(this IServiceCollection services) => services
        .AddSingleton<IPrediction>(new SegmentsPrediction(new SegmentSettings()))
        .AddSingleton<IPrediction>(new PropensityPrediction(PropensityDefinition.Purchase(), new PropensitySettings()))
        .AddSingleton<IPrediction>(new PropensityPrediction(PropensityDefinition.Churn(), new PropensitySettings()))
        .AddSingleton<IPrediction>(new LifetimeValuePrediction(new LifetimeValueSettings()))
        .AddSingleton<ModelRegistry>()
        .AddSingleton<ScoreWriter>()
        .AddSingleton<ActivateModelHandler>()
        .AddSingleton<CompareVersionsHandler>()
        .AddSingleton<ReviewModelHandler>()
        .AddSingleton<FeatureCatalogueWriter>()
        .AddSingleton<ReadFeaturesHandler>()
        .AddSingleton<ScoredCounts>()
        .AddSingleton<TrainModelsHandler>()
        .AddSingleton<ScoreCustomersHandler>()
        .AddSingleton<ModelInputs>()
        .AddJob<TrainJob>()
        .AddJob<ScoreJob>();
}
