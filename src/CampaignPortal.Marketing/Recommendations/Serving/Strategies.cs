namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>The ways to choose products that the portal serves, by the key that addresses, rules and the API use.</summary>
public static class Strategies
{
    public const string ForYou = "for-you", BuyAgain = "buy-again", NewForYou = "new-for-you", BoughtTogether = "bought-together", Similar = "similar", BestSellers = "best-sellers";

    public static IReadOnlyList<string> All { get; } = [ForYou, NewForYou, BuyAgain, BoughtTogether, Similar, BestSellers];

    /// <summary>Null for a name that is not served.</summary>
    public static RecommendationStrategy? KindOf(string key) => key switch
    {
        ForYou => RecommendationStrategy.ForYou,
        BuyAgain => RecommendationStrategy.BuyAgain,
        NewForYou => RecommendationStrategy.NewForYou,
        BoughtTogether => RecommendationStrategy.BoughtTogether,
        Similar => RecommendationStrategy.Similar,
        BestSellers => RecommendationStrategy.BestSellersInCategory,
        _ => null,
    };

    /// <summary>Whether the strategy starts from a product that somebody looks at.</summary>
    public static bool NeedsItem(string key) => key is BoughtTogether or Similar;

    /// <summary>Whether variety can be asked for: lists that are rankings of everybody's purchases have none to give.</summary>
    public static bool HasSlider(string key) => key is not BestSellers;

    /// <summary>What answers when the strategy runs out of products, first to last.</summary>
    public static IReadOnlyList<RecommendationLevel> LadderOf(string key) => key is BuyAgain
        ? [RecommendationLevel.Personal]
        : [RecommendationLevel.Personal, RecommendationLevel.Segment, RecommendationLevel.TrendingInCategory, RecommendationLevel.BestSellers];
}
