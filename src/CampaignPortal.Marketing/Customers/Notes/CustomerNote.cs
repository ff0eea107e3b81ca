using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Customers.Notes;

/// <summary>What a colleague wrote down about a customer. Unreadable without the customer's key, like contact data: people write personal things.</summary>
public sealed class CustomerNote
{
    public long Id { get; init; }
    public long CustomerId { get; init; }
    /// <summary>The user who wrote it; only they may change it.</summary>
    public long AuthorId { get; init; }
    public DateTimeOffset WrittenAt { get; init; }
    public DateTimeOffset? EditedAt { get; private set; }
    /// <summary>Set between a deletion and its end: until then it can be undone.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }
    /// <summary>The text, sealed with the customer's key.</summary>
    public required byte[] Sealed { get; set; }

    internal void Edit(byte[] sealedText, DateTimeOffset now) => (Sealed, EditedAt) = (sealedText, now);

    internal void Delete(DateTimeOffset now) => DeletedAt ??= now;

    internal void Restore() => DeletedAt = null;
}

internal sealed class CustomerNoteConfiguration : IEntityTypeConfiguration<CustomerNote>
{
    public void Configure(EntityTypeBuilder<CustomerNote> builder)
    {
        builder.HasIndex(n => new { n.CustomerId, n.WrittenAt });
        builder.HasIndex(n => n.DeletedAt); // what is to be swept
    }
}
