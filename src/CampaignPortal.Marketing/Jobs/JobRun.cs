using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Where a run stands. Everything after <see cref="Running"/> is an end.</summary>
public enum JobStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    /// <summary>Its process died or stopped answering; a new attempt takes its place.</summary>
    Lost,
    /// <summary>There was nothing to do, or its time had passed; the reason says which.</summary>
    Skipped,
}

/// <summary>One attempt at a piece of work. Another attempt is another row that names this one.</summary>
public sealed class JobRun
{
    public long Id { get; init; }
    /// <summary>Which handler does it: <c>train</c>, <c>score</c>, <c>import</c>, …</summary>
    public required string Key { get; init; }
    /// <summary>What may be under way only once, such as <c>train.purchase-30</c>; the name of a recurring job too.</summary>
    public required string SingleFlightKey { get; init; }
    public JobStatus Status { get; init; }
    public int Attempt { get; init; }
    /// <summary>The attempt before this one.</summary>
    public long? RetryOf { get; init; }
    /// <summary>What the handler reads, as one JSON object without contact data.</summary>
    public required string Parameters { get; init; }
    /// <summary>A user's number, <c>command line</c>, or <see cref="JobStarters.Schedule"/>.</summary>
    public required string StartedBy { get; init; }
    /// <summary>Asked for by a person: it runs even when nothing has changed since the last time.</summary>
    public bool IsForced { get; init; }
    public DateTimeOffset QueuedAt { get; init; }
    /// <summary>When it should have begun: the schedule's hour, or the end of the pause before another attempt. Not before it is taken up.</summary>
    public DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public string? Stage { get; init; }
    /// <summary>0 to 1; never falls within a run.</summary>
    public double Share { get; init; }
    public long? Done { get; init; }
    public long? Total { get; init; }
    /// <summary>Identifies what it read; an equal one later has nothing new to compute.</summary>
    public string? Input { get; init; }
    /// <summary>What it made, as JSON: <c>{"model":"purchase-30","version":3}</c>, <c>{"importId":7}</c>.</summary>
    public string? Result { get; init; }
    /// <summary>Key of the words that say why it did not succeed.</summary>
    public string? ReasonCode { get; init; }
    /// <summary>The same in plain English, with figures.</summary>
    public string? Reason { get; init; }
    /// <summary>Key of what a person can do about it: see <see cref="JobRepairs"/>.</summary>
    public string? Repair { get; init; }
    /// <summary>The exception, for whoever reads code.</summary>
    public string? Error { get; init; }
    public DateTimeOffset? CancelRequestedAt { get; init; }
    /// <summary>Which process works on it.</summary>
    public string? Owner { get; init; }
    /// <summary>The owner promises a sign of life before this; after it the run is lost.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }
    /// <summary>Grows with every take-up: writes that carry an older one change nothing.</summary>
    public long FencingToken { get; init; }
    /// <summary>Lines that were left out of the log because of its cap.</summary>
    public long DroppedLines { get; init; }
}

/// <summary>Who starts runs besides users.</summary>
public static class JobStarters
{
    public const string Schedule = "schedule", CommandLine = "command line";
}

/// <summary>A line of a run's log.</summary>
public sealed class JobRunLine
{
    public long RunId { get; init; }
    public long Line { get; init; }
    public DateTimeOffset At { get; init; }
    public JobLineKind Kind { get; init; }
    public required string Text { get; init; }
}

public enum JobLineKind
{
    Detail,
    /// <summary>A new stage began: pages list these as what happened.</summary>
    Step,
    Warning,
    Error,
}

internal sealed class JobRunConfiguration : IEntityTypeConfiguration<JobRun>
{
    public void Configure(EntityTypeBuilder<JobRun> builder)
    {
        builder.Property(r => r.Status).HasConversion<string>();
        // The store itself keeps two runs of one key apart, however many ask at once.
        builder.HasIndex(r => r.SingleFlightKey, "IX_JobRuns_Active").IsUnique().HasFilter("\"Status\" in ('Queued', 'Running')");
        builder.HasIndex(r => new { r.SingleFlightKey, r.Id });
        builder.HasIndex(r => r.FinishedAt);
        builder.HasIndex(r => r.RetryOf).HasFilter("\"RetryOf\" is not null");
    }
}

internal sealed class JobRunLineConfiguration : IEntityTypeConfiguration<JobRunLine>
{
    public void Configure(EntityTypeBuilder<JobRunLine> builder)
    {
        builder.HasKey(l => new { l.RunId, l.Line });
        builder.Property(l => l.Kind).HasConversion<string>();
    }
}
