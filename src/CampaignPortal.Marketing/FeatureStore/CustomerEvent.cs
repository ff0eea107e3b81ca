using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>What a feature may know of one event; a row of <see cref="EventTable"/>.</summary>
public readonly record struct CustomerEvent(
    long OccurredAt, EventKind Kind, int Item, int Order, float Quantity, double Amount, float Discount, sbyte Channel, sbyte Device)
{
    public static CustomerEvent From(EventTable table, int row) => new(
        table.OccurredAt[row], table.Kind[row], table.Item[row], table.Order[row], table.Quantity[row], table.Amount[row],
        table.Discount[row], table.Channel[row], table.Device[row]);

    /// <summary>A line that was paid for. Gifts and samples (price 0) are in the log, but neither orders nor purchases.</summary>
    public bool IsPurchase => Kind is EventKind.OrderPlaced && Amount > 0;
}
