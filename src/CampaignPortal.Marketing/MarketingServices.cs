using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Catalog;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Drafts;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Marketing.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CampaignPortal.Marketing;

public static class MarketingServices
{
    /// <summary>The whole domain on one data directory; web host, command line and tests call the same.</summary>
    public static IServiceCollection AddMarketing(this IServiceCollection services, DataDirectory directory, StorageOptions? storage = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddLogging()
            .AddPortalDatabase(directory, storage)
            .AddAudit()
            .AddAccess()
            .AddDrafts()
            .AddJobs()
            .AddPrivacy()
            .AddEvents()
            .AddCustomers()
            .AddImports()
            .AddCatalog()
            .AddAudiences()
            .AddContent()
            .AddDataQuality()
            .AddPredictions()
            .AddRecommendations()
            .AddSettings()
            .AddDelivery()
            .AddCampaigns();
    }
}
