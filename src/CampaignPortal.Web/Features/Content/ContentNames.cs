using System.Globalization;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Checks;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Content;

/// <summary>The reader's words for what the code of messages calls by names of its own.</summary>
public static class ContentNames
{
    public static string Of(MessageLayout layout) => layout switch
    {
        MessageLayout.Plain => ContentWords.LayoutPlain,
        MessageLayout.Letter => ContentWords.LayoutLetter,
        _ => ContentWords.LayoutShop,
    };

    public static string Of(MissingValue choice) => choice switch
    {
        MissingValue.Empty => ContentWords.MissingEmpty,
        MissingValue.Skip => ContentWords.MissingSkip,
        MissingValue.Stop => ContentWords.MissingStop,
        _ => ContentWords.MissingUndecided,
    };

    public static string Of(HardCase hard) => hard switch
    {
        HardCase.LongestName => ContentWords.CaseLongestName,
        HardCase.MissingData => ContentWords.CaseMissingData,
        HardCase.RightToLeft => ContentWords.CaseRightToLeft,
        HardCase.OtherLanguage => ContentWords.CaseOtherLanguage,
        _ => "",
    };

    public static string Of(ContentPlace place) => place switch
    {
        ContentPlace.Subject => ContentWords.PlaceSubject,
        ContentPlace.Preheader => ContentWords.PlacePreheader,
        ContentPlace.Sender => ContentWords.PlaceSender,
        ContentPlace.Body => ContentWords.Message,
        ContentPlace.PlainText => ContentWords.PlainText,
        _ => ContentWords.Message,
    };

    public static string Group(string group) => group switch
    {
        "customer" => ContentWords.GroupCustomer,
        "traits" => ContentWords.GroupTraits,
        "orders" => ContentWords.GroupOrders,
        "scores" => ContentWords.GroupScores,
        "segment" => ContentWords.GroupSegment,
        "shop" => ContentWords.GroupShop,
        "now" => ContentWords.GroupNow,
        _ => group,
    };

    /// <summary>"Subject, line 1, column 4".</summary>
    public static string PlaceOf(ContentProblem problem) => PlaceOf(problem.Place, problem.Problem.Line, problem.Problem.Column);

    public static string Of(TemplateProblem problem) => OfTemplate(problem.Code, problem.Argument, "") ?? problem.Message;

    public static string Of(RenderFailure failure) => failure.Kind switch
    {
        RenderFailureKind.Skip => Say.With(ContentWords.FailureSkip, ("name", failure.Field)),
        RenderFailureKind.Stop => Say.With(ContentWords.FailureStop, ("name", failure.Field)),
        _ when failure.Field is "subject" => ContentWords.FailureSubject,
        _ when failure.Field.Length > 0 => Say.With(ContentWords.FailureLink, ("name", failure.Field)),
        _ => ContentWords.FailureLimit,
    };

    /// <summary>A line of the pre-flight list, with its place where it has one.</summary>
    public static string Of(ContentFinding finding)
    {
        var text = OfTemplate(finding.Code, Text(finding, "name"), Text(finding, "guess")) ?? OfFinding(finding);
        return finding.Line > 0 ? Say.With(ContentWords.AtPlace, ("place", PlaceOf(finding.Place, finding.Line, finding.Column)), ("text", text)) : text;
    }

    private static string PlaceOf(ContentPlace place, int line, int column) =>
        Say.With(ContentWords.Place, ("part", Of(place)), ("line", Figures.Count(line)), ("column", Figures.Count(column)));

    private static string? OfTemplate(string code, string name, string guess) => code switch
    {
        TemplateCodes.Unclosed => ContentWords.ProblemUnclosed,
        TemplateCodes.Empty => ContentWords.ProblemEmpty,
        TemplateCodes.Syntax => Say.With(ContentWords.ProblemSyntax, ("name", name)),
        TemplateCodes.UnknownHelper => Say.With(ContentWords.ProblemUnknownHelper, ("name", name)),
        TemplateCodes.Arguments => Say.With(ContentWords.ProblemArguments, ("name", name)),
        TemplateCodes.NotClosed => Say.With(ContentWords.ProblemNotClosed, ("name", name), ("tag", "{{/" + name + "}}")),
        TemplateCodes.WrongClose => ContentWords.ProblemWrongClose,
        TemplateCodes.UnexpectedElse => ContentWords.ProblemElse,
        TemplateCodes.RawOutput => ContentWords.ProblemRaw,
        TemplateCodes.Partial => ContentWords.ProblemPartial,
        TemplateCodes.ParentPath => Say.With(ContentWords.ProblemParentPath, ("name", name)),
        TemplateCodes.TooDeep => ContentWords.ProblemTooDeep,
        TemplateCodes.TooLong => ContentWords.ProblemTooLong,
        TemplateCodes.UnknownField when guess.Length > 0 => Say.With(ContentWords.ProblemUnknownFieldGuess, ("name", name), ("guess", guess)),
        TemplateCodes.UnknownField => Say.With(ContentWords.ProblemUnknownField, ("name", name)),
        TemplateCodes.IsAList or TemplateCodes.NotAList => Say.With(ContentWords.ProblemIsAList, ("name", name)),
        TemplateCodes.UnknownStrategy => Say.With(ContentWords.ProblemUnknownStrategy, ("name", name)),
        TemplateCodes.TornBlock => ContentWords.ProblemTornBlock,
        TemplateCodes.Mjml => Say.With(ContentWords.ProblemMjml, ("name", name)),
        _ => null,
    };

