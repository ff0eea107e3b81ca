using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>The mail exactly as it left, compressed and sealed with the customer's key: for the timeline, the outbox and the browser view, also after the content changed.</summary>
public sealed class MessageBody
{
    public long MessageId { get; init; }
    public long CustomerId { get; init; }
    public required byte[] Sealed { get; init; }
}

internal sealed class MessageBodyConfiguration : IEntityTypeConfiguration<MessageBody>
{
    public void Configure(EntityTypeBuilder<MessageBody> builder)
    {
        builder.ToTable("MessageBodies").HasKey(b => b.MessageId);
        builder.Property(b => b.MessageId).ValueGeneratedNever();
        builder.HasIndex(b => b.CustomerId);
    }
}
