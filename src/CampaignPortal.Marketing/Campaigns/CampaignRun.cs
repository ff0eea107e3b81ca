using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>How far one occurrence of a campaign has come.</summary>
public enum RunPhase
{
    /// <summary>Its messages are being written down.</summary>
    Planning,
    /// <summary>All that may be sent so far is planned and is leaving.</summary>
    Sending,
    /// <summary>The test group has its messages; the rest waits for a winner.</summary>
    Testing,
    /// <summary>The winner's messages for the rest are being written down.</summary>
    Rolling,
    Done,
    /// <summary>Its time passed while nothing could run.</summary>
    Missed,
    Cancelled,
    Failed,
}

/// <summary>One occurrence of a campaign: who was chosen when, and why others were not.</summary>
public sealed class CampaignRun
{
    public long Id { get; init; }
    public long CampaignId { get; init; }
    /// <summary>0 for a one-off campaign, the UTC ticks of the scheduled moment for a recurring one: part of every message's key.</summary>
    public long Occurrence { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public RunPhase Phase { get; init; }
    /// <summary><see cref="Planning.ReachFunnel"/> as JSON.</summary>
    public required string Funnel { get; init; }
    /// <summary>Customers up to this number are planned: a run that was interrupted goes on behind it.</summary>
    public long PlannedThrough { get; init; }
    public DateTimeOffset? AudienceAsOf { get; init; }
    public DateTimeOffset? PlannedAt { get; init; }
    /// <summary>The newest number of the log when planning ended: results are complete from there on.</summary>
    public long PlannedSequence { get; init; }
    /// <summary>When the test is judged.</summary>
    public DateTimeOffset? DecideAt { get; init; }
    /// <summary>The variant that the rest receives.</summary>
    public long? WinnerId { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    /// <summary>A user's number, or <c>portal</c>.</summary>
    public string? DecidedBy { get; init; }
    /// <summary>Customers of the rest up to this number are rolled.</summary>
    public long RolledThrough { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? Failure { get; init; }
}

internal sealed class CampaignRunConfiguration : IEntityTypeConfiguration<CampaignRun>
{
    public void Configure(EntityTypeBuilder<CampaignRun> builder)
    {
        builder.Property(r => r.Phase).HasConversion<string>();
        // A second run of the same occurrence is impossible, however often somebody clicks.
        builder.HasIndex(r => new { r.CampaignId, r.Occurrence }).IsUnique();
        builder.HasIndex(r => r.Phase);
    }
}
