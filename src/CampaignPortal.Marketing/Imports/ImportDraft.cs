using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Imports;

/// <summary>A file on its way through the import wizard: whoever leaves finds it again where it was.</summary>
public sealed class ImportDraft
{
    public long Id { get; init; }
    /// <summary>The file's name as its owner knows it.</summary>
    public required string FileName { get; init; }
    /// <summary>Its name in the folder of uploads, or of files that the shop's systems leave.</summary>
    public required string StoredName { get; init; }
    /// <summary>The file lies in the folder <c>incoming</c> and stays there.</summary>
    public bool IsIncoming { get; init; }
    public long ByteCount { get; init; }
    /// <summary><see cref="Mapping.ImportPlan"/> as JSON; null before the first look.</summary>
    public string? Plan { get; init; }
    /// <summary>The result of the check, sealed: it quotes contact data.</summary>
    public byte[]? Check { get; init; }
    /// <summary>The import that it became.</summary>
    public long? ImportId { get; init; }
    public required string Owner { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class ImportDraftConfiguration : IEntityTypeConfiguration<ImportDraft>
{
    public void Configure(EntityTypeBuilder<ImportDraft> builder) => builder.HasIndex(d => d.ImportId);
}
