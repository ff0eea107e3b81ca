namespace CampaignPortal.Marketing.Content;

/// <summary>Lists of products that a message can ask for: those that are prepared for everybody, because ten thousand people are written to at once.</summary>
public static class RecommendationLists
{
    public const string ForYou = "for-you", NewForYou = "new-for-you", BuyAgain = "buy-again", BestSellers = "best-sellers";

    public const string Standard = ForYou;

    public const int StandardCount = 3, MaxCount = 10;

    public static IReadOnlyList<string> All { get; } = [ForYou, NewForYou, BuyAgain, BestSellers];
}
