using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace CampaignPortal.Marketing.Content;

/// <summary>Links of a mail that is only looked at: each says which link it is instead of leading anywhere.</summary>
public sealed class NumberedLinks : IMessageLinks
{
    internal const string Prefix = "#link-";

    public static NumberedLinks Instance { get; } = new();

    public string Click(string url, int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index}");

    public string Open() => PreviewLinks.Instance.Open();

    public string Unsubscribe() => PreviewLinks.Instance.Unsubscribe();

    public string ViewInBrowser() => PreviewLinks.Instance.ViewInBrowser();
}

/// <summary>Draws a badge at each link of a rendered message.</summary>
public static partial class LinkBadges
{
    private const string Style = "display:inline-block;margin:0 0 0 6px;padding:1px 7px;border-radius:9px;background:#1f2937;color:#ffffff;font:600 11px/16px Arial,sans-serif;text-decoration:none;vertical-align:middle;white-space:nowrap;text-transform:none;letter-spacing:0";

    /// <param name="html">A message that was rendered with <see cref="NumberedLinks"/>.</param>
    /// <param name="textOf">What the badge of a link says, by its place from 0; null draws none.</param>
    public static string Draw(string html, Func<int, string?> textOf) => Anchor().Replace(
        html,
        anchor => textOf(int.Parse(anchor.Groups["index"].ValueSpan, CultureInfo.InvariantCulture)) is { } text ? $"{anchor.Groups["link"].Value}<span style=\"{Style}\">{WebUtility.HtmlEncode(text)}</span></a>" : anchor.Value);

    // The message is of our own writing: attributes stand in double quotes, and a link never holds another.
    [GeneratedRegex("(?<link><a\\b[^>]*? href=\"#link-(?<index>[0-9]{1,6})\"[^>]*>.*?)</a>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Anchor();
}
