using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Drafts;

/// <summary>What somebody typed and has not yet sent: one for each person and place. Sealed, because it may say anything about anybody.</summary>
public sealed class Draft
{
    public const int MaxKeyLength = 120;

    public required long UserId { get; init; }
    /// <summary>The place, such as <c>note:4711</c>.</summary>
    public required string Key { get; init; }
    public required byte[] Content { get; set; }
    public DateTimeOffset SavedAt { get; set; }
}

internal sealed class DraftConfiguration : IEntityTypeConfiguration<Draft>
{
    public void Configure(EntityTypeBuilder<Draft> builder)
    {
        builder.HasKey(d => new { d.UserId, d.Key });
        builder.Property(d => d.Key).HasMaxLength(Draft.MaxKeyLength);
        builder.HasIndex(d => d.SavedAt); // the clean-up goes by age
    }
}
