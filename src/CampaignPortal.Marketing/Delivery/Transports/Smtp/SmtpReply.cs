using System.Globalization;

namespace CampaignPortal.Marketing.Delivery.Transports.Smtp;

/// <summary>An answer of the server: code, enhanced code (RFC 3463) where it gives one, and its words.</summary>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int MaxTextLength = 200;

    public bool IsPositive => Code is >= 200 and < 300;

    public string? EnhancedCode { get; } = FindEnhanced(Lines[0]);

    /// <summary>The words for the record: one line, short, and without the address of the customer.</summary>
    public string TextWithout(string address)
    {
        var text = string.Join(' ', Lines).Replace(address, "…", StringComparison.OrdinalIgnoreCase);
        text = new string([.. text.Where(c => !char.IsControl(c))]);
        text = Code.ToString(CultureInfo.InvariantCulture) + " " + text;
        return text.Length <= MaxTextLength ? text : text[..MaxTextLength];
    }

    private static string? FindEnhanced(string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        var first = end < 0 ? line : line[..end];
        var parts = first.Split('.');
        return parts.Length is 3 && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit)) ? first : null;
    }
}

/// <summary>The server answered something that is no answer; the connection is of no use any more.</summary>
internal sealed class SmtpProtocolException(string message) : IOException(message);
