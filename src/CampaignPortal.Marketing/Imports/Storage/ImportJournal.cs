using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Writes down, in the transaction of the rows, what an undo needs: which events an import added and what it overwrote.</summary>
internal static class ImportJournal
{
    public static void Write(DbTransaction transaction, long importId, AppendReport report, IReadOnlyList<Overwritten> overwritten, MasterKey master)
    {
        if (report.AcceptedCount is > 0 and var count) AddRange(transaction, importId, report.LastSequence - count + 1, report.LastSequence);
        if (overwritten.Count is 0) return;
        using var insert = transaction.Prepare("insert into \"ImportChanges\" (\"ImportId\", \"Kind\", \"Key\", \"IsNew\", \"Fields\") values (@0, @1, @2, @3, @4)", 5);
        foreach (var change in overwritten)
            insert.Run(importId, change.Kind, change.Key, change.IsNew ? 1L : 0L, master.SealText(JsonSerializer.Serialize(change.Fields, ImportJson.Options)));
    }

    // The events of one batch have numbers in a row; so do batches between which nobody else wrote.
    private static void AddRange(DbTransaction transaction, long importId, long from, long to)
    {
        if (transaction.Execute("update \"ImportRanges\" set \"ToSequence\" = @2 where \"ImportId\" = @0 and \"ToSequence\" = @1", importId, from - 1, to) > 0) return;
        transaction.Execute("insert into \"ImportRanges\" (\"ImportId\", \"FromSequence\", \"ToSequence\") values (@0, @1, @2)", importId, from, to);
    }
}

/// <summary>Events in a row of the log that one import added.</summary>
public sealed class ImportRange
{
    public long FromSequence { get; init; }
    public long ToSequence { get; init; }
    public long ImportId { get; init; }
}

internal sealed class ImportRangeConfiguration : IEntityTypeConfiguration<ImportRange>
{
    public void Configure(EntityTypeBuilder<ImportRange> builder)
    {
        builder.HasKey(r => r.FromSequence);
        builder.Property(r => r.FromSequence).ValueGeneratedNever();
        builder.HasIndex(r => r.ImportId);
    }
}

/// <summary>What an import wrote over: fields of one customer's contact data or of one item, before and after.</summary>
public sealed class ImportChange
{
    public long Id { get; init; }
    public long ImportId { get; init; }
    /// <summary><c>contact</c> or <c>item</c>.</summary>
    public required string Kind { get; init; }
    /// <summary>The shop's id of the customer or item.</summary>
    public required string Key { get; init; }
    public bool IsNew { get; init; }
    /// <summary>JSON of before and after by field, sealed: it may hold contact data.</summary>
    public required byte[] Fields { get; init; }
}

internal sealed class ImportChangeConfiguration : IEntityTypeConfiguration<ImportChange>
{
    public void Configure(EntityTypeBuilder<ImportChange> builder) => builder.HasIndex(c => c.ImportId);
}

/// <summary>An event that was taken out of the log because its import was undone. Nothing reads it but an audit; the log says that it was there.</summary>
public sealed class RetractedEvent
{
    public long Sequence { get; init; }
    public long ImportId { get; init; }
    public DateTimeOffset RetractedAt { get; init; }
    public required string Source { get; init; }
    public required string MessageId { get; init; }
    public long PayloadHash { get; init; }
    public required string Type { get; init; }
    public long? CustomerId { get; init; }
    public long? VisitorId { get; init; }
    public string? OrderId { get; init; }
    public DateTimeOffset OccurredAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public long? ItemId { get; init; }
    public string? CampaignId { get; init; }
    public string? VariantId { get; init; }
    public decimal? Quantity { get; init; }
    public decimal? Amount { get; init; }
    public string? Currency { get; init; }
    public string? Properties { get; init; }
}

internal sealed class RetractedEventConfiguration : IEntityTypeConfiguration<RetractedEvent>
{
    public void Configure(EntityTypeBuilder<RetractedEvent> builder)
    {
        builder.HasKey(e => e.Sequence);
        builder.Property(e => e.Sequence).ValueGeneratedNever(); // the number that it had in the log
        builder.HasIndex(e => new { e.ImportId, e.CustomerId });
        builder.HasIndex(e => e.CustomerId); // the highest number that a customer ever had is not given again
        builder.HasIndex(e => e.ItemId);
    }
}
