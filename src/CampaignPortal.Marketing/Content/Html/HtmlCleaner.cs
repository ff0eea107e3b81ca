using AngleSharp.Dom;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Takes out of a parsed body whatever may not stand in a message (RELIABILITY.md S-23). Cleaning twice gives the same as cleaning once.</summary>
internal sealed class HtmlCleaner(TagMarks marks)
{
    /// <summary>Deeper nesting is no message that anybody wrote.</summary>
    private const int MaxDepth = 100;

    private readonly SortedSet<string> _removed = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Removed => _removed;

    public void Clean(IElement root) => CleanChildren(root, 0);

    private void CleanChildren(INode parent, int depth)
    {
        foreach (var child in parent.ChildNodes.ToArray())
        {
            if (child is IElement element) CleanElement(element, depth);
            else if (child is IComment comment ? marks.InComment(comment.Data) is null : child is not IText) child.Parent?.RemoveChild(child);
        }
    }

    private void CleanElement(IElement element, int depth)
    {
        var name = element.LocalName;
        if (AllowedHtml.IsDropped(name) || element.NamespaceUri != NamespaceNames.HtmlUri || depth > MaxDepth)
        {
            _removed.Add("<" + name + ">");
            element.Remove();
            return;
        }
        CleanChildren(element, depth + 1);
        if (AllowedHtml.IsKept(name)) CleanAttributes(element, name);
        else Unwrap(element);
    }

    private static void Unwrap(IElement element)
    {
        var parent = element.Parent!; // it was a child of somebody
        foreach (var child in element.ChildNodes.ToArray()) parent.InsertBefore(child, element);
        parent.RemoveChild(element);
    }

    private void CleanAttributes(IElement element, string name)
    {
        foreach (var attribute in element.Attributes.ToArray())
        {
            var kept = attribute.Name switch
            {
                "style" => CleanStyle(attribute.Value),
                "href" => name is "a" && IsAddress(attribute.Value, isPicture: false) ? attribute.Value.Trim() : null,
                "src" => name is "img" && IsAddress(attribute.Value, isPicture: true) ? attribute.Value.Trim() : null,
                _ => AllowedHtml.IsAllowed(name, attribute.Name, attribute.Value) ? attribute.Value : null,
            };
            if (kept is null or "" && !(attribute.Name is "alt" or "data-no-track" && kept is not null))
            {
                if (attribute.Name is not ("class" or "id" or "target" or "rel")) _removed.Add(NameOf(attribute));
                element.RemoveAttribute(attribute.Name);
            }
            else if (kept != attribute.Value)
            {
                element.SetAttribute(attribute.Name, kept);
            }
        }
    }

    private string? CleanStyle(string style)
    {
        if (marks.HasTag(style)) return null; // a value of a customer has no business among declarations
        var (kept, isCut) = StyleRules.Clean(style);
        if (isCut) _removed.Add("style");
        return kept;
    }

    /// <summary>An address that begins with a value can only be judged when the value is known; every rendering does.</summary>
    private bool IsAddress(string address, bool isPicture)
    {
        address = address.Trim();
        var parts = marks.Split(address).ToArray();
        if (parts is [({ Length: 0 }, not null), ..]) return true;
        var whole = string.Concat(parts.Select(p => p.Text + (p.Tag is null ? "" : "x")));
        return isPicture ? MessageAddress.IsPicture(whole) || MessageAddress.IsRelative(whole) : MessageAddress.IsLink(whole) || MessageAddress.IsRelative(whole);
    }

    private static string NameOf(IAttr attribute) => attribute.Name is "href" or "src" ? attribute.Name + "=\"" + Short(attribute.Value) + "\"" : attribute.Name;

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
