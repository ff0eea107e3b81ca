using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>A body as a cleaned tree: only what <see cref="AllowedHtml"/> keeps, with marks where tags of the template stand.</summary>
internal sealed class BodyDocument
{
    private const int MaxRounds = 6;

    private BodyDocument(IElement body, TagMarks marks) => (Body, Marks) = (body, marks);

    public IElement Body { get; }

    public TagMarks Marks { get; }

    /// <summary>What was taken away, each named once: elements, attributes, addresses.</summary>
    public IReadOnlyCollection<string> Removed { get; private init; } = [];

    /// <summary>Places in the source where a block does not lie within one element, so that leaving it out would tear the message apart.</summary>
    public IReadOnlyList<int> TornBlocks { get; private init; } = [];

    public static BodyDocument Of(string source, BodyFormat format)
    {
        var marks = TagMarks.Of(source, format is not BodyFormat.Markdown);
        var html = format is BodyFormat.Markdown ? MarkdownBody.ToHtml(marks.Marked) : marks.Marked;
        var cleaner = new HtmlCleaner(marks);
        var body = CleanUntilStable(html, cleaner);
        return new BodyDocument(body, marks) { Removed = cleaner.Removed, TornBlocks = FindTorn(body, marks) };
    }

    /// <summary>
    /// Taking elements away can leave a tree that its own text does not describe, and a mail program parses the text: what it would see is cleaned again, until both are
    /// the same. That is how mutation tricks work, and how they end.
    /// </summary>
    private static IElement CleanUntilStable(string html, HtmlCleaner cleaner)
    {
        var body = Parse(html);
        cleaner.Clean(body);
        for (var round = 0; round < MaxRounds; round++)
        {
            var text = body.InnerHtml;
            body = Parse(text);
            cleaner.Clean(body);
            if (body.InnerHtml == text) return body;
        }
        body.TextContent = body.TextContent; // nothing that anybody wrote in good faith
        return body;
    }

    private static IElement Parse(string html) => new HtmlParser().ParseDocument("<!doctype html><html><body>" + html).Body!; // the text opens one

    private static List<int> FindTorn(IElement body, TagMarks marks)
    {
        var torn = new List<int>();
        var open = new Stack<(INode? Parent, Token Tag)>();
        foreach (var (parent, tag) in BlocksOf(body, marks))
        {
            if (tag.Kind is TokenKind.Open) open.Push((parent, tag));
            else if (tag.Kind is TokenKind.Else && open.Count > 0 && open.Peek().Parent != parent) torn.Add(tag.Start);
            else if (tag.Kind is TokenKind.Close)
            {
                if (!open.TryPop(out var opened) || opened.Parent != parent) torn.Add(opened.Parent is null ? tag.Start : opened.Tag.Start);
            }
        }
        torn.AddRange(open.Select(o => o.Tag.Start));
        return torn;
    }

    /// <summary>Block tags in the order of the document, with what they lie in: an element, or an attribute.</summary>
    private static IEnumerable<(INode? Parent, Token Tag)> BlocksOf(INode node, TagMarks marks)
    {
        if (node is IElement element)
        {
            foreach (var attribute in element.Attributes)
            {
                foreach (var (_, tag) in marks.Split(attribute.Value))
                {
                    if (tag is { } inside) yield return (attribute as INode ?? node, inside);
                }
            }
        }
        foreach (var child in node.ChildNodes)
        {
            if (child is ICharacterData data)
            {
                foreach (var (_, tag) in marks.Split(child is IComment ? Comment(data) : data.Data))
                {
                    if (tag is { } inside) yield return (node, inside);
                }
            }
            else
            {
                foreach (var found in BlocksOf(child, marks)) yield return found;
            }
        }
    }

    private static string Comment(ICharacterData data) => "<!--" + data.Data + "-->";
}
