using System.Text;
using AngleSharp.Dom;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Writes a cleaned body as source of the message's HTML: with the layout's styles, and every address as a block of its own.</summary>
internal sealed class HtmlBodyWriter(BodyDocument document, MessageTheme theme)
{
    private readonly StringBuilder _html = new();

    /// <summary>Links in the order of the document, the same in HTML and text.</summary>
    public int LinkCount { get; private set; }

    public string Write()
    {
        WriteChildren(document.Body);
        return _html.ToString();
    }

    private void WriteChildren(INode parent)
    {
        foreach (var child in parent.ChildNodes)
        {
            if (child is IElement element) WriteElement(element);
            else if (child is IComment comment) WriteTag(comment);
            else if (child is IText text) TemplateSource.AppendHtml(_html, text.Data, document.Marks);
        }
    }

    private void WriteTag(IComment comment)
    {
        if (document.Marks.InComment(comment.Data) is not { } tag) return;
        _html.Append(RecommendationCards.IsTag(tag) ? RecommendationCards.Html(tag, LinkCount++) : TemplateSource.TagOf(tag, document.Marks));
    }

    private void WriteElement(IElement element)
    {
        var name = element.LocalName;
        if (name is "p" && element.ChildNodes.All(IsCardsOrBlank)) // a row of cards is no paragraph
        {
            WriteChildren(element);
            return;
        }
        _html.Append('<').Append(name);
        WriteLook(element, name);
        foreach (var attribute in element.Attributes)
        {
            if (attribute.Name is "style" or "class" or "data-no-track" || IsMark(element, attribute)) continue;
            _html.Append(' ').Append(attribute.Name).Append("=\"");
            if (attribute.Name is "href" or "src") WriteAddress(element, attribute);
            else TemplateSource.AppendHtml(_html, attribute.Value, document.Marks);
            _html.Append('"');
        }
        if (name is "img" && !element.HasAttribute("alt")) _html.Append(" alt=\"\"");
        _html.Append('>');
        if (AllowedHtml.IsVoid(name)) return;
        WriteChildren(element);
        _html.Append("</").Append(name).Append('>');
    }

    private void WriteLook(IElement element, string name)
    {
        var own = element.GetAttribute("style") ?? "";
        var isButton = LinkForms.Of(element) is LinkForm.Button;
        var style = isButton ? theme.Button : theme.StyleOf(name);
        var takesColour = style.Contains("color:", StringComparison.Ordinal) && !isButton && StyleRules.ValueOf(own, "color") is null;
        if (takesColour) _html.Append(name is "a" ? " class=\"a\"" : " class=\"t\""); // what dark mode may recolour
        if (own.Length > 0) style = style.Length > 0 ? style + ";" + own : own;
        if (name is "div" && element.ClassName is { Length: > 0 } column) _html.Append(" class=\"").Append(column).Append('"'); // cleaned: nothing else is left of classes
        if (style.Length > 0) _html.Append(" style=\"").Append(style).Append('"');
    }

    private void WriteAddress(IElement element, IAttr attribute)
    {
        var role = attribute.Name is "src" ? LinkRole.Picture : LinkForms.Of(element) is LinkForm.Uncounted || element.HasAttribute("data-no-track") ? LinkRole.PlainLink : LinkRole.Link;
        var index = role is LinkRole.Picture ? 0 : LinkCount++;
        _html.Append(LinkForms.Source(attribute.Value, role, index, document.Marks));
    }

    private static bool IsMark(IElement element, IAttr attribute) => element.LocalName is "a" && attribute.Name is "title" && LinkForms.IsKeyword(attribute.Value);

    private bool IsCardsOrBlank(INode node) => node switch
    {
        IComment comment => document.Marks.InComment(comment.Data) is { } tag && RecommendationCards.IsTag(tag),
        IText text => string.IsNullOrWhiteSpace(text.Data),
        _ => false,
    };
}

/// <summary>What a link is, from its class, or from the title that Markdown gives it: <c>[Shop](https://… "button")</c>.</summary>
internal enum LinkForm
{
    Plain, Button, Uncounted,
}

internal static class LinkForms
{
    private const string ButtonWord = "button", UncountedWord = "no-track";

    public static LinkForm Of(IElement element)
    {
        if (element.LocalName is not "a") return LinkForm.Plain;
        if (element.GetAttribute("class") is ButtonWord) return LinkForm.Button;
        return element.GetAttribute("title") switch
        {
            ButtonWord => LinkForm.Button,
            UncountedWord => LinkForm.Uncounted,
            _ => LinkForm.Plain,
        };
    }

    public static bool IsKeyword(string title) => title is ButtonWord or UncountedWord;

    /// <summary>The address as a block of the source.</summary>
    public static string Source(string address, LinkRole role, int index, TagMarks marks)
    {
        if (marks.Split(address).ToArray() is [({ Length: 0 }, { } only)] && TemplateSource.RoleOf(only) is not null) return TemplateSource.TagOf(only, marks);
        return new LinkMark(role, index).Around(TemplateSource.TextOf(address, marks));
    }
}
