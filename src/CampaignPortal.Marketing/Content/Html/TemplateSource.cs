using System.Text;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Writes parts of the source that is compiled: text made harmless for HTML, and tags as they are.</summary>
internal static class TemplateSource
{
    public const string UnsubscribeField = "unsubscribe_url", ViewField = "view_in_browser_url";

    /// <summary>Plain text of an author, with tags, as source of HTML.</summary>
    public static string HtmlOf(string source)
    {
        var marks = TagMarks.Of(source, isHtml: false);
        var html = new StringBuilder();
        AppendHtml(html, marks.Marked, marks);
        return html.ToString();
    }

    /// <summary>Marked text as source of HTML: for text and for quoted attributes.</summary>
    public static void AppendHtml(StringBuilder html, string text, TagMarks marks)
    {
        foreach (var (part, tag) in marks.Split(text))
        {
            TemplateEscapes.Html(part, html, escapesBraces: true);
            if (tag is { } inside) html.Append(TagOf(inside, marks));
        }
    }

    /// <summary>Marked text as source of plain text.</summary>
    /// <param name="keepsBlocks">The text has blocks of the composer already.</param>
    public static string TextOf(string text, TagMarks marks, bool keepsBlocks = false)
    {
        var plain = new StringBuilder();
        foreach (var (part, tag) in marks.Split(text))
        {
            plain.Append(keepsBlocks ? part : part.Replace("{{", "\\{{", StringComparison.Ordinal));
            if (tag is { } inside) plain.Append(TagOf(inside, marks));
        }
        return plain.ToString();
    }

    /// <summary>The tag as it stands; the two addresses that every message has of its own are asked for when it is rendered.</summary>
    public static string TagOf(Token tag, TagMarks marks) => RoleOf(tag) is { } role ? new LinkMark(role, 0).Around("") : marks.SourceOf(tag);

    /// <summary>The role of a tag that names such an address.</summary>
    public static LinkRole? RoleOf(Token tag) => tag switch
    {
        { Kind: TokenKind.Output, Inner: UnsubscribeField } => LinkRole.Unsubscribe,
        { Kind: TokenKind.Output, Inner: ViewField } => LinkRole.View,
        _ => null,
    };
}
