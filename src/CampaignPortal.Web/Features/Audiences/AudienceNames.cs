using System.Globalization;
using System.Security.Claims;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>The reader's words for what rules name.</summary>
public static class AudienceNames
{
    public static string Figure(string attribute) => Word("Figure_", attribute[RuleFigures.Prefix.Length..]) ?? attribute;

    public static string Attribute(string attribute) => attribute.StartsWith(RuleFigures.Prefix, StringComparison.Ordinal) ? Figure(attribute) : Vocabulary.Trait(attribute);

    public static string Event(string name) => Word("Event_", name) ?? name;

    public static string Channel(string channel) => Word("Channel_", channel) ?? channel;

    /// <summary>What a consent is about; the shop's own topics stay as they are.</summary>
    public static string Topic(string purpose) => Word("Topic_", purpose) ?? purpose;

    public static string Of(string property) => Word("Property_", property) ?? property;

    public static string Operator(NumberOperator op) => Word("Number_", op.ToString())!; // each has a word; a test holds it

    public static string Operator(TextOperator op) => Word("Text_", op.ToString())!; // as above

    public static string Operator(DateOperator op) => Word("Date_", op.ToString())!; // as above

    public static string Operator(ListOperator op) => Word("List_", op.ToString())!; // as above

    public static string Rank(RankSide side) => Word("Rank_", side.ToString())!; // as above

    /// <summary>A comparison as it stands inside a sentence.</summary>
    public static string Said(NumberOperator op) => Word("Said_Number_", op.ToString())!; // as above

    public static string Said(TextOperator op) => Word("Said_Text_", op.ToString())!; // as above

    public static string Said(DateOperator op) => Word("Said_Date_", op.ToString())!; // as above

    public static string Said(ListOperator op) => Word("Said_List_", op.ToString())!; // as above

    public static string Said(AggregateKind kind) => Word("Said_Aggregate_", kind.ToString())!; // as above

    public static string Operator(PredictionOperator op) => Word("Prediction_", op.ToString())!; // as above

    public static string Aggregate(AggregateKind kind) => Word("Aggregate_", kind.ToString())!; // as above

    public static string Message(MessageAction action) => Word("Message_", action.ToString())!; // as above

    public static string Consent(ConsentState state) => Word("Consent_", state.ToString())!; // as above

    public static string Operator(TasteOperator op) => Word("Taste_", op.ToString())!; // as above

    /// <summary>What tells a taste: "what they ordered".</summary>
    public static string Taste(string name) => Word("Taste_", name)!; // as above

    public static string Weekday(DayOfWeek day) => Word("Weekday_", ((int)day).ToString(CultureInfo.InvariantCulture))!; // as above

    public static string Idea(AudienceIdea idea) => Word("Idea_", idea.Key)!; // as above

    public static string Kind(ConditionKind kind) => Word("Kind", kind.Key)!; // as above

    public static string Group(string key) => Word("Group", key)!; // as above

    /// <summary>"ordered", or null for an event of the shop's own.</summary>
    public static string? Did(string name) => Word("Did_", name);

    /// <summary>"have not ordered", or null for an event of the shop's own.</summary>
    public static string? NotDid(string name) => Word("Not_", name);

    /// <summary>"at least {count} times".</summary>
    public static string Times(NumberOperator op) => Word("PhraseTimes_", op.ToString())!; // as above

    /// <summary>"clicked an e-mail", or that it never happened.</summary>
    public static string Message(MessageAction action, bool isNever) => Word(isNever ? "PhraseMessageNot_" : "PhraseMessage_", action.ToString())!; // as above

    /// <summary>"said yes to {channel}".</summary>
    public static string ConsentPhrase(ConsentState state) => Word("PhraseConsent_", state.ToString())!; // as above

    public static string Feature(string feature) => Word("Feature_", feature) ?? feature;

    public static string Finding(RuleFinding finding)
    {
        var name = finding.Kind switch
        {
            RuleFindingKind.UnknownEvent => Event(finding.Name),
            RuleFindingKind.MissingTaste => Taste(finding.Name),
            RuleFindingKind.NoLists or RuleFindingKind.StaleLists or RuleFindingKind.MissingLists => Vocabulary.Strategy(finding.Name),
            RuleFindingKind.NoScores or RuleFindingKind.StaleScores => Vocabulary.Model(finding.Name),
            _ => finding.Name,
        };
        return Say.With(Word("Finding_", finding.Kind.ToString())!, ("name", name), ("count", Figures.Count(finding.Count))); // as above
    }

    /// <summary>What stands in the way, in the reader's language.</summary>
    public static string Problem(Marketing.Common.Problem problem) =>
        Word("Problem_", problem.Field ?? "") is { } sentence ? Say.With(sentence, ("detail", problem.Message)) : Say.With(AudienceWords.Incomplete, ("detail", problem.Message));

    /// <summary>Why members may not be those of now.</summary>
    public static string Stale(StaleAudience stale, TimeZoneInfo zone)
    {
        var text = Say.With(Word("Stale_", stale.Reason.ToString())!, ("name", stale.Name), ("time", stale.AsOf is { } at ? Figures.Stamp(at, zone) : "")); // each has a word; a test holds it
        return stale.NamedBy is { } by ? Say.With(AudienceWords.StaleThrough, ("by", by), ("text", text)) : text;
    }

    /// <summary>What was archived, and which drafts and past campaigns still name it.</summary>
    public static string Archived(ArchivedAudience archived) => archived.Users.Count is 0
        ? Say.With(AudienceWords.Archived, ("name", archived.Name)) : Say.With(AudienceWords.ArchivedStillNamed, ("name", archived.Name), ("users", string.Join(", ", archived.Users)));

    public static (string Text, Tone Tone) State(AudienceState state) => state switch
    {
        AudienceState.Ready => (AudienceWords.StateReady, Tone.Good),
        AudienceState.Failed => (AudienceWords.StateFailed, Tone.Bad),
        _ => (AudienceWords.StateWaiting, Tone.Neutral),
    };

    /// <summary>How many; few are hidden from whoever may see no single customer.</summary>
    public static string Count(int count, ClaimsPrincipal reader) =>
        count is > 0 and < Marketing.Insights.DescribeAudienceHandler.FewestMembers && !reader.Can(Capabilities.ReadCustomers) ? AudienceWords.FewerThanTen : Figures.Count(count);

    /// <summary>A phrase as it stands alone: with a capital letter.</summary>
    public static string Begin(string phrase) => phrase.Length is 0 ? phrase : char.ToUpper(phrase[0], CultureInfo.CurrentCulture) + phrase[1..];

    private static string? Word(string prefix, string name) => AudienceWords.ResourceManager.GetString(prefix + name.Replace('-', '_').Replace('.', '_'), CultureInfo.CurrentUICulture);
}
