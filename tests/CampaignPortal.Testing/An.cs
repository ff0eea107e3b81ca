using System.Globalization;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Testing;

/// <summary>Builders of events; a test states only what matters to it.</summary>
public static class An
{
    public static NewEvent Event(string id = "e-1", string type = KnownEvents.ItemViewed, string? customer = "c-1", DateTimeOffset? at = null, string? item = "i-1") =>
        new() { MessageId = id, Type = type, OccurredAt = at ?? ManualClock.Noon, Customer = customer, Item = item };

    public static NewEvent OrderLine(string order, int line, string? customer = "c-1", decimal amount = 10, decimal quantity = 1, DateTimeOffset? at = null, string? item = null) => new()
    {
        MessageId = string.Create(CultureInfo.InvariantCulture, $"{order}-{line}"),
        Type = KnownEvents.OrderPlaced,
        OccurredAt = at ?? ManualClock.Noon,
        Customer = customer,
        OrderId = order,
        Item = item ?? string.Create(CultureInfo.InvariantCulture, $"i-{line}"),
        Quantity = quantity,
        Amount = amount,
        Currency = "EUR",
    };

    public static EventBatch Batch(params NewEvent[] events) => new("shop", events);
}
