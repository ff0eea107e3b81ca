using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>What happens to a start whose time passed while nothing could run.</summary>
public enum MissedRuns
{
    /// <summary>One run as soon as possible, however many were missed.</summary>
    RunOnce,
    /// <summary>Nothing; the run list says so.</summary>
    Skip,
    /// <summary>Nothing until a person decides; the run list asks.</summary>
    Ask,
}

/// <summary>When a recurring job starts. The scheduler follows these rows.</summary>
public sealed class JobSchedule
{
    /// <summary>The single-flight key of the runs that it starts.</summary>
    public required string Name { get; init; }
    /// <summary>Which handler.</summary>
    public required string Key { get; init; }
    public required string Parameters { get; init; }
    /// <summary>Quartz cron with seconds: <c>0 30 2 * * ?</c>.</summary>
    public required string Cron { get; init; }
    /// <summary>IANA zone of the cron; null follows the shop.</summary>
    public string? Zone { get; init; }
    public MissedRuns Missed { get; init; }
    public bool IsPaused { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public string? ChangedBy { get; init; }
}

internal sealed class JobScheduleConfiguration : IEntityTypeConfiguration<JobSchedule>
{
    public void Configure(EntityTypeBuilder<JobSchedule> builder)
    {
        builder.HasKey(s => s.Name);
        builder.Property(s => s.Missed).HasConversion<string>();
    }
}
