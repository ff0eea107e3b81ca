using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Audiences;

public enum AudienceKind
{
    /// <summary>Members follow the rule, as customers change and as time passes.</summary>
    Live,
    /// <summary>A list that follows nothing: only people change it by hand, and erased customers leave it.</summary>
    Fixed,
}

public enum AudienceState
{
    /// <summary>Made or changed, and not yet counted.</summary>
    Waiting,
    Ready,
    /// <summary>The last evaluation failed; it is tried again, and what relies on the audience waits.</summary>
    Failed,
}

/// <summary>A set of customers chosen by rules, or a fixed list. Its members are rows of <see cref="AudienceMember"/>.</summary>
public sealed class Audience
{
    public const int MaxNameLength = 120;
    public const int MaxDescriptionLength = 1_000;

    public long Id { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public AudienceKind Kind { get; init; }
    /// <summary>See <see cref="Rules.RuleJson"/>; of a fixed list, the rule that it was frozen from, or everyone.</summary>
    public required string RuleJson { get; set; }
    public AudienceState State { get; set; }
    /// <summary>Members are those of this moment, however late they were counted; null before the first evaluation.</summary>
    public DateTimeOffset? EvaluatedAt { get; set; }
    /// <summary>The newest event that members take into account.</summary>
    public long EvaluatedSequence { get; set; }
    public int Size { get; set; }
    /// <summary>Why the last evaluation failed; null while all is well.</summary>
    public string? Failure { get; set; }
    /// <summary>The user who made it.</summary>
    public long CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; set; }
    public DateTimeOffset? ArchivedAt { get; set; }
    /// <summary>Counts up with every change of name or rule: two people who edit at once notice.</summary>
    public int Revision { get; set; } = 1;
}

internal sealed class AudienceConfiguration : IEntityTypeConfiguration<Audience>
{
    public void Configure(EntityTypeBuilder<Audience> builder)
    {
        builder.ToTable("Audiences");
        builder.Property(a => a.Name).HasMaxLength(Audience.MaxNameLength);
        builder.Property(a => a.Description).HasMaxLength(Audience.MaxDescriptionLength);
        builder.Property(a => a.Kind).HasConversion<string>();
        builder.Property(a => a.State).HasConversion<string>();
        builder.Property(a => a.Revision).IsConcurrencyToken();
    }
}

/// <summary>Who is in an audience now.</summary>
public sealed class AudienceMember
{
    public long AudienceId { get; init; }
    public long CustomerId { get; init; }
    public DateTimeOffset JoinedAt { get; init; }
}

internal sealed class AudienceMemberConfiguration : IEntityTypeConfiguration<AudienceMember>
{
    public void Configure(EntityTypeBuilder<AudienceMember> builder)
    {
        builder.ToTable("AudienceMembers").HasKey(m => new { m.AudienceId, m.CustomerId });
        builder.HasIndex(m => m.CustomerId); // the audiences of one customer
    }
}

/// <summary>How an audience stood at the end of a day of the shop, and what happened on it.</summary>
public sealed class AudienceDay
{
    public long AudienceId { get; init; }
    /// <summary><c>yyyy-MM-dd</c>.</summary>
    public required string Day { get; init; }
    public int Size { get; init; }
    public int Joined { get; init; }
    public int Left { get; init; }
}

internal sealed class AudienceDayConfiguration : IEntityTypeConfiguration<AudienceDay>
{
    public void Configure(EntityTypeBuilder<AudienceDay> builder) => builder.ToTable("AudienceDays").HasKey(d => new { d.AudienceId, d.Day });
}
