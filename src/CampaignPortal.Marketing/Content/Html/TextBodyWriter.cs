using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Writes a cleaned body as source of the message's plain text, with the same links in the same order as the HTML.</summary>
internal sealed class TextBodyWriter(BodyDocument document)
{
    private readonly StringBuilder _text = new();
    private int _breaks, _linkCount;
    private bool _wantsBlank;

    public string Write()
    {
        WriteChildren(document.Body);
        return _text.ToString();
    }

    private void WriteChildren(INode parent)
    {
        foreach (var child in parent.ChildNodes)
        {
            if (child is IElement element) WriteElement(element);
            else if (child is IComment comment) WriteTag(comment);
            else if (child is IText text) WriteText(text.Data, keepsLines: parent is IElement { LocalName: "pre" });
        }
    }

    private void WriteElement(IElement element)
    {
        switch (element.LocalName)
        {
            case "br":
                Break(1);
                break;
            case "hr":
                Break(2);
                Append("----");
                Break(2);
                break;
            case "img":
                if (element.GetAttribute("alt") is { Length: > 0 } alt) WriteText(alt, keepsLines: false);
                break;
            case "a":
                WriteLink(element);
                break;
            case "li":
                Break(1);
                Append(NumberOf(element) is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}. ") : "- ");
                WriteChildren(element);
                Break(1);
                break;
            case "td" or "th":
                if (element.PreviousElementSibling is not null) Append("  ");
                WriteChildren(element);
                break;
            case "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "table" or "blockquote" or "pre" or "dl" or "figure":
                Break(2);
                WriteChildren(element);
                Break(2);
                break;
            case "div" or "tr" or "center" or "caption" or "dt" or "dd" or "figcaption":
                Break(1);
                WriteChildren(element);
                Break(1);
                break;
            default:
                WriteChildren(element);
                break;
        }
    }

    private void WriteLink(IElement link)
    {
        WriteChildren(link);
        if (link.GetAttribute("href") is not { Length: > 0 } href) return;
        var role = LinkForms.Of(link) is LinkForm.Uncounted || link.HasAttribute("data-no-track") ? LinkRole.PlainLink : LinkRole.Link;
        Append(": " + LinkForms.Source(href, role, _linkCount++, document.Marks));
    }

    private void WriteTag(IComment comment)
    {
        if (document.Marks.InComment(comment.Data) is not { } tag) return;
        if (RecommendationCards.IsTag(tag))
        {
            Break(2);
            Flush();
            _text.Append(RecommendationCards.Text(tag, _linkCount++));
            Break(2);
        }
        else if (TagMarks.IsBlock(tag)) _text.Append(TemplateSource.TagOf(tag, document.Marks)); // breaks before it belong to what is inside
        else Append(TemplateSource.TagOf(tag, document.Marks));
    }

    private void WriteText(string text, bool keepsLines)
    {
        foreach (var (part, tag) in document.Marks.Split(text))
        {
            if (keepsLines) Append(part);
            else AppendWords(part);
            if (tag is { } inside && TagMarks.IsBlock(inside)) _text.Append(TemplateSource.TagOf(inside, document.Marks));
            else if (tag is { } value) Append(TemplateSource.TagOf(value, document.Marks), isSource: true);
        }
    }

    // White space of HTML is one blank, and none at the beginning of a line.
    private void AppendWords(string text)
    {
        if (text.Length > 0 && char.IsWhiteSpace(text[0])) _wantsBlank = true;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            Append(word);
            _wantsBlank = true;
        }
        if (text.Length > 0 && !char.IsWhiteSpace(text[^1])) _wantsBlank = false;
    }

    private void Append(string text, bool isSource = false)
    {
        if (text.Length == 0) return;
        var startsLine = _breaks > 0 || _text.Length == 0;
        Flush();
        if (_wantsBlank && !startsLine) _text.Append(' ');
        _wantsBlank = false;
        _text.Append(isSource || text.Contains(LinkMark.Sign) ? text : text.Replace("{{", "\\{{", StringComparison.Ordinal));
    }

    private void Break(int count)
    {
        _breaks = Math.Max(_breaks, count);
        _wantsBlank = false;
    }

    private void Flush()
    {
        if (_breaks > 0 && _text.Length > 0) _text.Append('\n', _breaks);
        _breaks = 0;
    }

    private static int? NumberOf(IElement item) =>
        item.ParentElement is { LocalName: "ol" } list ? list.Children.TakeWhile(c => c != item).Count(c => c.LocalName is "li") + 1 : null;
}
