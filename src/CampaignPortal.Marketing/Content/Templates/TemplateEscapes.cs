using System.Buffers;
using System.Text;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>Makes texts harmless for the place where they are written.</summary>
internal static class TemplateEscapes
{
    private static readonly SearchValues<char> HtmlSpecial = SearchValues.Create("&<>\"'");

    private static readonly SearchValues<char> HtmlSpecialInSource = SearchValues.Create("&<>\"'{");

    /// <summary>For HTML text and for quoted attributes alike.</summary>
    /// <param name="escapesBraces">The result is source of a template: a brace of the text must not begin a tag.</param>
    public static void Html(ReadOnlySpan<char> text, StringBuilder output, bool escapesBraces = false)
    {
        while (true)
        {
            var special = text.IndexOfAny(escapesBraces ? HtmlSpecialInSource : HtmlSpecial);
            if (special < 0) break;
            output.Append(text[..special]).Append(text[special] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ => "&#123;",
            });
            text = text[(special + 1)..];
        }
        output.Append(text);
    }

    /// <summary>For a header of a mail: a line break would begin another header, a mark of direction could make one name look like another.</summary>
    public static void Header(ReadOnlySpan<char> text, StringBuilder output)
    {
        foreach (var c in text)
        {
            if (c is '\r' or '\n' or '\t') output.Append(' ');
            else if (!char.IsControl(c) && !IsDirection(c)) output.Append(c);
        }
    }

    public static void PlainText(ReadOnlySpan<char> text, StringBuilder output)
    {
        foreach (var c in text)
        {
            if (c is '\n' || !char.IsControl(c)) output.Append(c);
        }
    }

    /// <summary>Into an address: a value that begins one is taken as it is and judged as a whole later, any other one is percent-encoded.</summary>
    public static void Address(string text, StringBuilder output) => output.Append(output.Length == 0 ? text : Uri.EscapeDataString(text));

    private static bool IsDirection(char c) => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u200e' or '\u200f' or '\u2028' or '\u2029';
}
