using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>The sentence to which people agree, for a channel and a purpose. Versions are added, never changed: a consent names the one that was shown.</summary>
public sealed class ConsentWording
{
    public required string Channel { get; init; }
    public required string Purpose { get; init; }
    /// <summary>1, 2, 3, … for a channel and a purpose.</summary>
    public required int Version { get; init; }
    public required string Text { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class ConsentWordingConfiguration : IEntityTypeConfiguration<ConsentWording>
{
    public void Configure(EntityTypeBuilder<ConsentWording> builder) => builder.HasKey(w => new { w.Channel, w.Purpose, w.Version });
}
