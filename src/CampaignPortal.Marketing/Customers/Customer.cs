using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Customers;

/// <summary>A known person, by the portal's dense number and the shop's own id. Contact data are in the vault, everything else in projections.</summary>
public sealed class Customer
{
    public long Id { get; init; }

    /// <summary>The shop's id, as stored by the shop.</summary>
    public required string ExternalId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ErasedAt { get; init; }
}

internal sealed class CustomerConfiguration : IEntityTypeConfiguration<Customer>
{
    public void Configure(EntityTypeBuilder<Customer> builder)
    {
        builder.Property(c => c.Id).ValueGeneratedNever(); // the log's writer numbers them, without gaps
        builder.HasIndex(c => c.ExternalId).IsUnique();
    }
}

/// <summary>A browser that has not, or not yet, said who it is.</summary>
public sealed class Visitor
{
    public long Id { get; init; }

    public required string ExternalId { get; init; }

    /// <summary>The customer as whom the browser identified itself first.</summary>
    public long? CustomerId { get; init; }
}

internal sealed class VisitorConfiguration : IEntityTypeConfiguration<Visitor>
{
    public void Configure(EntityTypeBuilder<Visitor> builder)
    {
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.HasIndex(v => v.ExternalId).IsUnique();
        builder.HasIndex(v => v.CustomerId).HasFilter("\"CustomerId\" IS NOT NULL");
    }
}
