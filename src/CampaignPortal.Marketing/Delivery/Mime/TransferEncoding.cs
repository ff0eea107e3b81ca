using System.Text;

namespace CampaignPortal.Marketing.Delivery.Mime;

/// <summary>Text as lines of 7-bit characters (RFC 2045): whatever it holds, the result has CRLF ends only and no line over 76.</summary>
public static class TransferEncoding
{
    private const int LineLength = 76;
    private const string Digits = "0123456789ABCDEF";

    /// <summary>Whether base64 is the shorter form: Chinese, for instance.</summary>
    public static bool IsMostlyForeign(string text)
    {
        var foreign = 0;
        foreach (var c in text)
        {
            if (c > '\u007e') foreign++;
        }
        return foreign > text.Length / 6;
    }

    public static void WriteBase64(StringBuilder target, string text)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Lines(text)));
        for (var i = 0; i < encoded.Length; i += LineLength) target.Append(encoded, i, Math.Min(LineLength, encoded.Length - i)).Append("\r\n");
    }

    public static void WriteQuotedPrintable(StringBuilder target, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(Lines(text));
        var column = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b is (byte)'\r')
            {
                target.Append("\r\n"); // Lines leaves no other CR and no other LF
                i++;
                column = 0;
                continue;
            }
            var isLast = i + 1 == bytes.Length || bytes[i + 1] is (byte)'\r';
            var isPlain = b is >= 33 and <= 126 and not (byte)'=' || (b is (byte)' ' or (byte)'\t' && !isLast);
            var length = isPlain ? 1 : 3;
            if (column + length > (isLast ? LineLength : LineLength - 1))
            {
                target.Append("=\r\n");
                column = 0;
            }
            if (isPlain) target.Append((char)b);
            else target.Append('=').Append(Digits[b >> 4]).Append(Digits[b & 15]);
            column += length;
        }
        if (column > 0) target.Append("\r\n");
    }

    /// <summary>Every kind of line end becomes CRLF.</summary>
    private static string Lines(string text) => text.ReplaceLineEndings("\r\n").Replace("\0", "", StringComparison.Ordinal);
}
