using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>A list of items prepared for a customer.</summary>
public sealed class RecommendationList
{
    public long CustomerId { get; init; }
    /// <summary><c>for-you</c>, <c>buy-again</c>, <c>new-for-you</c>.</summary>
    public required string List { get; init; }
    public int Version { get; init; }
    /// <summary>JSON, best first: [{"item","score","reason","arguments"}].</summary>
    public required string Items { get; init; }
    /// <summary>How many there are: rules ask for it without reading the items.</summary>
    public int ItemCount { get; init; }
    public DateTimeOffset AsOf { get; init; }
}

internal sealed class RecommendationListConfiguration : IEntityTypeConfiguration<RecommendationList>
{
    public void Configure(EntityTypeBuilder<RecommendationList> builder)
    {
        builder.HasKey(l => new { l.CustomerId, l.List });
        builder.HasIndex(l => new { l.List, l.ItemCount, l.AsOf, l.CustomerId }); // who has how many, from the index alone
    }
}
