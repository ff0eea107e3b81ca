using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Customers;

/// <summary>What the log says of a customer besides orders. A projection: it can be dropped and rebuilt.</summary>
public sealed class CustomerProfile
{
    public long CustomerId { get; init; }
    public DateTimeOffset FirstSeenAt { get; init; }
    public DateTimeOffset LastSeenAt { get; init; }
    public long EventCount { get; init; }
    public long ViewCount { get; init; }
    public long CartCount { get; init; }
    public long MessageCount { get; init; }
    public long OpenCount { get; init; }
    public long ClickCount { get; init; }
}

internal sealed class CustomerProfileConfiguration : IEntityTypeConfiguration<CustomerProfile>
{
    public void Configure(EntityTypeBuilder<CustomerProfile> builder)
    {
        builder.HasKey(p => p.CustomerId);
        builder.Property(p => p.CustomerId).ValueGeneratedNever();
    }
}

/// <summary>One thing that is known of a customer now; the newest moment wins, whatever the order of arrival.</summary>
public sealed class CustomerTrait
{
    public long CustomerId { get; init; }
    public required string Name { get; init; }
    /// <summary>Text; numbers and dates in the invariant culture.</summary>
    public required string Value { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
}

internal sealed class CustomerTraitConfiguration : IEntityTypeConfiguration<CustomerTrait>
{
    public void Configure(EntityTypeBuilder<CustomerTrait> builder)
    {
        builder.HasKey(t => new { t.CustomerId, t.Name });
        builder.HasIndex(t => new { t.Name, t.Value });
    }
}

/// <summary>Orders of a customer in sums. A projection of <see cref="Order"/>.</summary>
public sealed class CustomerTotals
{
    public long CustomerId { get; init; }
    public int OrderCount { get; init; }
    /// <summary>Money of all lines ordered, in the reporting currency, before returns.</summary>
    public decimal Revenue { get; init; }
    /// <summary>Money of all returned lines.</summary>
    public decimal ReturnedAmount { get; init; }
    /// <summary>Null while only returns are known.</summary>
    public DateTimeOffset? FirstOrderAt { get; init; }
    public DateTimeOffset? LastOrderAt { get; init; }
}

internal sealed class CustomerTotalsConfiguration : IEntityTypeConfiguration<CustomerTotals>
{
    public void Configure(EntityTypeBuilder<CustomerTotals> builder)
    {
        builder.HasKey(t => t.CustomerId);
        builder.Property(t => t.CustomerId).ValueGeneratedNever();
        // What the customer list can be ordered by.
        builder.HasIndex(t => new { t.Revenue, t.CustomerId });
        builder.HasIndex(t => new { t.LastOrderAt, t.CustomerId });
        builder.HasIndex(t => new { t.OrderCount, t.CustomerId });
    }
}

/// <summary>An order, or the returns under one number: the lines of the log gathered. A projection; whatever counts orders reads it.</summary>
public sealed class Order
{
    /// <summary>The shop's own number; a return has one of its own or that of its order.</summary>
    public required string OrderId { get; init; }
    /// <summary>Null for a sale of nobody.</summary>
    public long? CustomerId { get; init; }
    /// <summary>The earliest line.</summary>
    public DateTimeOffset PlacedAt { get; init; }
    public int LineCount { get; init; }
    public decimal Quantity { get; init; }
    public decimal Amount { get; init; }
    public int ReturnedLineCount { get; init; }
    public decimal ReturnedAmount { get; init; }
}

internal sealed class OrderConfiguration : IEntityTypeConfiguration<Order>
{
    public void Configure(EntityTypeBuilder<Order> builder)
    {
        builder.HasKey(o => o.OrderId);
        builder.HasIndex(o => new { o.CustomerId, o.PlacedAt });
        builder.HasIndex(o => new { o.PlacedAt, o.LineCount, o.Amount, o.ReturnedAmount, o.CustomerId }); // figures of a range of days, from the index alone
    }
}
