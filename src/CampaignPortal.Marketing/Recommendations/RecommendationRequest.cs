namespace CampaignPortal.Marketing.Recommendations;

/// <summary>What a list is about.</summary>
public enum RecommendationStrategy
{
    /// <summary>What the customer will most likely buy next, known or new.</summary>
    ForYou,
    /// <summary>Known items that are due.</summary>
    BuyAgain,
    /// <summary>Items that the customer has not bought.</summary>
    NewForYou,
    /// <summary>Like the item looked at.</summary>
    Similar,
    /// <summary>In the same orders as the item looked at.</summary>
    BoughtTogether,
    Trending,
    BestSellers,
    /// <summary>Best sellers of the category that the customer buys most, or that is asked for; then of the shop.</summary>
    BestSellersInCategory,
    /// <summary>Newest in the shop.</summary>
    New,
    RecentlyViewed,
}

/// <summary>Which model answered; a list goes down this ladder until it is full.</summary>
public enum RecommendationLevel
{
    Personal, Segment, TrendingInCategory, BestSellers,
}

/// <summary>Filters, applied inside the search: a list is full whenever enough items pass.</summary>
public sealed record RecommendationFilters
{
    /// <summary>Whole path or first steps of it; empty allows all.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    public double? MinPrice { get; init; }

    public double? MaxPrice { get; init; }

    /// <summary>Not bought in so many days; the default lets an item just bought disappear at once.</summary>
    public int NotBoughtInDays { get; init; } = 2;

    /// <summary>Portal ids that must not appear: in the cart, hidden, shown before.</summary>
    public IReadOnlySet<long> ExcludedItems { get; init; } = new HashSet<long>();

    /// <summary>Portal ids that can be delivered; null when stock is not kept.</summary>
    public IReadOnlySet<long>? InStock { get; init; }

    /// <summary>Whether anything but the customer's own purchases is filtered.</summary>
    internal bool LooksAtItems => Categories.Count > 0 || MinPrice is not null || MaxPrice is not null || ExcludedItems.Count > 0 || InStock is not null;

    public static RecommendationFilters None { get; } = new();
}

/// <summary>A question for a list.</summary>
public sealed record RecommendationRequest
{
    public required RecommendationStrategy Strategy { get; init; }

    public int Count { get; init; } = 10;

    /// <summary>Null or <see cref="CustomerTaste.Nobody"/> for a visitor whom nobody knows.</summary>
    public CustomerTaste? Taste { get; init; }

    /// <summary>Segment of the customer, where one is known.</summary>
    public int? Segment { get; init; }

    /// <summary>Portal id of the item looked at, for the strategies that need one.</summary>
    public long? ContextItem { get; init; }

    public RecommendationFilters Filters { get; init; } = RecommendationFilters.None;

    /// <summary>0 keeps the order of the scores, 1 looks for variety only.</summary>
    public double Diversity { get; init; }

    /// <summary>What the scores of each position are multiplied with, inside the search; null multiplies nothing.</summary>
    public float[]? Weights { get; init; }
}

/// <summary>Why an item is on a list, as a key of the resource files and its arguments.</summary>
public sealed record RecommendationReason(string Code, params IReadOnlyList<string> Arguments)
{
    public const string BecauseBought = "because-bought", Rhythm = "rhythm", BoughtBefore = "bought-before", Popular = "popular-in-segment",
        TrendingInCategory = "trending-in-category", Trending = "trending", BestSeller = "best-seller", NewItem = "new-item",
        SimilarTo = "similar-to", BoughtTogether = "bought-together", Viewed = "viewed", FitsTaste = "fits-taste", Pinned = "pinned";
}

/// <param name="Item">Portal id.</param>
/// <param name="Score">Comparable within one level of one list only.</param>
public sealed record RecommendedItem(long Item, double Score, RecommendationLevel Level, RecommendationReason Reason);

/// <summary>The answer.</summary>
/// <param name="Level">The lowest level that was needed.</param>
/// <param name="Why">Key of the words that say why it had to go that far down: <c>full</c>, <c>unknown-customer</c>, <c>too-few-personal</c>, <c>unknown-item</c>, <c>too-few-eligible</c>.</param>
public sealed record RecommendationReply(IReadOnlyList<RecommendedItem> Items, RecommendationLevel Level, string Why)
{
    public const string Full = "full", UnknownCustomer = "unknown-customer", UnknownItem = "unknown-item", TooFewPersonal = "too-few-personal", TooFewEligible = "too-few-eligible";
}

/// <summary>A prepared list of a customer.</summary>
/// <param name="List"><c>for-you</c>, <c>buy-again</c>, <c>new-for-you</c>.</param>
public sealed record RecommendationRow(long CustomerId, string List, IReadOnlyList<RecommendedItem> Items)
{
    public const string ForYou = "for-you", BuyAgain = "buy-again", NewForYou = "new-for-you";
}
