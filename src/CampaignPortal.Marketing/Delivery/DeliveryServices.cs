using CampaignPortal.Marketing.Delivery.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Delivery;

public static class DeliveryServices
{
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration("Delivery")
            .Validate(o => o.BatchSize is >= 1 and <= 1_000, "Delivery:BatchSize must be between 1 and 1,000.")
            .ValidateOnStart();
        return services
            .AddSingleton(provider => provider.GetRequiredService<IOptions<DeliveryOptions>>().Value)
            .AddSingleton<DeliveryKeys>()
            .AddSingleton<MessageIdHeaders>()
            .AddSingleton<DeliverySettingsStore>()
            .AddSingleton<SmtpPassword>()
            .AddSingleton<DeliveryQueue>()
            .AddSingleton<LinkTargets>()
            .AddSingleton<TrackedLinks>();
    }
}
