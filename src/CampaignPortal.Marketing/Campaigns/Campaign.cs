using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>A planned message to an audience, with its versions, its test and its schedule.</summary>
public sealed class Campaign
{
    public long Id { get; init; }
    public required string Name { get; init; }
    /// <summary>Changed by <see cref="CampaignTransitions"/> alone.</summary>
    public CampaignState State { get; init; }
    /// <summary>Grows with every saved change: two people who edit at once notice each other by it.</summary>
    public long Version { get; init; }
    /// <summary><see cref="CampaignSettings"/> as JSON.</summary>
    public required string Settings { get; init; }
    /// <summary>When the next run begins; null while nothing is scheduled.</summary>
    public DateTimeOffset? NextRunAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>A user's number.</summary>
    public required string CreatedBy { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public required string ChangedBy { get; init; }
    /// <summary>When it was launched first; from then on content and split are frozen.</summary>
    public DateTimeOffset? LaunchedAt { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
}

internal sealed class CampaignConfiguration : IEntityTypeConfiguration<Campaign>
{
    public void Configure(EntityTypeBuilder<Campaign> builder)
    {
        builder.Property(c => c.State).HasConversion<string>();
        builder.HasIndex(c => new { c.State, c.NextRunAt });
    }
}

/// <summary>One content that is compared with the others.</summary>
public sealed class CampaignVariant
{
    public long Id { get; init; }
    public long CampaignId { get; init; }
    /// <summary>0 is version A.</summary>
    public int Position { get; init; }
    /// <summary>Relative share of the test group.</summary>
    public double Weight { get; init; }
    /// <summary>The message as JSON.</summary>
    public required string Content { get; init; }

    /// <summary>A, B, C, … as people call it.</summary>
    public static string Letter(int position) => ((char)('A' + position)).ToString();
}

internal sealed class CampaignVariantConfiguration : IEntityTypeConfiguration<CampaignVariant>
{
    public void Configure(EntityTypeBuilder<CampaignVariant> builder) => builder.HasIndex(v => new { v.CampaignId, v.Position }).IsUnique();
}

/// <summary>Who moved a campaign from one state to another, when and why.</summary>
public sealed class CampaignTransition
{
    public long Id { get; init; }
    public long CampaignId { get; init; }
    public CampaignState From { get; init; }
    public CampaignState To { get; init; }
    public DateTimeOffset At { get; init; }
    /// <summary>A user's number, or <c>portal</c>.</summary>
    public required string By { get; init; }
    /// <summary>A code of <see cref="CampaignReasons"/>, or a person's words.</summary>
    public string? Reason { get; init; }
}

internal sealed class CampaignTransitionConfiguration : IEntityTypeConfiguration<CampaignTransition>
{
    public void Configure(EntityTypeBuilder<CampaignTransition> builder)
    {
        builder.Property(t => t.From).HasConversion<string>();
        builder.Property(t => t.To).HasConversion<string>();
        builder.HasIndex(t => new { t.CampaignId, t.Id });
    }
}

/// <summary>Codes of why the portal itself moved a campaign; pages turn them into words.</summary>
public static class CampaignReasons
{
    public const string Due = "due", Missed = "missed", EmptyAudience = "empty-audience", StaleAudience = "stale-audience", GoneSegment = "gone-segment", Ended = "ended", NextRun = "next-run", NextRunLate = "next-run-late", PlanFailed = "plan-failed", ContentBroken = "content-broken";

    /// <summary>Followed by how many, and of how many.</summary>
    public const string Bounces = "bounces", Complaints = "complaints";
}
