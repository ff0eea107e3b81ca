using System.Globalization;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content;

/// <summary>A message ready to be filled for anybody: immutable, safe for many threads.</summary>
public sealed class CompiledMessage
{
    private readonly CompiledTemplate _subject, _preheader, _body;

    internal CompiledMessage(MessageContent content, CompiledTemplate subject, CompiledTemplate preheader, CompiledTemplate body) =>
        (Content, _subject, _preheader, _body) = (content, subject, preheader, body);

    public MessageContent Content { get; }

    /// <summary>What <see cref="RenderDataReader"/> must read for it.</summary>
    public ContentNeeds Needs { get; } = ContentNeeds.None;

    /// <summary>The message for one person; a failure concerns this person, nobody else.</summary>
    public RenderOutcome Render(RenderData data, IMessageLinks links)
    {
        var culture = new TemplateCulture(CultureInfo.InvariantCulture, "EUR", data.Zone, data.Now);
        var body = _body.Render(data.Values, culture);
        return new RenderedMessage(_subject.Render(data.Values, culture).Text ?? "", _preheader.Render(data.Values, culture).Text ?? "", body.Text + links.Unsubscribe(), body.Text ?? "")
        {
            SenderName = Content.SenderName,
        };
    }
}
