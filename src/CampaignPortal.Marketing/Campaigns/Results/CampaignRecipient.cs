using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>Which part of a run a customer belongs to.</summary>
public enum RunPart
{
    /// <summary>Compares the versions, or receives the only one.</summary>
    Test,
    /// <summary>Receives the winner.</summary>
    Rest,
}

/// <summary>What became of one customer of a run. A projection of the log: figures of a campaign are the sum of these rows.</summary>
/// <remarks>Outcomes count from the moment at which the message was due, in every arm alike, whether or not it could be sent: the split stays what chance made it.</remarks>
public sealed class CampaignRecipient
{
    public long CampaignId { get; init; }
    public long Occurrence { get; init; }
    public long CustomerId { get; init; }
    public RunPart Part { get; init; }
    /// <summary>0 is the holdout, −1 waits for the winner.</summary>
    public long VariantId { get; init; }
    /// <summary>When the message was, or would have been, due; null while the rest waits.</summary>
    public DateTimeOffset? ExposedAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset? BouncedAt { get; init; }
    /// <summary>First opening by a person.</summary>
    public DateTimeOffset? OpenedAt { get; init; }
    public DateTimeOffset? MachineOpenedAt { get; init; }
    /// <summary>First click by a person.</summary>
    public DateTimeOffset? ClickedAt { get; init; }
    public DateTimeOffset? MachineClickedAt { get; init; }
    public DateTimeOffset? UnsubscribedAt { get; init; }
    public DateTimeOffset? ComplainedAt { get; init; }
    /// <summary>First order within its window.</summary>
    public DateTimeOffset? OrderedAt { get; init; }
    /// <summary>Whether an order within its window came after a click.</summary>
    public bool OrderedAfterClick { get; init; }
    /// <summary>Money of the lines ordered within its window.</summary>
    public decimal Revenue { get; init; }
    /// <summary>The part of it that came after a click.</summary>
    public decimal AttributedRevenue { get; init; }
    /// <summary>Whether a message of another version reached the customer too.</summary>
    public bool SawAnother { get; init; }

    public const long Holdout = 0, Waiting = -1;
}

internal sealed class CampaignRecipientConfiguration : IEntityTypeConfiguration<CampaignRecipient>
{
    public void Configure(EntityTypeBuilder<CampaignRecipient> builder)
    {
        builder.HasKey(r => new { r.CampaignId, r.Occurrence, r.CustomerId });
        builder.HasIndex(r => new { r.CustomerId, r.CampaignId });
        builder.HasIndex(r => r.CampaignId).HasFilter("\"BouncedAt\" IS NOT NULL");
    }
}

/// <summary>Sums of one arm over the customers whose messages were due on one day (UTC). Kept beside the rows, so that a page reads a few lines.</summary>
public sealed class CampaignArmDay
{
    public long CampaignId { get; init; }
    public long Occurrence { get; init; }
    public RunPart Part { get; init; }
    public long VariantId { get; init; }
    /// <summary>Days since 0001-01-01; 0 while nothing is due yet.</summary>
    public int Day { get; init; }
    public long Assigned { get; init; }
    public long Sent { get; init; }
    public long Bounced { get; init; }
    public long Opened { get; init; }
    public long OpenedByMachine { get; init; }
    public long Clicked { get; init; }
    public long ClickedByMachine { get; init; }
    public long Unsubscribed { get; init; }
    public long Complained { get; init; }
    public long Ordered { get; init; }
    public long OrderedAfterClick { get; init; }
    public long Buyers { get; init; }
    public decimal Revenue { get; init; }
    /// <summary>Sum of the squared money of each customer, in hundredths.</summary>
    public double RevenueSquares { get; init; }
    public decimal AttributedRevenue { get; init; }
    public long SawAnother { get; init; }
}

internal sealed class CampaignArmDayConfiguration : IEntityTypeConfiguration<CampaignArmDay>
{
    public void Configure(EntityTypeBuilder<CampaignArmDay> builder) => builder.HasKey(d => new { d.CampaignId, d.Occurrence, d.Part, d.VariantId, d.Day });
}

/// <summary>What the people of one arm did in one hour: the curve of a result page.</summary>
public sealed class CampaignHour
{
    public long CampaignId { get; init; }
    public long VariantId { get; init; }
    /// <summary>Hours since 0001-01-01 UTC.</summary>
    public long Hour { get; init; }
    public long Sent { get; init; }
    public long Opened { get; init; }
    public long Clicked { get; init; }
    public long Ordered { get; init; }
    public decimal Revenue { get; init; }
}

internal sealed class CampaignHourConfiguration : IEntityTypeConfiguration<CampaignHour>
{
    public void Configure(EntityTypeBuilder<CampaignHour> builder) => builder.HasKey(h => new { h.CampaignId, h.VariantId, h.Hour });
}
