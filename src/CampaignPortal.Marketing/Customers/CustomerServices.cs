using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Customers.Notes;
using CampaignPortal.Marketing.Events;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Customers;

public static class CustomerServices
{
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddSingleton<IProjection, OrdersProjection>()
        .AddSingleton<IProjection, ProfilesProjection>()
        .AddSingleton<ScoreChanges>()
        .AddSingleton<CustomerNotes>()
        .AddSingleton<CustomerOwners>()
        .AddSingleton<CustomerAttributes>()
        .AddSingleton<AddCustomerHandler>()
        .AddSingleton<UpsertCustomersHandler>();
}
