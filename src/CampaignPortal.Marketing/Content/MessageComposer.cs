using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content;

/// <summary>Something wrong in one part of a message.</summary>
public sealed record ContentProblem(ContentPlace Place, TemplateProblem Problem);

/// <summary>A message that can be rendered, or why it cannot.</summary>
/// <param name="Message">Null when there are problems.</param>
public sealed record MessageCompilation(CompiledMessage? Message, IReadOnlyList<ContentProblem> Problems);

/// <summary>Makes of an author's content, once, what is rendered ten thousand times.</summary>
public sealed class MessageComposer(ShopSettingsStore shop)
{
    /// <summary>Pure but for the shop's settings; a few milliseconds. Never throws for what an author can write.</summary>
    public MessageCompilation Compile(MessageContent content)
    {
        var problems = new List<ContentProblem>();
        var subject = Part(ContentPlace.Subject, content.Subject, TemplateOutput.Header, problems);
        var preheader = Part(ContentPlace.Preheader, content.Preheader, TemplateOutput.Header, problems);
        var body = Part(ContentPlace.Body, content.Body, TemplateOutput.Html, problems);
        _ = shop.Read();
        return subject is null || preheader is null || body is null ? new MessageCompilation(null, problems) : new MessageCompilation(new CompiledMessage(content, subject, preheader, body), []);
    }

    private static CompiledTemplate? Part(ContentPlace place, string source, TemplateOutput output, List<ContentProblem> problems)
    {
        var result = TemplateEngine.Compile(source, output);
        problems.AddRange(result.Problems.Select(p => new ContentProblem(place, p)));
        return result.Template;
    }
}
