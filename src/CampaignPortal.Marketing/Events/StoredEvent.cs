using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Events;

/// <summary>A row of the log. Append-only; <see cref="EventLog"/> is the one door through which rows come.</summary>
public sealed class StoredEvent
{
    /// <summary>Dense from 1, in the order of the commits.</summary>
    public long Sequence { get; init; }
    public required string Source { get; init; }
    public required string MessageId { get; init; }
    /// <summary>First 64 bits of a hash of the content: tells a repeated event from another one with the same id.</summary>
    public long PayloadHash { get; init; }
    public required string Type { get; init; }
    public long? CustomerId { get; init; }
    public long? VisitorId { get; init; }
    /// <summary>The shop's own number of the order.</summary>
    public string? OrderId { get; init; }
    public DateTimeOffset OccurredAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public long? ItemId { get; init; }
    public string? CampaignId { get; init; }
    public string? VariantId { get; init; }
    public decimal? Quantity { get; init; }
    /// <summary>Money of the line as reported, in <see cref="Currency"/>.</summary>
    public decimal? Amount { get; init; }
    public string? Currency { get; init; }
    /// <summary>One JSON object, or null.</summary>
    public string? Properties { get; init; }
}

internal sealed class StoredEventConfiguration : IEntityTypeConfiguration<StoredEvent>
{
    public void Configure(EntityTypeBuilder<StoredEvent> builder)
    {
        builder.ToTable("Events").HasKey(e => e.Sequence);
        builder.Property(e => e.Sequence).ValueGeneratedNever(); // the writer numbers them, without gaps
        builder.HasIndex(e => new { e.Source, e.MessageId }).IsUnique();
        builder.HasIndex(e => new { e.CustomerId, e.OccurredAt }); // the timeline of one customer
        // What a browser did before it said who it is; such rows are few beside the others.
        builder.HasIndex(e => new { e.VisitorId, e.OccurredAt }).HasFilter("\"CustomerId\" IS NULL AND \"VisitorId\" IS NOT NULL");
    }
}

/// <summary>A row that could not become an event, until a person corrects or discards it.</summary>
public sealed class QuarantinedRow
{
    public long Id { get; init; }
    public required string Source { get; init; }
    public long? ImportId { get; init; }
    /// <summary>Line of the file, or index in the batch.</summary>
    public long Position { get; init; }
    public string? MessageId { get; init; }
    /// <summary>One of <see cref="QuarantineReasons"/>.</summary>
    public required string Reason { get; init; }
    public string? Field { get; init; }
    /// <summary>What was expected and found; sealed, because it may quote contact data. The vault opens it.</summary>
    public required byte[] Detail { get; init; }
    /// <summary>The row as it came; sealed like <see cref="Detail"/>.</summary>
    public required byte[] Raw { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    /// <summary>Null while it waits; a row moves once.</summary>
    public DateTimeOffset? ResolvedAt { get; private set; }
    /// <summary><c>imported</c> or <c>discarded</c>.</summary>
    public string? Resolution { get; private set; }
}

internal sealed class QuarantinedRowConfiguration : IEntityTypeConfiguration<QuarantinedRow>
{
    public void Configure(EntityTypeBuilder<QuarantinedRow> builder)
    {
        builder.ToTable("Quarantine").HasKey(r => r.Id);
        builder.HasIndex(r => new { r.ImportId, r.Position });
        // The same bad row, sent again while it waits, is one row: a client's retries must not fill the table.
        builder.HasIndex(r => new { r.Source, r.MessageId, r.Reason }).HasFilter("\"MessageId\" IS NOT NULL AND \"ResolvedAt\" IS NULL").IsUnique();
    }
}

/// <summary>How far a projection has read the log.</summary>
public sealed class ProjectionCheckpoint
{
    public required string Name { get; init; }
    public int Version { get; init; }
    public long Sequence { get; init; }
}

internal sealed class ProjectionCheckpointConfiguration : IEntityTypeConfiguration<ProjectionCheckpoint>
{
    public void Configure(EntityTypeBuilder<ProjectionCheckpoint> builder) => builder.HasKey(c => c.Name);
}
