namespace CampaignPortal.Marketing.Delivery.Transports.Smtp;

/// <summary>What an answer means for the message, for the campaign and for the relay: the table of RELIABILITY.md §4.1.</summary>
internal static class SmtpReplies
{
    private static readonly int[] CredentialCodes = [530, 534, 535];

    /// <summary>An answer that is not the wished one.</summary>
    public static SendResult Read(SendPhase phase, SmtpReply reply, string address)
    {
        var text = reply.TextWithout(address);
        SendResult Of(SendOutcome outcome, string reason) => new(outcome, phase, reply.Code, text, reason);
        if (CredentialCodes.Contains(reply.Code) || (phase is SendPhase.SignIn && reply.Code >= 500)) return Of(SendOutcome.CredentialsRefused, MessageReasons.Credentials);
        if (reply.Code is 421 || phase < SendPhase.Sender) return Of(SendOutcome.DestinationDown, MessageReasons.Destination);
        if (reply.Code is >= 400 and < 500) return Of(SendOutcome.TryLater, MessageReasons.Temporary);
        if (phase is SendPhase.Sender) return Of(SendOutcome.SenderRefused, MessageReasons.Sender);
        if (reply.Code is 552 || reply.EnhancedCode is "5.2.2") return Of(SendOutcome.Refused, MessageReasons.SoftBounce);
        return IsUnknownAddress(phase, reply) ? Of(SendOutcome.Refused, MessageReasons.Bounced) with { IsHardBounce = true } : Of(SendOutcome.Refused, MessageReasons.Policy);
    }

    // Without an enhanced code only the answer to the recipient speaks about the recipient.
    private static bool IsUnknownAddress(SendPhase phase, SmtpReply reply) => reply.Code is >= 550 and <= 553
        && (reply.EnhancedCode?.StartsWith("5.1.", StringComparison.Ordinal) ?? (phase is SendPhase.Recipient && reply.Code is 550 or 551 or 553));
}
