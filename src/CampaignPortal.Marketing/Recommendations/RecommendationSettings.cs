using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Choices of the recommenders.</summary>
public sealed record RecommendationSettings
{
    /// <summary>Length of the lists that are judged and prepared.</summary>
    public int ListLength { get; init; } = 10;

    /// <summary>Days of the test window, and of the validation window before it.</summary>
    public int WindowDays { get; init; } = 31;

    /// <summary>Least days before the validation window.</summary>
    public int MinHistoryDays { get; init; } = 60;

    /// <summary>Fewer customers than this in a window judge nothing.</summary>
    public int MinJudgedCustomers { get; init; } = 50;

    public ImplicitAlsOptions Factors { get; init; } = new();

    /// <summary>Neighbours that an item keeps; more make lists hardly better and much slower.</summary>
    public int NeighbourCount { get; init; } = 300;

    /// <summary>Items of an order that an item keeps.</summary>
    public int BasketNeighbourCount { get; init; } = 50;

    /// <summary>Items kept for each segment.</summary>
    public int SegmentTopCount { get; init; } = 50;

    /// <summary>Weights of the factors among which validation chooses.</summary>
    public IReadOnlyList<double> Alphas { get; init; } = [0, 0.3, 0.5, 0.7, 0.85, 1];

    /// <summary>Trends among which validation chooses; null is none.</summary>
    public IReadOnlyList<ItemTrendOptions?> Trends { get; init; } =
    [
        null,
        new() { DecayAge = 30, RecentExponent = 0.35, PopularityExponent = 0.35 },
        new() { DecayAge = 15, RecentExponent = 0.7, PopularityExponent = 0.7, RecentPrior = 3, PopularityPrior = 15 },
        new() { DecayAge = 10, RecentExponent = 1, PopularityExponent = 1, RecentPrior = 3, PopularityPrior = 15 },
    ];

    /// <summary>Threads. The result does not depend on it.</summary>
    public int Degree { get; init; } = 1;
}
