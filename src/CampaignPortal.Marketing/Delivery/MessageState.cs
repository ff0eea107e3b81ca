namespace CampaignPortal.Marketing.Delivery;

/// <summary>Where a message stands (RELIABILITY.md §4). Stored as numbers: never change one.</summary>
public enum MessageState
{
    /// <summary>Waits for its time and a worker.</summary>
    Planned = 0,
    /// <summary>Waits for another try, or for the end of the quiet hours.</summary>
    Deferred = 1,
    /// <summary>A worker prepares it; nothing that cannot be repeated has happened.</summary>
    Claimed = 2,
    /// <summary>Marked: from here on the outcome may be unknown.</summary>
    Sending = 3,
    /// <summary>Nobody knows whether the receiving server took it.</summary>
    InDoubt = 4,
    /// <summary>The receiving server took it.</summary>
    Accepted = 5,
    /// <summary>The receiving server refused it for good.</summary>
    Rejected = 6,
    /// <summary>A protective check kept it back; the reason says which.</summary>
    Suppressed = 7,
    /// <summary>Its time passed before it could be sent.</summary>
    Expired = 8,
    /// <summary>It cannot be rendered, or every try failed; a person may put it back.</summary>
    DeadLetter = 9,
}

/// <summary>What to do when nobody knows whether a message arrived.</summary>
public enum DoubtPolicy
{
    /// <summary>Never two copies: the message stays in doubt until something or somebody knows better. For marketing.</summary>
    Hold = 0,
    /// <summary>Never zero copies: it is sent again with the same Message-ID. For what the customer waits for.</summary>
    Resend = 1,
}

/// <summary>The states, the moves between them and who may make them, in one table. The SQL of the table is made from it.</summary>
/// <remarks>A model of the same states and guards was checked through every interleaving of two workers; a test compares this table with it.</remarks>
public static class MessageStates
{
    private static readonly Dictionary<MessageState, MessageState[]> Moves = new()
    {
        [MessageState.Planned] = [MessageState.Claimed, MessageState.Suppressed, MessageState.Expired, MessageState.InDoubt], // in doubt when the store is an older copy
        [MessageState.Deferred] =
        [
            MessageState.Claimed, MessageState.Suppressed, MessageState.Expired, MessageState.DeadLetter,
            MessageState.Accepted, MessageState.Rejected, MessageState.InDoubt, MessageState.Deferred, // a late record of the same attempt
        ],
        [MessageState.Claimed] =
        [
            MessageState.Planned, MessageState.Deferred, MessageState.Sending, MessageState.Rejected, MessageState.Suppressed, MessageState.Expired, MessageState.DeadLetter,
            MessageState.InDoubt, // as above
        ],
        [MessageState.Sending] = [MessageState.Accepted, MessageState.Deferred, MessageState.Rejected, MessageState.InDoubt, MessageState.DeadLetter],
        [MessageState.InDoubt] = [MessageState.Accepted, MessageState.Deferred, MessageState.Rejected, MessageState.InDoubt, MessageState.Planned],
        [MessageState.DeadLetter] = [MessageState.Planned, MessageState.Accepted, MessageState.Deferred, MessageState.Rejected, MessageState.InDoubt],
        [MessageState.Accepted] = [],
        [MessageState.Rejected] = [],
        [MessageState.Suppressed] = [],
        [MessageState.Expired] = [],
    };

    /// <summary>What a worker may claim.</summary>
    public static IReadOnlyList<MessageState> Waiting { get; } = [MessageState.Planned, MessageState.Deferred];

    /// <summary>What the record of an outcome may change, if the attempt is still the same: knowledge wins over doubt and over giving up.</summary>
    public static IReadOnlyList<MessageState> Recordable { get; } = [MessageState.Sending, MessageState.InDoubt, MessageState.Deferred, MessageState.DeadLetter];

    /// <summary>Nothing happens to these by itself any more.</summary>
    public static IReadOnlyList<MessageState> Ended { get; } =
        [MessageState.Accepted, MessageState.Rejected, MessageState.Suppressed, MessageState.Expired, MessageState.DeadLetter, MessageState.InDoubt];

    public static bool MayMove(MessageState from, MessageState to) => Moves[from].Contains(to);

    /// <summary>Where a message goes that its worker left behind.</summary>
    /// <param name="state">Claimed or Sending.</param>
    /// <param name="policy">Of the message.</param>
    /// <param name="isRepeatable">Whether the transport recognises the same message when it comes again.</param>
    public static MessageState Abandoned(MessageState state, DoubtPolicy policy, bool isRepeatable) => state switch
    {
        MessageState.Claimed => MessageState.Planned, // nothing happened; the old owner's mark will change no row
        MessageState.Sending when isRepeatable || policy is DoubtPolicy.Resend => MessageState.Deferred,
        MessageState.Sending => MessageState.InDoubt,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Only a claimed or a marked message can be left behind."),
    };

    /// <summary>Where a marked message goes with this outcome.</summary>
    public static MessageState After(SendOutcome outcome, DoubtPolicy policy, bool isRepeatable) => outcome switch
    {
        SendOutcome.Accepted => MessageState.Accepted,
        SendOutcome.Refused => MessageState.Rejected,
        SendOutcome.TryLater or SendOutcome.DestinationDown or SendOutcome.CredentialsRefused or SendOutcome.SenderRefused => MessageState.Deferred,
        SendOutcome.Unknown => policy is DoubtPolicy.Hold && !isRepeatable ? MessageState.InDoubt : MessageState.Deferred,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A message that was not marked has no outcome."),
    };
}
