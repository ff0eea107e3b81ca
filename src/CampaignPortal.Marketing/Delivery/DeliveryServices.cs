using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Delivery.Transports.Smtp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Delivery;

public static class DeliveryServices
{
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration("Delivery")
            .Validate(o => o.BatchSize is >= 1 and <= 1_000, "Delivery:BatchSize must be between 1 and 1,000.")
            .ValidateOnStart();
        services.TryAddSingleton<IMessageSource, NoMessageSource>();
        return services
            .AddSingleton(provider => provider.GetRequiredService<IOptions<DeliveryOptions>>().Value)
            .AddSingleton<DeliveryKeys>()
            .AddSingleton<MessageIdHeaders>()
            .AddSingleton<DeliverySettingsStore>()
            .AddSingleton<SmtpPassword>()
            .AddSingleton<DeliveryQueue>()
            .AddSingleton<SendingJournal>()
            .AddSingleton<LinkTargets>()
            .AddSingleton<TrackedLinks>()
            .AddSingleton<BodyStore>()
            .AddSingleton<Breaker>()
            .AddSingleton<IMessageTransport, PickupTransport>()
            .AddSingleton<IMessageTransport>(provider => new SmtpTransport(provider.GetRequiredService<DeliverySettingsStore>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<SettleMessagesHandler>()
            .AddSingleton<ListOutboxHandler>()
            .AddSingleton<DeliveryProgress>()
            .AddSingleton<SendingRateReader>()
            .AddSingleton<SendTestMailHandler>()
            .AddSingleton<VisitJudge>()
            .AddSingleton<TrackVisitsHandler>()
            .AddSingleton<UnsubscribeHandler>()
            .AddSingleton<ViewMailHandler>()
            .AddSingleton<DeliveryWorker>();
    }
}
