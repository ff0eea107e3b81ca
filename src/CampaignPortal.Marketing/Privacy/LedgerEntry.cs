using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>One statement about one channel and purpose, with its evidence (PV-01). A projection of the log: rows are added and never changed.</summary>
public sealed class LedgerEntry
{
    /// <summary>The event that says so.</summary>
    public long Sequence { get; init; }
    public long CustomerId { get; init; }
    public required string Channel { get; init; }
    public required string Purpose { get; init; }
    public bool IsGranted { get; init; }
    public DateTimeOffset At { get; init; }
    /// <summary>Legal basis: <c>consent</c>, <c>contract</c>, <c>legitimate-interest</c>, …</summary>
    public string? Basis { get; init; }
    /// <summary>Version of the wording that the person agreed to.</summary>
    public string? Wording { get; init; }
    /// <summary>Where the statement came from: <c>checkout</c>, <c>import</c>, <c>phone</c>, …</summary>
    public required string Origin { get; init; }
    /// <summary>The user who entered it; null when the person or a system did.</summary>
    public long? Actor { get; init; }
    /// <summary>What proves it, sealed with the customer's key and in base64; null when none was given.</summary>
    public string? Proof { get; init; }
    /// <summary>For <see cref="ContactWishes.Frequency"/>: at most one message in so many days.</summary>
    public int? LimitDays { get; init; }
    /// <summary>For <see cref="ContactWishes.Pause"/>: when it ends.</summary>
    public DateTimeOffset? Until { get; init; }
}

internal sealed class LedgerEntryConfiguration : IEntityTypeConfiguration<LedgerEntry>
{
    public void Configure(EntityTypeBuilder<LedgerEntry> builder)
    {
        builder.ToTable("ConsentLedger").HasKey(s => s.Sequence);
        builder.Property(s => s.Sequence).ValueGeneratedNever();
        builder.HasIndex(s => new { s.CustomerId, s.At });
    }
}
