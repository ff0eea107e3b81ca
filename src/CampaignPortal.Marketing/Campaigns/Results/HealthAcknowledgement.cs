using CampaignPortal.Marketing.Experiments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>Somebody looked at a failed check of a run, says why the result may be read all the same, and stands for it (EX-08). It is withdrawn, never deleted.</summary>
public sealed class HealthAcknowledgement
{
    public long Id { get; init; }
    public long RunId { get; init; }
    public HealthKind Kind { get; init; }
    public DateTimeOffset At { get; init; }
    /// <summary>A user's number.</summary>
    public required string By { get; init; }
    public required string Reason { get; init; }
    public DateTimeOffset? WithdrawnAt { get; init; }
    /// <summary>A user's number.</summary>
    public string? WithdrawnBy { get; init; }
}

internal sealed class HealthAcknowledgementConfiguration : IEntityTypeConfiguration<HealthAcknowledgement>
{
    public void Configure(EntityTypeBuilder<HealthAcknowledgement> builder)
    {
        builder.Property(a => a.Kind).HasConversion<string>();
        builder.HasIndex(a => new { a.RunId, a.Kind }).IsUnique().HasFilter("\"WithdrawnAt\" IS NULL"); // one in force, however many click at once
    }
}
