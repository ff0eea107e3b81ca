using System.Data.Common;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>A claimed message, as whoever renders it needs to know it.</summary>
/// <param name="MessageId">Its number in the outbox.</param>
/// <param name="Customer">The shop's own id.</param>
/// <param name="Attempt">The fence of this claim.</param>
public sealed record MessageTicket(
    long MessageId, long CampaignId, long StepId, long CustomerId, string Customer, long Occurrence, string Channel, long VariantId, long RunId, int Attempt)
{
    /// <summary>When it was planned.</summary>
    public DateTimeOffset PlannedAt { get; init; }
}

/// <summary>A rendered mail. It quotes contact data: never log it.</summary>
/// <param name="To">The address of the customer.</param>
/// <param name="Subject">One line of text, unencoded.</param>
/// <param name="Html">A whole document.</param>
/// <param name="Text">The same as plain text.</param>
public sealed record MailContent(string To, string Subject, string Html, string Text)
{
    public string? ToName { get; init; }

    /// <summary>Name in From; null takes the one of the settings.</summary>
    public string? SenderName { get; init; }

    /// <summary>Null takes the one of the settings.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Language of the text: <c>en</c>, <c>zh-Hans</c>; for Content-Language and the pages behind the links.</summary>
    public string? Language { get; init; }

    /// <summary>Never the content.</summary>
    public override string ToString() => "MailContent";
}

/// <summary>What became of rendering.</summary>
public enum DraftKind
{
    /// <summary>There is a mail.</summary>
    Ready,
    /// <summary>This customer is left out, as the content says.</summary>
    Skip,
    /// <summary>The content is wrong for everybody: the campaign must be paused, the message waits.</summary>
    Stop,
    /// <summary>It failed for this customer: the message is put aside for a person.</summary>
    Error,
}

/// <summary>The mail for one ticket, or why there is none.</summary>
/// <param name="Why">For Skip, Stop and Error: the field and the reason, without personal data.</param>
public sealed record MessageDraft(long MessageId, DraftKind Kind, MailContent? Mail, string? Why)
{
    public static MessageDraft Ready(long messageId, MailContent mail) => new(messageId, DraftKind.Ready, mail, null);

    public static MessageDraft Skip(long messageId, string why) => new(messageId, DraftKind.Skip, null, why);

    public static MessageDraft Stop(long messageId, string why) => new(messageId, DraftKind.Stop, null, why);

    public static MessageDraft Error(long messageId, string why) => new(messageId, DraftKind.Error, null, why);
}

/// <summary>What a campaign says about one of its messages at the last moment.</summary>
public enum GateAnswer
{
    Send,
    /// <summary>The campaign is paused, or waits for a decision: the message waits as it is.</summary>
    Wait,
    /// <summary>It must not be sent: the customer is in the holdout, the campaign was stopped, or its version is not the approved one.</summary>
    Drop,
}

/// <param name="Reason">For Drop: one of <see cref="MessageReasons"/>.</param>
public readonly record struct SendingGate(GateAnswer Answer, string? Reason = null)
{
    public static SendingGate Send { get; } = new(GateAnswer.Send);

    public static SendingGate Wait { get; } = new(GateAnswer.Wait);

    public static SendingGate Drop(string reason) => new(GateAnswer.Drop, reason);
}

/// <summary>What the outbox found that concerns a whole campaign.</summary>
public enum DeliveryTrouble
{
    /// <summary>The server refuses our sender.</summary>
    SenderRefused,
    /// <summary>More than 5 % of the last 200 messages were refused for their content or by policy.</summary>
    RefusedByPolicy,
    /// <summary>The content cannot be rendered for anybody.</summary>
    Content,
}

/// <summary>Where messages come from: renders them and says what only their campaign knows. Campaigns implement it; the outbox stands a floor below.</summary>
public interface IMessageSource
{
    /// <summary>Campaigns whose messages may be claimed now: those that run, and ended ones of which a person put messages back. Called inside the claim's transaction; quick.</summary>
    IReadOnlyCollection<long> SendingCampaigns(DbTransaction transaction);

    /// <summary>Renders a batch of at most 100, one answer for each ticket, in any order. Nothing irrevocable; it may be repeated.</summary>
    Task<IReadOnlyList<MessageDraft>> PrepareAsync(IReadOnlyList<MessageTicket> batch, CancellationToken ct);

    /// <summary>Asked inside the marking transaction: does the campaign run, is the version the approved one, is the customer outside the holdout? Quick; it must not wait.</summary>
    SendingGate Gate(DbTransaction transaction, MessageTicket ticket);

    /// <summary>Key of the topic of a campaign; null without one. Quick: asked with every mark.</summary>
    string? TopicOf(DbTransaction transaction, long campaignId);

    /// <summary>Something is wrong with the whole campaign: pause it and tell why. Answers whether its messages wait from now on; a campaign that has ended cannot make them.</summary>
    Task<bool> PauseAsync(long campaignId, DeliveryTrouble trouble, string detail, CancellationToken ct);
}
