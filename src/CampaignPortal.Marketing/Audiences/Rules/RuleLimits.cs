namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>What a rule may be at most: what is larger is refused with the number, before anything is evaluated.</summary>
public static class RuleLimits
{
    public const int Depth = 8;
    public const int Nodes = 200;
    public const int Values = 500;
    public const int ValueLength = 500;
    public const int ListedCustomers = 10_000;
    public const int WindowDays = 3_660;
    public const int Kilometres = 20_000;

    public const int FavouriteCategories = 20;
    public const int Recommendations = 10;

    /// <summary>A score older than this counts as missing.</summary>
    public const int StaleScoreDays = 14;
}
