using System.Text;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Content.Html;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content;

/// <summary>Something wrong in one part of a message.</summary>
public sealed record ContentProblem(ContentPlace Place, TemplateProblem Problem);

/// <summary>A message that can be rendered, or why it cannot.</summary>
/// <param name="Message">Null when there are problems.</param>
public sealed record MessageCompilation(CompiledMessage? Message, IReadOnlyList<ContentProblem> Problems);

/// <summary>Makes of an author's content, once, what is rendered ten thousand times.</summary>
/// <remarks>
/// The author's parts are compiled as they are first, so that a mistake is named with the author's own line. Then the body becomes HTML (Markdown), is cleaned,
/// and is written again with inline styles, counted links and the frame of a layout; that is compiled a second time and rendered.
/// </remarks>
public sealed partial class MessageComposer(ShopSettingsStore shop, MailIdentityStore identity)
{
    /// <summary>A few milliseconds. Never throws for what an author can write.</summary>
    public MessageCompilation Compile(MessageContent content)
    {
        content = Tidy(content);
        var problems = new List<ContentProblem>();
        var authored = new Dictionary<ContentPlace, CompiledTemplate>();
        Add(ContentPlace.Subject, content.Subject, TemplateOutput.Header);
        Add(ContentPlace.Preheader, content.Preheader, TemplateOutput.Header);
        AddBody();
        if (content.PlainText is { } text) Add(ContentPlace.PlainText, text, TemplateOutput.PlainText);
        if (problems.Count > 0) return new MessageCompilation(null, problems);

        var document = BodyDocument.Of(content.Body, content.BodyFormat);
        problems.AddRange(document.TornBlocks.Distinct().Select(offset => new ContentProblem(ContentPlace.Body, content.BodyFormat is BodyFormat.Mjml ? Unplaced(Torn(content.Body, offset)) : Torn(content.Body, offset))));
        return problems.Count > 0 ? new MessageCompilation(null, problems) : Build(content, authored, document);

        // A mistake is named by the line that the author sees, and the author of MJML sees the source.
        void AddBody()
        {
            Add(ContentPlace.Body, content.BodyFormat is BodyFormat.Mjml ? content.Mjml ?? "" : content.Body, TemplateOutput.Html);
            if (!content.IsBehindSource) return;
            var last = TemplateEngine.Compile(content.Body, TemplateOutput.Html);
            if (last.Template is { } template) authored[ContentPlace.Body] = template;
            else problems.AddRange(last.Problems.Select(p => new ContentProblem(ContentPlace.Body, Unplaced(p))));
        }

        void Add(ContentPlace place, string source, TemplateOutput output)
        {
            var result = TemplateEngine.Compile(source, output);
            problems.AddRange(result.Problems.Select(p => new ContentProblem(place, p)));
            if (result.Template is { } template) authored[place] = template;
        }
    }

    private MessageCompilation Build(MessageContent content, Dictionary<ContentPlace, CompiledTemplate> authored, BodyDocument document)
    {
        var (settings, sender) = (shop.Read(), identity.Read());
        var words = MailWords.Of(content.Language.Length > 0 ? content.Language : settings.Language);
        var theme = new MessageTheme(content.Layout, sender.Accent, content.BodyFormat);
        var writer = new HtmlBodyWriter(document, theme);
        var html = TemplateEngine.Compile(MessageFrame.Html(content, writer.Write(), theme, words, MjmlColumns.RulesOf(document.Body)), TemplateOutput.Html, allowsLinks: true);
        var textBody = content.PlainText is { } written ? WithLinks(written, writer.LinkCount) : new TextBodyWriter(document).Write();
        var text = TemplateEngine.Compile(MessageFrame.Text(content, textBody, words), TemplateOutput.PlainText, allowsLinks: true);
        if (html.Template is null || text.Template is null) return new MessageCompilation(null, [.. html.Problems.Concat(text.Problems).Select(p => new ContentProblem(ContentPlace.Body, Unplaced(p)))]);
        return new MessageCompilation(
            new CompiledMessage(content, settings, sender, words, authored, document, html.Template, text.Template) { LinkCount = writer.LinkCount },
            []);
    }

