using System.Text;

namespace CampaignPortal.Marketing.Delivery.Mime;

/// <summary>Text in headers: RFC 2047 encoded words where it is not plain ASCII, folded so that no line is longer than 76.</summary>
public static class HeaderText
{
    private const int LineLength = 76, WordBytes = 42, MaxLength = 1_000; // 42 bytes are 56 characters of base64; with =?utf-8?B??= 68

    /// <summary>A value that can mean nothing else: without control characters, and without marks that turn the direction of reading.</summary>
    public static string Clean(string text)
    {
        if (text.Length > MaxLength) text = text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return text.Any(IsUnwanted) ? new string([.. text.Where(c => !IsUnwanted(c))]) : text;
    }

    /// <summary>Plain where it can be; otherwise encoded words.</summary>
    /// <param name="used">Characters of the line that stand before it.</param>
    public static string Encode(string text, int used)
    {
        text = Clean(text);
        var isPlain = Ascii.IsValid(text) && !text.Contains("=?", StringComparison.Ordinal) && text == text.Trim();
        return isPlain ? Fold(text, used) : EncodedWords(text);
    }

    /// <summary><c>Name &lt;address&gt;</c>, or the address alone.</summary>
    public static string Mailbox(string? name, string address)
    {
        name = Clean(name ?? "").Trim();
        if (name.Length is 0) return address;
        if (!Ascii.IsValid(name) || name.Contains("=?", StringComparison.Ordinal) || name.Length > 60) return $"{EncodedWords(name)}\r\n <{address}>";
        var shown = name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_') ? name : "\"" + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
        return $"{shown} <{address}>";
    }

    private static string EncodedWords(string text)
    {
        var words = new List<string>();
        var bytes = new List<byte>(WordBytes);
        Span<byte> rune = stackalloc byte[4];
        foreach (var r in text.EnumerateRunes()) // never cut inside a character: each word is decoded by itself
        {
            var length = r.EncodeToUtf8(rune);
            if (bytes.Count + length > WordBytes) Flush();
            bytes.AddRange(rune[..length]);
        }
        if (bytes.Count > 0 || words.Count is 0) Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }

    // At blanks; a word longer than a line stays whole, and 998 is never reached.
    private static string Fold(string text, int used)
    {
        if (text.Length + used <= LineLength) return text;
        var folded = new StringBuilder(text.Length + 16);
        var column = used;
        foreach (var word in text.Split(' '))
        {
            if (folded.Length > 0)
            {
                var breaks = column + 1 + word.Length > LineLength && word.Length > 0;
                folded.Append(breaks ? "\r\n " : " ");
                column = breaks ? 1 : column + 1;
            }
            folded.Append(word);
            column += word.Length;
        }
        // A word without blanks of nearly a thousand characters would break the limit of a line.
        return folded.ToString().Split("\r\n").Any(line => line.Length > 900) ? EncodedWords(text) : folded.ToString();
    }

    private static bool IsUnwanted(char c) => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
