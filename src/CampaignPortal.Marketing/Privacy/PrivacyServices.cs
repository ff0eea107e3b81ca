using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Database.Sqlite;
using CampaignPortal.Marketing.Events;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Privacy;

public static class PrivacyServices
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services) => services
        .AddSingleton(provider => MasterKey.Load(provider.GetRequiredService<DataDirectory>().KeysPath))
        .AddSingleton<CustomerKeys>(provider => new SqliteCustomerKeys(
            Path.Combine(provider.GetRequiredService<DataDirectory>().Path, "customer-keys.db"), provider.GetRequiredService<MasterKey>()))
        .AddSingleton<ContactVault>()
        .AddSingleton<IContactStore>(provider => provider.GetRequiredService<ContactVault>())
        .AddSingleton<ContactDirectory>()
        .AddSingleton<EraseCustomerHandler>()
        .AddSingleton<ChangeConsentHandler>()
        .AddSingleton<ProfileViews>()
        .AddSingleton<SuppressionList>()
        .AddSingleton<ManageSuppressionsHandler>()
        .AddSingleton<IProjection, ConsentProjection>();
}
