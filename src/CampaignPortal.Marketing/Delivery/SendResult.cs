namespace CampaignPortal.Marketing.Delivery;

/// <summary>What came of handing a mail over.</summary>
public enum SendOutcome
{
    /// <summary>The other side took it.</summary>
    Accepted,
    /// <summary>It refuses this message for good.</summary>
    Refused,
    /// <summary>It asks to try this message later.</summary>
    TryLater,
    /// <summary>It cannot be reached, or closes; no fault of this message.</summary>
    DestinationDown,
    /// <summary>It does not accept our name and password; no fault of this message.</summary>
    CredentialsRefused,
    /// <summary>It does not accept our sender; no fault of this message.</summary>
    SenderRefused,
    /// <summary>Nobody knows: the answer after the irrevocable step is missing.</summary>
    Unknown,
    /// <summary>The mark was refused; nothing left.</summary>
    NotMarked,
}

/// <summary>How far an attempt came.</summary>
public enum SendPhase
{
    Connect = 0,
    Greeting = 1,
    Hello = 2,
    StartTls = 3,
    SignIn = 4,
    Sender = 5,
    Recipient = 6,
    Data = 7,
    Body = 8,
    FinalDot = 9,
    Reply = 10,
}

/// <summary>Outcome with the other side's own words.</summary>
/// <param name="Code">Reply code of the server; null where none came.</param>
/// <param name="Text">At most 200 characters.</param>
/// <param name="Reason">One of <see cref="MessageReasons"/> where the outcome needs one.</param>
public sealed record SendResult(SendOutcome Outcome, SendPhase Phase, int? Code = null, string? Text = null, string? Reason = null)
{
    /// <summary>Whether the address does not exist and must not be tried again.</summary>
    public bool IsHardBounce { get; init; }

    public static SendResult NotMarked(SendPhase phase) => new(SendOutcome.NotMarked, phase);
}
