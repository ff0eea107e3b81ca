using System.Text.RegularExpressions;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>What of an author's HTML may stand in a message. Everything else goes: a list of what is allowed cannot forget an attack.</summary>
internal static partial class AllowedHtml
{
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
        "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
    };

    // Their content is no text for a reader.
    private static readonly HashSet<string> Dropped = new(StringComparer.Ordinal)
    {
        "applet", "area", "audio", "base", "button", "canvas", "embed", "frame", "frameset", "iframe", "input", "link", "map", "math", "meta", "noembed", "noframes", "noscript", "object", "option", "param", "plaintext",
        "script", "select", "slot", "source", "style", "svg", "template", "textarea", "title", "track", "video", "xmp",
    };

    private static readonly HashSet<string> Void = new(StringComparer.Ordinal) { "br", "col", "hr", "img" };

    public static bool IsKept(string element) => Kept.Contains(element);

    /// <summary>Gone with everything inside; what is neither kept nor dropped is taken away from around its content.</summary>
    public static bool IsDropped(string element) => Dropped.Contains(element);

    public static bool IsVoid(string element) => Void.Contains(element);

    /// <summary>Attributes other than <c>style</c>, <c>href</c> and <c>src</c>, which have rules of their own.</summary>
    public static bool IsAllowed(string element, string name, string value) => name switch
    {
        "title" or "alt" or "aria-label" or "summary" => true,
        "aria-hidden" => value is "true" or "false",
        "role" => value is "presentation" or "none" or "img" or "heading" or "list" or "listitem",
        "lang" => Language().IsMatch(value),
        "dir" => value is "ltr" or "rtl" or "auto",
        "align" => value is "left" or "center" or "right" or "justify",
        "valign" => value is "top" or "middle" or "bottom" or "baseline",
        "width" or "height" or "border" or "cellpadding" or "cellspacing" or "colspan" or "rowspan" or "span" or "start" => Length().IsMatch(value),
        "bgcolor" => Colour().IsMatch(value),
        "class" => element is "a" && value is "button" || element is "div" && MjmlColumns.IsName(value),
        "data-no-track" => element is "a",
        _ => false,
    };

    [GeneratedRegex("^[0-9]{1,4}%?$", RegexOptions.None, 1000)]
    private static partial Regex Length();

    [GeneratedRegex("^(#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Colour();

    [GeneratedRegex("^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,3}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Language();
}
