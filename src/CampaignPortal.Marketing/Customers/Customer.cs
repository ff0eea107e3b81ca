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
}

internal sealed class VisitorConfiguration : IEntityTypeConfiguration<Visitor>
{
    public void Configure(EntityTypeBuilder<Visitor> builder)
    {
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.HasIndex(v => v.ExternalId).IsUnique();
    }
}

/// <summary>The decision whose a browser is, with the event that made it: one row whenever somebody else than before says who they are there (DI-15).</summary>
/// <remarks>Written in the transaction of that event. The log itself stays as it was: its older rows name nobody, because nobody knew.</remarks>
public sealed class Identification
{
    /// <summary>Number of the event that said it.</summary>
    public long Sequence { get; init; }

    public long VisitorId { get; init; }

    public long CustomerId { get; init; }

    /// <summary>When that event happened: before this moment nobody could know.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether what the browser did before is this customer's: true for the first who said who they are, never for a second person (DI-16).</summary>
    public bool TakesHistory { get; init; }
}

internal sealed class IdentificationConfiguration : IEntityTypeConfiguration<Identification>
{
    public void Configure(EntityTypeBuilder<Identification> builder)
    {
        builder.HasKey(i => i.Sequence);
        builder.Property(i => i.Sequence).ValueGeneratedNever(); // the log's number
        builder.HasIndex(i => i.VisitorId);
        builder.HasIndex(i => i.CustomerId);
    }
}
