using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>What stands around a body: one of the three base layouts, filled with the shop's colours and the words of the message's language.</summary>
internal static partial class MessageFrame
{
    private const string Mobile = "@media only screen and (max-width:620px){.pad{padding-left:20px!important;padding-right:20px!important}td.card{display:block!important;width:100%!important;box-sizing:border-box}}";

    private const string Dark =
        "@media (prefers-color-scheme:dark){.w{background-color:#14161a!important}.s{background-color:#1e2127!important}.t{color:#e8eaee!important}.m{color:#a9b0bc!important}.a{color:#9db7ff!important}}";

    // Mail programs show the beginning of the text after a short preheader; these characters take up that room.
    private const string Spacer = "&#847;&zwnj;&nbsp;&#8199;&shy;";

    public static string Html(MessageContent content, string body, MessageTheme theme, MailWords words, string columns = "")
    {
        var preheader = TemplateSource.HtmlOf(content.Preheader);
        var slots = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["lang"] = words.Language, ["title"] = TemplateSource.HtmlOf(content.Subject), ["font"] = MessageTheme.FontStyle, ["line"] = MessageTheme.Line, ["text"] = MessageTheme.Text, ["muted"] = MessageTheme.Muted,
            ["head"] = $"<style>:root{{color-scheme:light dark}}body{{-webkit-text-size-adjust:100%}}{Mobile}{columns}{Dark}</style>",
            ["accent"] = theme.Accent, ["on-accent"] = theme.OnAccent, ["body"] = body,
            ["view"] = new LinkMark(LinkRole.View, 0).Around(""), ["view-words"] = WebUtility.HtmlEncode(words.ViewInBrowser),
            ["open"] = $"<img src=\"{new LinkMark(LinkRole.Open, 0).Around("")}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">"
                + $"<a href=\"{new LinkMark(LinkRole.Trap, 0).Around("")}\" style=\"display:none\" tabindex=\"-1\" aria-hidden=\"true\"></a>",
            ["preheader"] = preheader.Length is 0 ? "" : Hidden(preheader), ["footer"] = content.HasOwnFooter ? "" : Footer(words),
        };
        return Slot().Replace(Layout(content.Layout), slot => slots[slot.Groups["name"].Value]);
    }

    /// <summary>The plain text with its footer.</summary>
    public static string Text(MessageContent content, string body, MailWords words) => content.HasOwnFooter
        ? body
        : $"{body}\n\n--\n{words.WhyYouGetThis}\n{{{{#if shop.postal_address}}}}{{{{shop.postal_address}}}}\n{{{{/if}}}}{words.Unsubscribe}: {new LinkMark(LinkRole.Unsubscribe, 0).Around("")}\n{words.ViewInBrowser}: {new LinkMark(LinkRole.View, 0).Around("")}\n";

    private static string Hidden(string preheader) =>
        $"<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px;color:#ffffff;opacity:0\">{preheader}{string.Concat(Enumerable.Repeat(Spacer, 20))}</div>";

    private static string Footer(MailWords words) =>
        $"<div class=\"m\" style=\"font-size:12px;line-height:1.6;color:{MessageTheme.Muted}\">{words.WhyYouGetThis}{{{{#if shop.postal_address}}}}<br><span style=\"white-space:pre-line\">{{{{shop.postal_address}}}}</span>{{{{/if}}}}<br>"
        + $"<a class=\"m\" href=\"{new LinkMark(LinkRole.Unsubscribe, 0).Around("")}\" style=\"color:{MessageTheme.Muted};text-decoration:underline\">{WebUtility.HtmlEncode(words.Unsubscribe)}</a></div>";

    private static string Layout(MessageLayout layout)
    {
        var name = layout switch
        {
            MessageLayout.Plain => "plain",
            MessageLayout.Shop => "shop",
            _ => "letter",
        };
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"CampaignPortal.Marketing.Content.Layouts.{name}.html")!; // embedded
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\[\[(?<name>[a-z-]+)\]\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Slot();
}