    /// <summary>The plain text that is generated from the body while nobody has edited it by hand; null when the body does not compile.</summary>
    public static string? GenerateText(MessageContent content)
    {
        content = Tidy(content);
        if (TemplateEngine.Compile(content.Body).Template is null) return null;
        var source = new TextBodyWriter(BodyDocument.Of(content.Body, content.BodyFormat)).Write();
        return LinkBlock().Replace(CardsBlock().Replace(source, "{{${tag}}}"), "${address}").Trim();
    }

    /// <summary>An MJML source to begin with: the body as it is, as the text of one column.</summary>
    public static string BeginMjml(MessageContent content)
    {
        var body = content.Body;
        if (content.BodyFormat is BodyFormat.Markdown)
        {
            var marks = TagMarks.Of(body, isHtml: false);
            body = TemplateSource.TextOf(MarkdownBody.ToHtml(marks.Marked), marks, keepsBlocks: true);
        }
        return $"""
            <mjml>
              <mj-body>
                <mj-section>
                  <mj-column>
                    <mj-text font-size="16px" line-height="1.6">
            {body.Trim()}
                    </mj-text>
                  </mj-column>
                </mj-section>
              </mj-body>
            </mjml>
            """;
    }

    /// <summary>Characters that no text needs, and that the composer's own blocks are made of.</summary>
    private static MessageContent Tidy(MessageContent content) => content with
    {
        Subject = OneLine(content.Subject), Preheader = OneLine(content.Preheader), SenderName = OneLine(content.SenderName), Body = WithoutControls(content.Body), Mjml = content.Mjml is { } mjml ? WithoutControls(mjml) : null,
        PlainText = content.PlainText is { } text ? WithoutControls(text) : null,
    };

    private static string OneLine(string text) => WithoutControls(text).Replace('\n', ' ').Replace('\t', ' ');

    private static string WithoutControls(string text)
    {
        if (!text.Any(c => char.IsControl(c) && c is not '\n' and not '\t')) return text;
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsControl(c) || c is '\n' or '\t') kept.Append(c);
        }
        return kept.ToString();
    }

    /// <summary>Web addresses in a text of the author's become links that are counted; a tag that names an address of the message's own becomes it.</summary>
    private static string WithLinks(string text, int firstLink)
    {
        var marks = TagMarks.Of(text, isHtml: false);
        var index = firstLink;
        var marked = WebAddress().Replace(
            marks.Marked,
            address =>
            {
                var link = address.Value.TrimEnd('.', ',', ';', ':', '!', '?'); // they end the sentence, not the address
                return new LinkMark(LinkRole.Link, index++).Around(link) + address.Value[link.Length..];
            });
        return TemplateSource.TextOf(marked, marks, keepsBlocks: true);
    }

    private static TemplateProblem Torn(string source, int offset)
    {
        var before = source.AsSpan(0, Math.Min(offset, source.Length));
        var (line, column) = (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
        return new TemplateProblem(line, column, TemplateCodes.TornBlock, $"The block that begins or ends here must lie within one paragraph, or around whole ones (line {line}, column {column})");
    }

    // Of a source that the author never saw: its line would only mislead.
    private static TemplateProblem Unplaced(TemplateProblem problem) => problem with { Line = 1, Column = 1 };

    [GeneratedRegex(@"https?://[^\s<>""')\]]+", RegexOptions.None, 1000)]
    private static partial Regex WebAddress();

    [GeneratedRegex("\\{\\{#\u0001link [0-9]+ [0-9]+\\}\\}(?<address>.*?)\\{\\{/\u0001link\\}\\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkBlock();

    [GeneratedRegex(@"\{\{#(?<tag>recommendations[^}]*)\}\}\{\{#unless @first\}\}.*?\{\{/recommendations\}\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CardsBlock();
}
