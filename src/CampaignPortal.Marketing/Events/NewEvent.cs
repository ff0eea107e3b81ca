namespace CampaignPortal.Marketing.Events;

/// <summary>One thing that happened, as a source reports it; customers, visitors and items are named by the shop's own ids.</summary>
public sealed record NewEvent
{
    /// <summary>1 to 64 visible ASCII characters, unique for its source: the same event sent again carries the same id.</summary>
    public required string MessageId { get; init; }

    /// <summary>A name of <see cref="KnownEvents"/>.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The moment as the sender stated it, where <see cref="OccurredAt"/> was corrected: a repeated event is recognised by it.</summary>
    public DateTimeOffset? StatedAt { get; init; }

    /// <summary>When the sender believed to send it, by the sender's clock.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The shop's id of the customer; null for an anonymous visitor or a sale of nobody.</summary>
    public string? Customer { get; init; }

    /// <summary>The browser's anonymous id.</summary>
    public string? Visitor { get; init; }

    public string? OrderId { get; init; }

    /// <summary>The shop's id of the item.</summary>
    public string? Item { get; init; }

    public string? CampaignId { get; init; }

    public string? VariantId { get; init; }

    /// <summary>Pieces; negative never occurs, a return is its own type.</summary>
    public decimal? Quantity { get; init; }

    /// <summary>Money of the whole line (not of a piece), in <see cref="Currency"/>.</summary>
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217 code of the amount as reported.</summary>
    public string? Currency { get; init; }

    /// <summary>Everything else as one JSON object without contact data; null when there is nothing else.</summary>
    public string? Properties { get; init; }
}

/// <summary>An item as a source describes it; null leaves what is known.</summary>
public sealed record ItemDraft(string ExternalId)
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    /// <summary>A path such as <c>Home/Bedding</c>.</summary>
    public string? Category { get; init; }
    public decimal? Price { get; init; }
    public string? Currency { get; init; }
    public string? ImageUrl { get; init; }
    public string? Url { get; init; }
    /// <summary>Pieces left; 0 is sold out, null unknown.</summary>
    public decimal? Stock { get; init; }
    /// <summary>Other facts as one JSON object.</summary>
    public string? Attributes { get; init; }
    /// <summary>Fill what is empty, and overwrite nothing: an invoice line knows an item less well than the catalogue does.</summary>
    public bool FillOnly { get; init; }
    /// <summary>Parts that a person chose to empty, by property name.</summary>
    public IReadOnlyList<string> Cleared { get; init; } = [];
}

/// <summary>Contact data of one customer on the way into the vault; null leaves what is known, an empty text clears it.</summary>
public sealed record ContactDraft(string Customer)
{
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? Name { get; init; }
    public string? Address { get; init; }
    /// <summary>The address as the file wrote it, where it was normalised.</summary>
    public string? RawEmail { get; init; }
    /// <summary>The number as the file wrote it, where it was normalised.</summary>
    public string? RawPhone { get; init; }
}
