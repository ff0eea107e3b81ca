using CampaignPortal.Marketing.Content;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Content;

/// <summary>A button above the body.</summary>
/// <param name="Before">Set before what is selected, <paramref name="After"/> after it; <paramref name="Sample"/> stands in when nothing is.</param>
internal sealed record BodyTool(string Label, string? Icon, string Sign, string Before, string After, string Sample);

internal static class BodyTools
{
    private const string Cards = "\n{{recommendations \"for-you\" 3}}\n";

    public static IReadOnlyList<BodyTool> Of(BodyFormat format) => format switch
    {
        BodyFormat.Markdown => Markdown,
        BodyFormat.Mjml => Mjml,
        _ => Html,
    };

    private static BodyTool[] Markdown =>
    [
        new(ContentWords.ToolHeading, null, "H", "\n## ", "\n", ContentWords.SampleHeading),
        new(ContentWords.ToolBold, null, "B", "**", "**", ContentWords.SampleText),
        new(ContentWords.ToolItalic, null, "I", "*", "*", ContentWords.SampleText),
        new(ContentWords.ToolList, "list", "", "\n- ", "\n- \n", ContentWords.SampleText),
        new(ContentWords.ToolLink, "link", "", "[", "](https://)", ContentWords.SampleLink),
        new(ContentWords.ToolButton, "mouse-pointer-click", "", "[", "](https:// \"button\")", ContentWords.SampleLink),
        new(ContentWords.ToolPicture, "image", "", "![", "](https://)", ContentWords.SampleAlt),
        new(ContentWords.ToolDivider, "minus", "", "\n\n---\n\n", "", ""),
        new(ContentWords.ToolProducts, "shopping-bag", "", Cards, "", ""),
        new(ContentWords.ToolCondition, "git-compare", "", "\n{{#if orders.count}}\n", "\n{{else}}\n\n{{/if}}\n", ContentWords.SampleText),
    ];

    private static BodyTool[] Html =>
    [
        new(ContentWords.ToolHeading, null, "H", "<h2>", "</h2>", ContentWords.SampleHeading),
        new(ContentWords.ToolBold, null, "B", "<strong>", "</strong>", ContentWords.SampleText),
        new(ContentWords.ToolItalic, null, "I", "<em>", "</em>", ContentWords.SampleText),
        new(ContentWords.ToolList, "list", "", "<ul>\n  <li>", "</li>\n</ul>", ContentWords.SampleText),
        new(ContentWords.ToolLink, "link", "", "<a href=\"https://\">", "</a>", ContentWords.SampleLink),
        new(ContentWords.ToolButton, "mouse-pointer-click", "", "<a class=\"button\" href=\"https://\">", "</a>", ContentWords.SampleLink),
        new(ContentWords.ToolPicture, "image", "", "<img src=\"https://\" alt=\"", "\">", ContentWords.SampleAlt),
        new(ContentWords.ToolDivider, "minus", "", "\n<hr>\n", "", ""),
        new(ContentWords.ToolProducts, "shopping-bag", "", Cards, "", ""),
        new(ContentWords.ToolCondition, "git-compare", "", "{{#if orders.count}}\n", "\n{{else}}\n\n{{/if}}", ContentWords.SampleText),
    ];

    private static BodyTool[] Mjml =>
    [
        new(ContentWords.ToolHeading, null, "H", "<mj-text font-size=\"26px\" font-weight=\"700\">", "</mj-text>", ContentWords.SampleHeading),
        new(ContentWords.ToolText, "type", "", "<mj-text font-size=\"16px\" line-height=\"1.6\">", "</mj-text>", ContentWords.SampleText),
        new(ContentWords.ToolBold, null, "B", "<strong>", "</strong>", ContentWords.SampleText),
        new(ContentWords.ToolLink, "link", "", "<a href=\"https://\">", "</a>", ContentWords.SampleLink),
        new(ContentWords.ToolButton, "mouse-pointer-click", "", "<mj-button href=\"https://\">", "</mj-button>", ContentWords.SampleLink),
        new(ContentWords.ToolPicture, "image", "", "<mj-image src=\"https://\" alt=\"", "\" />", ContentWords.SampleAlt),
        new(ContentWords.ToolColumns, "columns-2", "", "<mj-section>\n  <mj-column>\n    <mj-text>", "</mj-text>\n  </mj-column>\n  <mj-column>\n    <mj-text></mj-text>\n  </mj-column>\n</mj-section>", ContentWords.SampleText),
        new(ContentWords.ToolDivider, "minus", "", "<mj-divider border-width=\"1px\" border-color=\"#e3e5ea\" />\n", "", ""),
        new(ContentWords.ToolProducts, "shopping-bag", "", "<mj-text>" + Cards, "</mj-text>", ""),
        new(ContentWords.ToolCondition, "git-compare", "", "{{#if orders.count}}\n", "\n{{else}}\n\n{{/if}}", ContentWords.SampleText),
    ];
}
