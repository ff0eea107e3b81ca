using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Checks;

/// <summary>Short forms to make findings.</summary>
internal static class Finding
{
    public static ContentFinding Of(ContentPlace place, TemplateProblem problem) =>
        new(FindingLevel.Error, problem.Code, place, problem.Line, problem.Column, Arguments([("name", problem.Argument)]));

    public static ContentFinding Error(string code, ContentPlace place, params ReadOnlySpan<(string Name, object Value)> arguments) => new(FindingLevel.Error, code, place, 0, 0, Arguments(arguments));

    public static ContentFinding Warning(string code, ContentPlace place, params ReadOnlySpan<(string Name, object Value)> arguments) => new(FindingLevel.Warning, code, place, 0, 0, Arguments(arguments));

    public static ContentFinding Fine(string code, ContentPlace place, params ReadOnlySpan<(string Name, object Value)> arguments) => new(FindingLevel.Fine, code, place, 0, 0, Arguments(arguments));

    private static Dictionary<string, object> Arguments(ReadOnlySpan<(string Name, object Value)> arguments)
    {
        var named = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments) named[name] = value;
        return named;
    }
}

/// <summary>Codes of findings beside those of <see cref="TemplateCodes"/>.</summary>
public static class FindingCodes
{
    public const string MissingFallback = "missing-fallback", MissingSkips = "missing-skips", MissingStops = "missing-stops", MissingStaysEmpty = "missing-stays-empty", FallbackUsed = "fallback-used", ValuesFilled = "values-filled",
        SubjectEmpty = "subject-empty", SubjectLong = "subject-long", SubjectLoud = "subject-loud", SubjectSpam = "subject-spam", SubjectFine = "subject-fine", PreheaderEmpty = "preheader-empty", BodyEmpty = "body-empty",
        NoUnsubscribe = "no-unsubscribe", UnsubscribeFine = "unsubscribe-fine", NoPostalAddress = "no-postal-address", NoAltText = "no-alt-text", AltTextFine = "alt-text-fine", BadLink = "bad-link", NoLink = "no-link",
        LinksFine = "links-fine", RelativeLink = "relative-link", LinkText = "link-text", Contrast = "contrast", HeadingOrder = "heading-order", Removed = "removed", HeavyPicture = "heavy-picture", TooBig = "too-big",
        SizeFine = "size-fine", CannotRender = "cannot-render", ListEmpty = "list-empty", NobodyToCheck = "nobody-to-check", TextByHand = "text-by-hand", TextGenerated = "text-generated",
        BehindSource = "behind-source";
}
