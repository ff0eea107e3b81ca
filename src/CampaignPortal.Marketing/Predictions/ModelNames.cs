namespace CampaignPortal.Marketing.Predictions;

/// <summary>Names of the models whose scores pages show.</summary>
public static class ModelNames
{
    public const string Segments = "segments";
    public const string Purchase = "purchase-30";
    public const string Churn = "churn-90";
    public const string LifetimeValue = "lifetime-value";
    public const string Recommendations = "recommendations";

    /// <summary>The models, each with a page of its own.</summary>
    public static IReadOnlyList<string> All { get; } = [Segments, Purchase, Churn, LifetimeValue, Recommendations];

    /// <summary>Chance that the customer buys again at all.</summary>
    public const string Alive = "lifetime-value.alive";

    /// <summary>Days until the next order: median, with the days by which one in five and four in five have ordered.</summary>
    public const string NextOrder = "lifetime-value.next-order";
}
