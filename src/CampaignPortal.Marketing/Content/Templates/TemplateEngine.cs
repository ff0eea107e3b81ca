namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>
/// A small template language: Handlebars' syntax over texts, numbers, times, lists and maps. It has no way to reach an object, a file or the network,
/// and its depth, rounds, steps and length are bounded.
/// </summary>
/// <remarks>
/// Our own instead of a Handlebars library because a message is written by one person about another: names are only looked up in dictionaries, helpers are a
/// fixed list, and a loop in a loop in a loop ends (RELIABILITY.md S-27 to S-29). <c>{{x.y}}</c>, <c>{{helper x "a" 3}}</c>, <c>if</c> … <c>else if</c> … <c>else</c>,
/// <c>unless</c>, <c>each</c>, <c>with</c>, <c>recommendations</c>, comments; no partials, no raw output, no parent paths.
/// </remarks>
public static class TemplateEngine
{
    public static TemplateResult Compile(string source, TemplateOutput output = TemplateOutput.Html) => Compile(source, output, allowsLinks: false);

    internal static TemplateResult Compile(string source, TemplateOutput output, bool allowsLinks)
    {
        if (source.Length > TemplateLimits.MaxSourceLength)
            return new TemplateResult(null, [new TemplateProblem(1, 1, TemplateCodes.TooLong, TemplateMessages.Of(TemplateCodes.TooLong, ""))]);
        var parser = new TemplateParser(source, allowsLinks);
        var nodes = parser.Parse();
        return parser.Problems.Count > 0
            ? new TemplateResult(null, parser.Problems)
            : new TemplateResult(new CompiledTemplate(nodes, output, parser.Fields, parser.Lists), []);
    }
}
