using Markdig;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Markdown to HTML: paragraphs, headings, lists, quotes, tables, pictures, links. What comes out is cleaned like any other HTML.</summary>
internal static class MarkdownBody
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseEmphasisExtras().UseSoftlineBreakAsHardlineBreak().Build();

    public static string ToHtml(string markdown)
    {
        try
        {
            return Markdown.ToHtml(markdown, Pipeline);
        }
        catch (ArgumentException) // nested too deeply for the parser, which says so this way
        {
            return "";
        }
    }
}
