using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Campaigns;

public static class CampaignServices
{
    public static IServiceCollection AddCampaigns(this IServiceCollection services)
    {
        services.AddOptions<CampaignOptions>().BindConfiguration("Campaigns")
            .Validate(o => o.BatchSize is >= 1 and <= 10_000, "Campaigns:BatchSize must be between 1 and 10,000.")
            .Validate(o => o.Watch >= TimeSpan.FromMilliseconds(100), "Campaigns:Watch must be at least 00:00:00.100.")
            .ValidateOnStart();
        return services
            .AddSingleton(provider => provider.GetRequiredService<IOptions<CampaignOptions>>().Value)
            .AddSingleton<CampaignStore>()
            .AddSingleton<CreateCampaignHandler>()
            .AddSingleton<CopyCampaignHandler>()
            .AddSingleton<SaveCampaignHandler>()
            .AddSingleton<ListCampaignsHandler>()
            .AddSingleton<ReadCampaignChoicesHandler>()
            .AddSingleton<ICampaignNames>(provider => provider.GetRequiredService<ReadCampaignChoicesHandler>())
            .AddSingleton<ReadCampaignCalendarHandler>()
            .AddSingleton<LaunchCampaignHandler>()
            .AddSingleton<ControlCampaignHandler>()
            .AddSingleton<DecideCampaignHandler>()
            .AddSingleton<PreFlightHandler>()
            .AddSingleton<BaselineReader>()
            .AddSingleton<ExpectationReader>()
            .AddSingleton<SendTestMessageHandler>()
            .AddSingleton<CampaignStarter>()
            .AddSingleton<CampaignEndings>()
            .AddSingleton<CampaignWatch>()
            .AddSingleton<CampaignAlarm>()
            .AddSingleton<GlobalHoldoutReader>()
            .AddSingleton<EstimateReachHandler>()
            .AddSingleton<RunPlanner>()
            .AddSingleton<RestRoller>()
            .AddSingleton<CampaignTotalsReader>()
            .AddSingleton<TestHealthReader>()
            .AddSingleton<ReadMessageFactsHandler>()
            .AddSingleton<RecordSentCampaignsHandler>()
            .AddSingleton<IMessageSource, CampaignMessages>()
            .AddSingleton<IAudienceUser, CampaignAudienceUser>()
            .AddSingleton<IProjection, CampaignResultsProjection>()
            .AddJob<SendCampaignJob>();
    }
}
