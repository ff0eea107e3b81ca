namespace CampaignPortal.Marketing.Delivery.Mime;

/// <summary>A mail as the transport needs it: envelope and finished bytes.</summary>
/// <param name="Key">Stays the same however often the mail is handed over; safe as a file name.</param>
/// <param name="From">Sender of the envelope.</param>
/// <param name="To">The one recipient of the envelope.</param>
/// <param name="Source">Header and body, CRLF line ends, 7-bit, without dot-stuffing.</param>
public sealed record OutgoingMail(string Key, string From, string To, ReadOnlyMemory<byte> Source)
{
    /// <summary>Never the content.</summary>
    public override string ToString() => $"OutgoingMail {Key}";
}
