namespace CampaignPortal.Simulation;

/// <summary>Kinds of things that happen in the shop.</summary>
public enum ShopEventKind : byte
{
    Registered, ConsentGiven, PageViewed, ItemViewed, Searched, CartAdded, OrderPlaced, OrderReturned, ReviewWritten,
    /// <summary>Drawn into a version of a campaign, or into its holdout: then the variant is null.</summary>
    Assigned,
    MessageSent, MessageBounced, MessageOpened, MessageClicked, Unsubscribed,
}

/// <summary>Something that a customer of the simulated shop did, or that the shop did to the customer.</summary>
/// <param name="Id">Unique in the shop; equal options give equal ids.</param>
/// <param name="Customer">Index of the person, from 0.</param>
public sealed record ShopEvent(string Id, DateTimeOffset At, ShopEventKind Kind, int Customer)
{
    /// <summary>Index of the item; null when the event is about none.</summary>
    public int? Item { get; init; }

    /// <summary>Number of the order; all lines of an order share it.</summary>
    public string? Order { get; init; }

    public int? Quantity { get; init; }

    /// <summary>Money of the whole line.</summary>
    public decimal? Amount { get; init; }

    public string? Campaign { get; init; }

    public string? Variant { get; init; }

    /// <summary>Key of the message that the event belongs to, as its sender named it.</summary>
    public string? Message { get; init; }

    /// <summary>What was searched, or what the review says.</summary>
    public string? Text { get; init; }

    /// <summary>Stars of a review, 1 to 5.</summary>
    public int? Rating { get; init; }

    /// <summary><c>mobile</c> or <c>desktop</c>; null where no browser was involved.</summary>
    public string? Device { get; init; }

    /// <summary>Share of the price that was taken off, 0 to 1.</summary>
    public double Discount { get; init; }
}