    private static string OfFinding(ContentFinding finding) => finding.Code switch
    {
        FindingCodes.MissingFallback => People(ContentWords.FindingMissingFallback, finding),
        FindingCodes.MissingSkips => People(ContentWords.FindingMissingSkips, finding),
        FindingCodes.MissingStops => People(ContentWords.FindingMissingStops, finding),
        FindingCodes.MissingStaysEmpty => People(ContentWords.FindingMissingStaysEmpty, finding),
        FindingCodes.FallbackUsed => People(ContentWords.FindingFallbackUsed, finding),
        FindingCodes.ListEmpty => People(ContentWords.FindingListEmpty, finding),
        FindingCodes.ValuesFilled => ContentWords.FindingValuesFilled,
        FindingCodes.SubjectEmpty => ContentWords.FindingSubjectEmpty,
        FindingCodes.SubjectLong => Say.With(ContentWords.FindingSubjectLong, ("count", Text(finding, "count"))),
        FindingCodes.SubjectLoud => ContentWords.FindingSubjectLoud,
        FindingCodes.SubjectSpam => Say.With(ContentWords.FindingSubjectSpam, ("words", Text(finding, "words"))),
        FindingCodes.SubjectFine => ContentWords.FindingSubjectFine,
        FindingCodes.PreheaderEmpty => ContentWords.FindingPreheaderEmpty,
        FindingCodes.BodyEmpty => ContentWords.FindingBodyEmpty,
        FindingCodes.NoUnsubscribe => ContentWords.FindingNoUnsubscribe,
        FindingCodes.UnsubscribeFine => ContentWords.FindingUnsubscribeFine,
        FindingCodes.NoPostalAddress => ContentWords.FindingNoPostalAddress,
        FindingCodes.NoAltText => Say.With(ContentWords.FindingNoAltText, ("count", Text(finding, "count"))),
        FindingCodes.AltTextFine => ContentWords.FindingAltTextFine,
        FindingCodes.BadLink => Say.With(ContentWords.FindingBadLink, ("name", Text(finding, "name"))),
        FindingCodes.NoLink => Say.With(ContentWords.FindingNoLink, ("name", Text(finding, "name"))),
        FindingCodes.RelativeLink => Say.With(ContentWords.FindingRelativeLink, ("name", Text(finding, "name"))),
        FindingCodes.LinksFine => Say.With(ContentWords.FindingLinksFine, ("count", Text(finding, "count"))),
        FindingCodes.LinkText => Say.With(ContentWords.FindingLinkText, ("name", Text(finding, "name"))),
        FindingCodes.Contrast => Say.With(ContentWords.FindingContrast, ("name", Text(finding, "name")), ("other", Text(finding, "other")), ("ratio", Text(finding, "ratio"))),
        FindingCodes.HeadingOrder => Say.With(ContentWords.FindingHeadingOrder, ("name", Text(finding, "name"))),
        FindingCodes.Removed => Say.With(ContentWords.FindingRemoved, ("names", Text(finding, "names"))),
        FindingCodes.HeavyPicture => ContentWords.FindingHeavyPicture,
        FindingCodes.TooBig => Say.With(ContentWords.FindingTooBig, ("size", Text(finding, "size"))),
        FindingCodes.SizeFine => Say.With(ContentWords.FindingSizeFine, ("size", Text(finding, "size"))),
        FindingCodes.CannotRender => ContentWords.FindingCannotRender,
        FindingCodes.NobodyToCheck => ContentWords.FindingNobodyToCheck,
        FindingCodes.TextByHand => ContentWords.FindingTextByHand,
        FindingCodes.TextGenerated => ContentWords.FindingTextGenerated,
        FindingCodes.BehindSource => ContentWords.FindingBehindSource,
        _ => finding.Code,
    };

    private static string People(string sentence, ContentFinding finding) =>
        Say.With(sentence, ("name", Text(finding, "name")), ("count", Text(finding, "count")), ("share", finding.Arguments.GetValueOrDefault("share") is double share ? Figures.Chance(share) : ""));

    private static string Text(ContentFinding finding, string name) => finding.Arguments.GetValueOrDefault(name) switch
    {
        null => "",
        string text => text,
        int count => Figures.Count(count),
        long count => Figures.Count(count),
        double number => Figures.Number(number, 1),
        var other => string.Format(CultureInfo.CurrentCulture, "{0}", other),
    };
}
