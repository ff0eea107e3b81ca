using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Customers.Attributes;

/// <summary>What the values of an attribute are.</summary>
public enum AttributeKind
{
    Text, Number, Money, Boolean, Date,
    /// <summary>With its zone.</summary>
    DateTime,
    /// <summary>Several texts.</summary>
    List,
    /// <summary>Names with texts.</summary>
    Map,
}

/// <summary>The kind of an attribute that a person has stated; the others are recognised by their values.</summary>
public sealed class AttributeDefinition
{
    public required string Name { get; init; }
    public AttributeKind Kind { get; set; }
}

internal sealed class AttributeDefinitionConfiguration : IEntityTypeConfiguration<AttributeDefinition>
{
    public void Configure(EntityTypeBuilder<AttributeDefinition> builder)
    {
        builder.HasKey(d => d.Name);
        builder.Property(d => d.Kind).HasConversion<string>();
    }
}
