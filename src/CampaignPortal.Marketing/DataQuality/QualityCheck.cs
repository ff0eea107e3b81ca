using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>What a rule looks at.</summary>
public enum QualityRule
{
    Freshness, Completeness, Uniqueness, Validity, Volume,
}

/// <summary>How a check ended.</summary>
public enum QualityState
{
    Passed,
    /// <summary>Somebody should look this week.</summary>
    Warning,
    /// <summary>What depends on the table waits until it is mended or let through.</summary>
    Severe,
}

/// <summary>One check of one day: a rule on a field of a table, for one source where rows have one.</summary>
public sealed class QualityCheck
{
    /// <summary>The shop's day, as <c>2026-03-09</c>.</summary>
    public required string Day { get; init; }
    /// <summary>One of <see cref="QualityTables"/>.</summary>
    public required string Table { get; init; }
    /// <summary>Empty where rows have no source.</summary>
    public required string Source { get; init; }
    /// <summary>A column, an event's name, or empty for the whole table.</summary>
    public required string Field { get; init; }
    public QualityRule Rule { get; init; }
    public QualityState State { get; init; }
    /// <summary>What was found: a share of bad rows, hours since the last row, or rows of a day.</summary>
    public double Measured { get; init; }
    /// <summary>What would have been tolerated, in the same unit.</summary>
    public double Limit { get; init; }
    /// <summary>Rows that were looked at.</summary>
    public long RowCount { get; init; }
    public DateTimeOffset CheckedAt { get; init; }
}

internal sealed class QualityCheckConfiguration : IEntityTypeConfiguration<QualityCheck>
{
    public void Configure(EntityTypeBuilder<QualityCheck> builder)
    {
        builder.ToTable("QualityChecks").HasKey(c => new { c.Day, c.Table, c.Source, c.Field, c.Rule });
        builder.Property(c => c.Rule).HasConversion<string>();
        builder.Property(c => c.State).HasConversion<string>();
    }
}

/// <summary>What is checked.</summary>
public static class QualityTables
{
    public const string Events = "events", Customers = "customers", Items = "items", Orders = "orders";

    public static IReadOnlyList<string> All { get; } = [Events, Orders, Customers, Items];
}

/// <summary>Leave for one run of a job in spite of a severe check.</summary>
public sealed class QualityPass
{
    public long Id { get; init; }
    public required string JobKey { get; init; }
    /// <summary>A user's number.</summary>
    public required string GrantedBy { get; init; }
    public DateTimeOffset GrantedAt { get; init; }
    /// <summary>The run that used it; null while it waits.</summary>
    public long? RunId { get; init; }
}

internal sealed class QualityPassConfiguration : IEntityTypeConfiguration<QualityPass>
{
    public void Configure(EntityTypeBuilder<QualityPass> builder)
    {
        builder.ToTable("QualityPasses");
        builder.HasIndex(p => p.JobKey).HasFilter("\"RunId\" IS NULL").IsUnique(); // one leave at a time
    }
}
