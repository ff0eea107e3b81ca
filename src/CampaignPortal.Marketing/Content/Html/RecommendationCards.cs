using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary><c>{{recommendations "for-you" 3}}</c>: products for this person as cards, without the author drawing any.</summary>
internal static class RecommendationCards
{
    private const int MaxInRow = 3;
    private const string Name = "recommendations", Address = "{{this.url}}";

    public static bool IsTag(Token tag) => tag.Kind is TokenKind.Output && (tag.Inner is Name || tag.Inner.StartsWith(Name + " ", StringComparison.Ordinal));

    public static string Html(Token tag, int link)
    {
        var count = CountOf(tag);
        var rows = new StringBuilder("{{#" + tag.Inner + "}}");
        if (count <= MaxInRow)
        {
            rows.Append("{{#if @first}}<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:8px 0 20px\"><tr>{{/if}}");
            rows.Append(CultureInfo.InvariantCulture, $"<td class=\"card\" width=\"{100 / count}%\" valign=\"top\" style=\"padding:0 6px 12px\">{Picture(link, "100%")}{Facts(link)}</td>");
        }
        else
        {
            rows.Append("{{#if @first}}<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:8px 0 20px\">{{/if}}<tr>");
            rows.Append(CultureInfo.InvariantCulture, $"<td width=\"96\" valign=\"top\" style=\"padding:0 14px 14px 0\">{Picture(link, "96")}</td><td valign=\"top\" style=\"padding:0 0 14px\">{Facts(link)}</td></tr>");
        }
        return rows.Append(count <= MaxInRow ? "{{#if @last}}</tr></table>{{/if}}" : "{{#if @last}}</table>{{/if}}").Append("{{/" + Name + "}}").ToString();
    }

    public static string Text(Token tag, int link) =>
        "{{#" + tag.Inner + "}}{{#unless @first}}\n{{/unless}}- {{this.name}}{{#if this.price}}, {{money this.price this.currency}}{{/if}}{{#if this.url}}: "
        + new LinkMark(LinkRole.Link, link).Around(Address) + "{{/if}}{{/" + Name + "}}";

    private static string Picture(int link, string width) => "{{#if this.image}}" + Linked(
        link, $"<img src=\"{new LinkMark(LinkRole.Picture, 0).Around("{{this.image}}")}\" alt=\"{{{{this.name}}}}\" width=\"{width}\" style=\"display:block;width:100%;height:auto;border:0;border-radius:6px;margin:0 0 8px\">", "") + "{{/if}}";

    private static string Facts(int link) =>
        $"<div class=\"t\" style=\"font-size:15px;line-height:1.35;font-weight:600;color:{MessageTheme.Text}\">{Linked(link, "{{this.name}}", $"color:{MessageTheme.Text};text-decoration:none")}</div>"
        + $"{{{{#if this.price}}}}<div class=\"t\" style=\"font-size:15px;line-height:1.5;color:{MessageTheme.Text}\">{{{{money this.price this.currency}}}}</div>{{{{/if}}}}"
        + $"{{{{#if this.reason}}}}<div class=\"m\" style=\"font-size:13px;line-height:1.4;color:{MessageTheme.Muted}\">{{{{this.reason}}}}</div>{{{{/if}}}}";

    private static string Linked(int link, string content, string style) =>
        $"{{{{#if this.url}}}}<a class=\"t\" href=\"{new LinkMark(LinkRole.Link, link).Around(Address)}\"{(style.Length > 0 ? $" style=\"{style}\"" : "")}>{content}</a>{{{{else}}}}{content}{{{{/if}}}}";

    private static int CountOf(Token tag)
    {
        var last = tag.Inner[(tag.Inner.LastIndexOf(' ') + 1)..];
        return int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Clamp(count, 1, RecommendationLists.MaxCount) : RecommendationLists.StandardCount;
    }
}
