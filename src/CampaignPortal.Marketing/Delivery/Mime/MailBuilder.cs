using System.Globalization;
using System.Text;

namespace CampaignPortal.Marketing.Delivery.Mime;

/// <summary>Who sends, to what the mail belongs, and how to get out of it.</summary>
/// <param name="MessageId">Left part of Message-ID.</param>
/// <param name="Date">The date of the first attempt, the same for every copy.</param>
/// <param name="UnsubscribeUrl">Null for mail that nobody can leave, such as a receipt.</param>
public sealed record MailEnvelope(string SenderName, string SenderAddress, string ReplyTo, string MessageId, DateTimeOffset Date, string? UnsubscribeUrl);

/// <summary>Writes a mail as bytes: RFC 5322 header, multipart/alternative, every line 7-bit, at most 76 characters long and ended by CRLF.</summary>
public static class MailBuilder
{
    private const string Crlf = "\r\n";

    /// <summary>The finished mail.</summary>
    /// <exception cref="FormatException">The address of the customer cannot stand in an envelope.</exception>
    public static OutgoingMail Build(MailContent content, MailEnvelope envelope)
    {
        var to = MailAddresses.ForEnvelope(content.To);
        var mail = new StringBuilder(content.Html.Length + content.Text.Length + 2_048);
        WriteHeader(mail, content, envelope, to);
        var boundary = "=_" + envelope.MessageId; // a hash: it stands in no text
        mail.Append("Content-Type: multipart/alternative; boundary=\"").Append(boundary).Append('"').Append(Crlf).Append(Crlf);
        WritePart(mail, boundary, "text/plain", content.Text);
        WritePart(mail, boundary, "text/html", content.Html);
        mail.Append("--").Append(boundary).Append("--").Append(Crlf);
        return new OutgoingMail(envelope.MessageId, envelope.SenderAddress, to, Encoding.UTF8.GetBytes(mail.ToString())); // UTF-8 only where an address needs it
    }

    private static void WriteHeader(StringBuilder mail, MailContent content, MailEnvelope envelope, string to)
    {
        var domain = envelope.SenderAddress[(envelope.SenderAddress.LastIndexOf('@') + 1)..];
        Add(mail, "From", HeaderText.Mailbox(content.SenderName ?? envelope.SenderName, envelope.SenderAddress));
        Add(mail, "To", HeaderText.Mailbox(content.ToName, to));
        if ((content.ReplyTo ?? envelope.ReplyTo) is { Length: > 0 } replyTo) Add(mail, "Reply-To", HeaderText.Mailbox(null, MailAddresses.ForEnvelope(replyTo)));
        Add(mail, "Subject", HeaderText.Encode(content.Subject, "Subject: ".Length));
        Add(mail, "Date", envelope.Date.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Add(mail, "Message-ID", $"<{envelope.MessageId}@{domain}>");
        if (envelope.UnsubscribeUrl is { } url)
        {
            Add(mail, "List-Unsubscribe", $"<{url}>");
            Add(mail, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"); // RFC 8058
        }
        if (content.Language is { Length: > 0 } language && language.All(c => char.IsAsciiLetterOrDigit(c) || c is '-')) Add(mail, "Content-Language", language);
        Add(mail, "MIME-Version", "1.0");
    }

    private static void WritePart(StringBuilder mail, string boundary, string type, string text)
    {
        var useBase64 = TransferEncoding.IsMostlyForeign(text);
        mail.Append("--").Append(boundary).Append(Crlf)
            .Append("Content-Type: ").Append(type).Append("; charset=utf-8").Append(Crlf)
            .Append("Content-Transfer-Encoding: ").Append(useBase64 ? "base64" : "quoted-printable").Append(Crlf).Append(Crlf);
        if (useBase64) TransferEncoding.WriteBase64(mail, text);
        else TransferEncoding.WriteQuotedPrintable(mail, text);
    }

    private static void Add(StringBuilder mail, string name, string value) => mail.Append(name).Append(": ").Append(value).Append(Crlf);
}
