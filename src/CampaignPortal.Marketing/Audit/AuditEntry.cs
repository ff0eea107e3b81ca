using System.Data.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Audit;

/// <summary>Who did what, without contact data.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }
    public DateTimeOffset At { get; init; }
    /// <summary>A user's number, an API key's name, or <c>command line</c>.</summary>
    public required string Actor { get; init; }
    /// <summary>A capability and what was done with it, such as <c>customers.read profile</c>.</summary>
    public required string Action { get; init; }
    public string? Target { get; init; }
    public string? Detail { get; init; }
    /// <summary>Network address of the actor; null where there is none.</summary>
    public string? Origin { get; init; }
    /// <summary>The value before a change.</summary>
    public string? Before { get; init; }
    /// <summary>The value after a change.</summary>
    public string? After { get; init; }
    /// <summary>Link of the chain: a keyed hash over this entry and the link before it. Null for the moment between writing and sealing.</summary>
    public byte[]? Seal { get; private set; }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.HasIndex(e => e.At);
        builder.HasIndex(e => e.Target);
        builder.HasIndex(e => e.Id).HasFilter("\"Seal\" IS NULL").HasDatabaseName("IX_AuditEntries_Unsealed");
    }
}

/// <summary>Writes entries in the transaction of the deed, so that there is never one without the other.</summary>
public static class AuditWriter
{
    public static void Write(this DbTransaction transaction, AuditEntry entry) => transaction.Execute(
        "insert into \"AuditEntries\" (\"At\", \"Actor\", \"Action\", \"Target\", \"Detail\") values (@0, @1, @2, @3, @4)",
        Stored.Ticks(entry.At), entry.Actor, entry.Action, entry.Target, entry.Detail);
}
