using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Audiences.Rules;

public enum TasteOperator
{
    /// <summary>Among so many categories that the customer chose most often; categories that were chosen equally often share a place.</summary>
    Top,
    /// <summary>At least this share, 0 to 1, of all that the customer chose.</summary>
    Share,
}

/// <summary>How much somebody likes a category, by what they ordered, viewed or put in the cart. Each line and each view counts once; items without a category do not count.</summary>
/// <remarks>Whoever chose nothing within the window has no taste, and never matches.</remarks>
/// <param name="Event">One of <see cref="Events"/>.</param>
/// <param name="Category">Exactly as the catalogue writes it.</param>
/// <param name="Value">A number of categories, or a share.</param>
public sealed record TasteCondition(string Event, EventWindow Window, string Category, TasteOperator Operator, decimal Value) : Rule
{
    /// <summary>What tells a taste.</summary>
    public static IReadOnlyList<string> Events { get; } = [KnownEvents.OrderPlaced, KnownEvents.ItemViewed, KnownEvents.CartAdded];

    /// <param name="own">How often the category was chosen.</param>
    /// <param name="all">How often any was.</param>
    /// <param name="better">How many other categories were chosen more often.</param>
    internal bool Matches(int own, int all, int better) => own > 0 && (Operator is TasteOperator.Top ? better < Value : own >= Value * all);

    internal bool Matches(IReadOnlyDictionary<string, int> chosen) =>
        chosen.TryGetValue(Category, out var own) && Matches(own, chosen.Values.Sum(), chosen.Values.Count(other => other > own));
}

/// <summary>Whether a prepared list of recommendations has at least so many products. A list older than <see cref="RuleLimits.StaleScoreDays"/> counts as missing, and a missing one never matches.</summary>
/// <param name="List">One of <see cref="Lists"/>.</param>
/// <param name="Least">1 to <see cref="RuleLimits.Recommendations"/>: a list has no more.</param>
public sealed record RecommendableCondition(string List, int Least) : Rule
{
    /// <summary>Lists that are prepared for each customer.</summary>
    public static IReadOnlyList<string> Lists { get; } = ["for-you", "new-for-you", "buy-again"];
}
