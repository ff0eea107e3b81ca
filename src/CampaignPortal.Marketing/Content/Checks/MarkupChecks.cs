using AngleSharp.Dom;
using CampaignPortal.Marketing.Content.Html;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Checks;

/// <summary>Pictures, links, colours, headings and what was taken out, from the cleaned body.</summary>
internal static class MarkupChecks
{
    private const double MinContrast = 4.5;
    private const int HeavyPicture = 40_000;

    private static readonly HashSet<string> SayNothing = new(StringComparer.OrdinalIgnoreCase) { "here", "click here", "click", "link", "more", "read more", "hier", "这里", "点击这里", "点此", "更多" };

    public static IEnumerable<ContentFinding> Of(CompiledMessage message)
    {
        var body = message.Document.Body;
        var marks = message.Document.Marks;
        var hasCards = message.Authored[ContentPlace.Body].Lists.Count > 0;
        if (string.IsNullOrWhiteSpace(body.TextContent) && body.QuerySelector("img") is null && !hasCards) yield return Finding.Error(FindingCodes.BodyEmpty, ContentPlace.Body);
        yield return HasUnsubscribe(message) ? Finding.Fine(FindingCodes.UnsubscribeFine, ContentPlace.Body) : Finding.Error(FindingCodes.NoUnsubscribe, ContentPlace.Body);
        foreach (var finding in Pictures(body).Concat(Links(message, body, marks)).Concat(Colours(body)).Concat(Headings(body))) yield return finding;
        foreach (var removed in message.Document.Removed.Where(r => !r.StartsWith("href", StringComparison.Ordinal)).Take(1))
            yield return Finding.Warning(FindingCodes.Removed, ContentPlace.Body, ("names", string.Join(", ", message.Document.Removed.Take(5))), ("name", removed));
    }

    /// <summary>Outside every condition: a link that only some get is no link for the others.</summary>
    private static bool HasUnsubscribe(CompiledMessage message) => message.HtmlTemplate.Nodes.OfType<LinkNode>().Any(n => n.Role is LinkRole.Unsubscribe);

    private static IEnumerable<ContentFinding> Pictures(IElement body)
    {
        var pictures = body.QuerySelectorAll("img");
        var silent = pictures.Count(p => string.IsNullOrWhiteSpace(p.GetAttribute("alt")));
        if (silent > 0) yield return Finding.Warning(FindingCodes.NoAltText, ContentPlace.Body, ("count", silent));
        else if (pictures.Length > 0) yield return Finding.Fine(FindingCodes.AltTextFine, ContentPlace.Body, ("count", pictures.Length));
        if (pictures.Any(p => (p.GetAttribute("src") ?? "").Length > HeavyPicture)) yield return Finding.Warning(FindingCodes.HeavyPicture, ContentPlace.Body);
    }

    private static IEnumerable<ContentFinding> Links(CompiledMessage message, IElement body, TagMarks marks)
    {
        foreach (var bad in message.Document.Removed.Where(r => r.StartsWith("href", StringComparison.Ordinal))) yield return Finding.Error(FindingCodes.BadLink, ContentPlace.Body, ("name", bad["href=".Length..].Trim('"')));
        foreach (var link in body.QuerySelectorAll("a"))
        {
            var address = link.GetAttribute("href");
            if (address is null && !message.Document.Removed.Any(r => r.StartsWith("href", StringComparison.Ordinal))) yield return Finding.Error(FindingCodes.NoLink, ContentPlace.Body, ("name", link.TextContent.Trim()));
            if (address is not null && !marks.HasTag(address) && MessageAddress.IsRelative(address) && message.WebAddress.Length == 0) yield return Finding.Error(FindingCodes.RelativeLink, ContentPlace.Body, ("name", address));
            if (SayNothing.Contains(link.TextContent.Trim())) yield return Finding.Warning(FindingCodes.LinkText, ContentPlace.Body, ("name", link.TextContent.Trim()));
        }
        if (message.LinkCount > 0) yield return Finding.Fine(FindingCodes.LinksFine, ContentPlace.Body, ("count", message.LinkCount));
    }

    private static IEnumerable<ContentFinding> Colours(IElement body)
    {
        foreach (var element in body.QuerySelectorAll("[style]"))
        {
            if (StyleRules.ValueOf(element.GetAttribute("style")!, "color") is not { } colour || string.IsNullOrWhiteSpace(element.TextContent)) continue; // the selector found one
            var background = BackgroundOf(element);
            if (MessageColours.Contrast(colour, background) is < MinContrast and var contrast)
                yield return Finding.Warning(FindingCodes.Contrast, ContentPlace.Body, ("name", colour), ("other", background), ("ratio", Math.Round(contrast, 1)));
        }
    }

    private static string BackgroundOf(IElement element)
    {
        for (var at = element; at is not null; at = at.ParentElement)
        {
            var style = at.GetAttribute("style") ?? "";
            if ((StyleRules.ValueOf(style, "background-color") ?? StyleRules.ValueOf(style, "background") ?? at.GetAttribute("bgcolor")) is { } colour) return colour;
        }
        return "#ffffff";
    }

    private static IEnumerable<ContentFinding> Headings(IElement body)
    {
        var last = 0;
        foreach (var heading in body.QuerySelectorAll("h1,h2,h3,h4,h5,h6"))
        {
            var level = heading.LocalName[1] - '0';
            if (last > 0 && level > last + 1)
            {
                yield return Finding.Warning(FindingCodes.HeadingOrder, ContentPlace.Body, ("name", heading.TextContent.Trim()));
                yield break;
            }
            last = level;
        }
    }
}
