using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Imports;

/// <summary>One import of one file, with the row up to which it is committed: a killed import goes on after it.</summary>
public sealed class ImportRun
{
    public long Id { get; init; }
    /// <summary>SHA-256 of the file as it lies, hexadecimal.</summary>
    public required string FileHash { get; init; }
    public required string FileName { get; init; }
    public required string Preset { get; init; }
    /// <summary>The mapping as JSON, for the record.</summary>
    public required string Mapping { get; init; }
    /// <summary><c>waiting</c>, <c>running</c>, <c>finished</c>, <c>failed</c>, <c>cancelled</c>, <c>undoing</c>, <c>undone</c>.</summary>
    public required string Status { get; init; }
    /// <summary>Rows of the file that are committed, without the header.</summary>
    public long CommittedRows { get; init; }
    public long Accepted { get; init; }
    public long Duplicates { get; init; }
    public long Quarantined { get; init; }
    /// <summary>Lines that are equal to an earlier line of the file; they are kept.</summary>
    public long EqualLines { get; init; }
    /// <summary>The report as JSON once finished.</summary>
    public string? Report { get; init; }
    public string? Error { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? UndoneAt { get; init; }
    /// <summary>What the undo did, as JSON.</summary>
    public string? UndoReport { get; init; }
}

internal sealed class ImportRunConfiguration : IEntityTypeConfiguration<ImportRun>
{
    public void Configure(EntityTypeBuilder<ImportRun> builder) => builder.HasIndex(r => new { r.FileHash, r.Preset });
}

/// <summary>A mapping of columns to fields that a person saved under a name.</summary>
public sealed class ImportMapping
{
    public long Id { get; init; }
    public required string Name { get; init; }
    public required string Preset { get; init; }
    public required string Json { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class ImportMappingConfiguration : IEntityTypeConfiguration<ImportMapping>
{
    public void Configure(EntityTypeBuilder<ImportMapping> builder) => builder.HasIndex(m => m.Name).IsUnique();
}
