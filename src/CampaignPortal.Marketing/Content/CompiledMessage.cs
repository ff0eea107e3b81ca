using System.Text;
using CampaignPortal.Marketing.Content.Html;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content;

/// <summary>A message ready to be filled for anybody: immutable, safe for many threads.</summary>
public sealed class CompiledMessage
{
    /// <summary>Longer header lines are cut by mail servers, or refused.</summary>
    private const int MaxSubject = 255;

    private readonly ShopSettings _shop;
    private readonly MailIdentity _identity;
    private readonly MailWords _words;
    private readonly CompiledTemplate _subject, _preheader, _html, _text;

    internal CompiledMessage(
        MessageContent content, ShopSettings shop, MailIdentity identity, MailWords words, IReadOnlyDictionary<ContentPlace, CompiledTemplate> authored, BodyDocument document, CompiledTemplate html, CompiledTemplate text)
    {
        (Content, _shop, _identity, _words, Authored, Document, _html, _text) = (content, shop, identity, words, authored, document, html, text);
        (_subject, _preheader) = (authored[ContentPlace.Subject], authored[ContentPlace.Preheader]);
        Needs = NeedsOf(authored.Values);
    }

    public MessageContent Content { get; }

    /// <summary>What <see cref="RenderDataReader"/> must read for it.</summary>
    public ContentNeeds Needs { get; }

    /// <summary>Fields that the author mentions, with the place of each.</summary>
    public IEnumerable<(ContentPlace Place, FieldUse Use)> Fields => Authored.SelectMany(a => a.Value.Fields.Select(use => (a.Key, use)));

    /// <summary>Links that are counted, by their index from 0.</summary>
    public int LinkCount { get; internal init; }

    /// <summary>Language of the message, <c>en</c> or <c>zh-Hans</c>.</summary>
    public string Language => _words.Language;

    internal IReadOnlyDictionary<ContentPlace, CompiledTemplate> Authored { get; }

    internal BodyDocument Document { get; }

    internal CompiledTemplate HtmlTemplate => _html;

    /// <summary>Where relative addresses start; empty for nowhere.</summary>
    internal string WebAddress => _identity.WebAddress;

    /// <summary>The message for one person; a failure concerns this person, nobody else.</summary>
    /// <param name="trace">Told why each part appeared; null for what is sent.</param>
    public RenderOutcome Render(RenderData data, IMessageLinks links, RenderTrace? trace = null)
    {
        var culture = new TemplateCulture(_words.Culture, _shop.Currency, data.Zone, data.Now);
        if (trace is not null) Explain(data, culture, trace);
        var rewriter = new LinkRewriter(links, Content.Tags, _identity.WebAddress);
        var subject = _subject.Render(data.Values, culture);
        var preheader = _preheader.Render(data.Values, culture);
        var html = _html.Render(data.Values, culture, rewriter);
        var text = _text.Render(data.Values, culture, rewriter);

        foreach (var part in (ReadOnlySpan<TemplateOutcome>)[subject, preheader, html, text])
        {
            if (part.Limit is { } limit) return new RenderFailure(RenderFailureKind.Error, "", limit);
            if (part.BadAddress is { } link) return new RenderFailure(RenderFailureKind.Error, link, $"{link} leads to no address that a message may have.");
            if (part.MissingField is { } field && Content.WhenMissing is not MissingValue.Empty)
                return new RenderFailure(Content.WhenMissing is MissingValue.Stop ? RenderFailureKind.Stop : RenderFailureKind.Skip, field, $"'{field}' has no value and no default.");
        }
        var line = subject.Text!.Trim(); // no limit was reached
        if (line.Length is 0) return new RenderFailure(RenderFailureKind.Error, "subject", "The subject is empty.");
        return new RenderedMessage(line.Length <= MaxSubject ? line : Cut(line), preheader.Text!.Trim(), html.Text!, WithoutGaps(text.Text!)) // nor here
        {
            SenderName = Content.SenderName.Length > 0 ? Content.SenderName : _identity.SenderName,
            ReplyTo = Content.ReplyTo.Length > 0 ? Content.ReplyTo : _identity.ReplyTo.Length > 0 ? _identity.ReplyTo : null,
        };
    }

    /// <summary>Goes through the parts as the author wrote them: what the composer made of them has conditions of its own, and the subject once more as the title.</summary>
    private void Explain(RenderData data, TemplateCulture culture, RenderTrace trace)
    {
        foreach (var (place, template) in Authored.OrderBy(a => a.Key))
        {
            trace.Place = place;
            template.Render(data.Values, culture, links: null, trace);
        }
    }

    private static ContentNeeds NeedsOf(IEnumerable<CompiledTemplate> templates)
    {
        var fields = new HashSet<string>(StringComparer.Ordinal);
        var lists = new HashSet<ListNeed>();
        foreach (var template in templates)
        {
            fields.UnionWith(template.Fields.SelectMany(f => f.Candidates));
            lists.UnionWith(template.Lists);
        }
        return new ContentNeeds(fields, lists);
    }

    private static string Cut(string line) => line[..(char.IsHighSurrogate(line[MaxSubject - 1]) ? MaxSubject - 1 : MaxSubject)];

    /// <summary>What a condition left out leaves no more than one empty line.</summary>
    private static string WithoutGaps(string text)
    {
        var kept = new StringBuilder(text.Length);
        var breaks = 2; // none at the beginning
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var cut = line.TrimEnd();
            breaks = cut.IsEmpty ? breaks + 1 : 0;
            if (breaks < 2) kept.Append(cut).Append('\n');
        }
        return kept.ToString().TrimEnd() + "\n";
    }
}
