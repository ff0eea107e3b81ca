using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>The reader's words for what rules name.</summary>
public static class AudienceNames
{
    public static string Figure(string attribute) => Word("Figure_", attribute[RuleFigures.Prefix.Length..]) ?? attribute;

    public static string Attribute(string attribute) => attribute.StartsWith(RuleFigures.Prefix, StringComparison.Ordinal) ? Figure(attribute) : attribute;

    public static string Event(string name) => Word("Event_", name) ?? name;

    public static string Channel(string channel) => Word("Channel_", channel) ?? channel;

    public static string Of(string property) => Word("Of_", property) ?? property;

    public static string Operator(NumberOperator op) => Word("Number_", op.ToString())!; // each has a word; a test holds it

    public static string Operator(TextOperator op) => Word("Text_", op.ToString())!; // as above

    public static string Operator(DateOperator op) => Word("Date_", op.ToString())!; // as above

    public static string Operator(ListOperator op) => Word("List_", op.ToString())!; // as above

    public static string Operator(PredictionOperator op) => Word("Prediction_", op.ToString())!; // as above

    public static string Aggregate(AggregateKind kind) => Word("Aggregate_", kind.ToString())!; // as above

    public static string Message(MessageAction action) => Word("Message_", action.ToString())!; // as above

    public static string Consent(ConsentState state) => Word("Consent_", state.ToString())!; // as above

    public static string Weekday(DayOfWeek day) => Word("Weekday_", ((int)day).ToString(CultureInfo.InvariantCulture))!; // as above

    public static string Feature(string feature) => Word("Feature_", feature) ?? feature;

    public static string Finding(RuleFinding finding)
    {
        var name = finding.Kind switch
        {
            RuleFindingKind.UnknownEvent => Event(finding.Name),
            RuleFindingKind.NoScores or RuleFindingKind.StaleScores => Vocabulary.Model(finding.Name),
            _ => finding.Name,
        };
        return Say.With(Word("Finding_", finding.Kind.ToString())!, ("name", name), ("count", Figures.Count(finding.Count))); // as above
    }

    /// <summary>What stands in the way, in the reader's language.</summary>
    public static string Problem(Marketing.Common.Problem problem) =>
        Word("Problem_", problem.Field ?? "") is { } sentence ? Say.With(sentence, ("detail", problem.Message)) : Say.With(AudienceWords.Incomplete, ("detail", problem.Message));

    public static (string Text, Tone Tone) State(AudienceState state) => state switch
    {
        AudienceState.Ready => (AudienceWords.StateReady, Tone.Good),
        AudienceState.Failed => (AudienceWords.StateFailed, Tone.Bad),
        _ => (AudienceWords.StateWaiting, Tone.Neutral),
    };

    /// <summary>A phrase as it stands alone: with a capital letter.</summary>
    public static string Begin(string phrase) => phrase.Length is 0 ? phrase : char.ToUpper(phrase[0], CultureInfo.CurrentCulture) + phrase[1..];

    internal static string? Word(string prefix, string name) => AudienceWords.ResourceManager.GetString(prefix + name.Replace('-', '_'), CultureInfo.CurrentUICulture);
}
