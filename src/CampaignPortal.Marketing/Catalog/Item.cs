using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Catalog;

/// <summary>What the shop offers: a product, an article, a course, an account.</summary>
public sealed class Item
{
    public long Id { get; init; }
    public required string ExternalId { get; init; }
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
    /// <summary>False for what is sold but never recommended: postage, fees, manual lines.</summary>
    public bool IsOffered { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class ItemConfiguration : IEntityTypeConfiguration<Item>
{
    public void Configure(EntityTypeBuilder<Item> builder)
    {
        builder.Property(i => i.Id).ValueGeneratedNever(); // the log's writer numbers them, without gaps
        builder.HasIndex(i => i.ExternalId).IsUnique();
    }
}
