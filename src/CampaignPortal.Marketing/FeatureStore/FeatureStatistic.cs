using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>How a feature was distributed over all customers at one scoring.</summary>
public sealed class FeatureStatistic
{
    public required string Feature { get; init; }
    /// <summary>The moment whose past the values describe.</summary>
    public DateTimeOffset AsOf { get; init; }
    public DateTimeOffset ComputedAt { get; init; }
    /// <summary>Place in the schema.</summary>
    public int Position { get; init; }
    public FeatureUnit Unit { get; init; }
    public FeatureTheme Theme { get; init; }
    /// <summary>English words; the reader's words stand under the feature's name in the resource files.</summary>
    public required string Description { get; init; }
    public long CustomerCount { get; init; }
    /// <summary>Customers for whom it is not defined.</summary>
    public long MissingCount { get; init; }
    /// <summary>Null when it is defined for nobody, like the following ones.</summary>
    public double? Mean { get; init; }
    /// <summary>Least, 10 %, 25 %, 50 %, 75 %, 90 %, 99 %, largest, as a JSON list.</summary>
    public string? Quantiles { get; init; }
    /// <summary>Bounds of the bins, as a JSON list; one more than counts.</summary>
    public string? Bounds { get; init; }
    /// <summary>Customers in each bin, as a JSON list; what lies beyond the bounds is in the outer bins.</summary>
    public string? Counts { get; init; }
}

internal sealed class FeatureStatisticConfiguration : IEntityTypeConfiguration<FeatureStatistic>
{
    public void Configure(EntityTypeBuilder<FeatureStatistic> builder)
    {
        builder.ToTable("FeatureStatistics").HasKey(s => new { s.AsOf, s.Feature });
        builder.Property(s => s.Unit).HasConversion<string>();
        builder.Property(s => s.Theme).HasConversion<string>();
    }
}

/// <summary>A live model that reads a feature.</summary>
public sealed class FeatureUse
{
    public required string Feature { get; init; }
    public required string Model { get; init; }
    public int Version { get; init; }
}

internal sealed class FeatureUseConfiguration : IEntityTypeConfiguration<FeatureUse>
{
    public void Configure(EntityTypeBuilder<FeatureUse> builder) => builder.ToTable("FeatureUses").HasKey(u => new { u.Feature, u.Model });
}
