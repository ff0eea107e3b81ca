using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>What a marketer says over the head of the models: show this here, never show that, more of those.</summary>
public sealed class RecommendationRule
{
    public const string Pin = "pin", Block = "block", Boost = "boost";

    public long Id { get; init; }
    /// <summary><see cref="Pin"/>, <see cref="Block"/> or <see cref="Boost"/>.</summary>
    public required string Kind { get; init; }
    /// <summary>Key of the strategy; null for all.</summary>
    public string? Strategy { get; init; }
    /// <summary>The product; null when the rule is about a category.</summary>
    public long? ItemId { get; init; }
    /// <summary>Whole path of the category or its first steps; null when the rule is about one product.</summary>
    public string? Category { get; init; }
    /// <summary>Place of a pinned product, from 1.</summary>
    public int? Place { get; init; }
    /// <summary>What scores are multiplied with: above 1 moves up, below 1 moves down.</summary>
    public double? Factor { get; init; }
    /// <summary>From then on the rule is history; null for no end.</summary>
    public DateTimeOffset? EndsAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>The user's number.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Whether it acts on a strategy at a moment.</summary>
    public bool ActsOn(string strategy, DateTimeOffset now) => (Strategy is null || Strategy == strategy) && !(EndsAt <= now);
}

internal sealed class RecommendationRuleConfiguration : IEntityTypeConfiguration<RecommendationRule>
{
    public void Configure(EntityTypeBuilder<RecommendationRule> builder) => builder.HasKey(r => r.Id);
}

/// <summary>What a marketer chose for a strategy; a strategy without a row has the defaults.</summary>
public sealed class StrategySetting
{
    /// <summary>Key of the strategy.</summary>
    public required string Strategy { get; init; }
    /// <summary>0 keeps the order of the scores, 1 looks for variety only.</summary>
    public double Diversity { get; init; }
    /// <summary>A product bought within so many days is not shown.</summary>
    public int NotBoughtInDays { get; init; } = DefaultNotBoughtInDays;
    /// <summary>Only what can be delivered, where stock is known.</summary>
    public bool InStockOnly { get; init; }
    public decimal? MinPrice { get; init; }
    public decimal? MaxPrice { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string UpdatedBy { get; init; } = "";

    public const int DefaultNotBoughtInDays = 2;

    public static StrategySetting DefaultOf(string strategy) => new() { Strategy = strategy };
}

internal sealed class StrategySettingConfiguration : IEntityTypeConfiguration<StrategySetting>
{
    public void Configure(EntityTypeBuilder<StrategySetting> builder) => builder.HasKey(s => s.Strategy);
}
