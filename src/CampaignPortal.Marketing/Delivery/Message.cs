using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>What one customer receives, from intent to outcome: a row of the outbox. Its key is (campaign, step, customer, occurrence, channel).</summary>
public sealed class Message
{
    public const string Email = "email";

    public long Id { get; init; }
    public long CampaignId { get; init; }
    /// <summary>Step of a journey; 0 for a campaign.</summary>
    public long StepId { get; init; }
    public long CustomerId { get; init; }
    /// <summary>Instant of a recurring schedule in ticks, or 0.</summary>
    public long Occurrence { get; init; }
    public required string Channel { get; init; }
    public long VariantId { get; init; }
    public long RunId { get; init; }
    /// <summary>One of <see cref="MessageLanes"/>; smaller goes first.</summary>
    public int Lane { get; init; }
    public DoubtPolicy Policy { get; init; }
    public MessageState State { get; init; }
    /// <summary>The fence: grows with each claim, and only who holds the same number may mark or record.</summary>
    public int Attempt { get; init; }
    /// <summary>Failures that count against the limit.</summary>
    public int Tries { get; init; }
    /// <summary>The running program that claimed it.</summary>
    public long? Owner { get; init; }
    public DateTimeOffset? LeaseUntil { get; init; }
    public DateTimeOffset DueAt { get; init; }
    /// <summary>After this moment it is useless and expires.</summary>
    public DateTimeOffset SendBefore { get; init; }
    /// <summary>Message-ID of the mail, fixed from the start.</summary>
    public required string MessageIdHeader { get; init; }
    /// <summary>The date in the mail: the moment of the first claim, whatever comes later.</summary>
    public DateTimeOffset? FirstClaimedAt { get; init; }
    /// <summary>Whether the transport that has it recognises it when it comes again.</summary>
    public bool IsRepeatable { get; init; }
    /// <summary>How far the last attempt came.</summary>
    public SendPhase? Phase { get; init; }
    public int? ReplyCode { get; init; }
    /// <summary>The server's words, cut to 200 characters.</summary>
    public string? ReplyText { get; init; }
    /// <summary>Why it was kept back, put off or given up; one of <see cref="MessageReasons"/>.</summary>
    public string? Reason { get; init; }
    public DateTimeOffset PlannedAt { get; init; }
    public DateTimeOffset? MarkedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Which queue of a campaign a message stands in.</summary>
public static class MessageLanes
{
    /// <summary>What the customer waits for, such as a receipt: without cap, quiet hours and consent to marketing.</summary>
    public const int Transactional = 0;
    public const int Journey = 1;
    public const int Campaign = 2;

    public static IReadOnlyList<int> All { get; } = [Transactional, Journey, Campaign];
}

/// <summary>Why a message is where it is.</summary>
public static class MessageReasons
{
    public const string NoAddress = "no-address";
    public const string NoConsent = "no-consent";
    public const string Unsubscribed = "unsubscribed";
    public const string SuppressedAddress = "suppressed";
    public const string Bounced = "hard-bounce";
    public const string SoftBounce = "soft-bounce";
    public const string Complained = "complaint";
    public const string Erased = "erased";
    public const string FrequencyCap = "frequency-cap";
    /// <summary>The cap of the message's topic.</summary>
    public const string TopicCap = "topic-cap";
    /// <summary>The customer wants fewer mails than that.</summary>
    public const string PersonalCap = "personal-cap";
    /// <summary>The customer does not want mails about this topic.</summary>
    public const string TopicLeft = "topic-left";
    /// <summary>The customer asked for a pause.</summary>
    public const string Paused = "paused";
    public const string QuietHours = "quiet-hours";
    /// <summary>A day without marketing where the customer is.</summary>
    public const string FreeDay = "free-day";
    public const string TooLate = "too-late";
    public const string Holdout = "holdout";
    public const string Cancelled = "cancelled";
    public const string CampaignPaused = "campaign-paused";
    public const string Content = "content";
    public const string Render = "render";
    public const string GaveUp = "gave-up";
    public const string Policy = "policy";
    public const string Destination = "destination";
    public const string Credentials = "credentials";
    public const string Sender = "sender";
    public const string Temporary = "temporary";
    public const string Unknown = "unknown-outcome";
    public const string Restored = "restored-copy";
}

internal sealed class MessageConfiguration : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> builder)
    {
        builder.ToTable("Messages");
        builder.HasIndex(m => new { m.CampaignId, m.StepId, m.CustomerId, m.Occurrence, m.Channel }).IsUnique(); // a second intent is impossible
        builder.HasIndex(m => new { m.State, m.DueAt });
        builder.HasIndex(m => new { m.State, m.CampaignId, m.Lane, m.DueAt }); // what a worker claims: in order, whatever a paused campaign holds back
        builder.HasIndex(m => new { m.State, m.LeaseUntil });
        builder.HasIndex(m => new { m.CampaignId, m.RunId, m.State });
        builder.HasIndex(m => new { m.CustomerId, m.PlannedAt });
        builder.HasIndex(m => m.EndedAt); // the outbox, newest first
    }
}
