using System.Globalization;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>A rule in the reader's words: "Customers who ordered in the last 180 days and are in the top 30%".</summary>
/// <param name="Segments">Names by number.</param>
/// <param name="Audiences">Names by id.</param>
/// <param name="Currency">Of amounts.</param>
public sealed record RuleSentence(IReadOnlyDictionary<int, string> Segments, IReadOnlyDictionary<long, string> Audiences, IReadOnlyDictionary<string, string> Campaigns, string Currency)
{
    public string Of(AudienceRule rule)
    {
        var who = rule.Who.Rules.Any(Asks) ? Say.With(AudienceWords.SentenceStart, ("rules", Group(rule.Who, isInner: false))) : AudienceWords.SentenceEveryone;
        var left = rule.LeaveOut.Where(Asks).Select(Of).ToArray();
        var sentences = new List<string> { who };
        if (left.Length > 0) sentences.Add(Say.With(AudienceWords.SentenceLeaveOut, ("rules", Join(left, AudienceWords.ListOr))));
        if (rule.Added.Count > 0) sentences.Add(Say.Counted(rule.Added.Count, AudienceWords.SentenceAddedOne, AudienceWords.SentenceAdded));
        if (rule.Removed.Count > 0) sentences.Add(Say.Counted(rule.Removed.Count, AudienceWords.SentenceRemovedOne, AudienceWords.SentenceRemoved));
        return string.Join(Say.Gap, sentences);
    }

    /// <summary>One node, as it stands inside a sentence.</summary>
    public string Of(Rule rule) => rule switch
    {
        RuleGroup group => Group(group, isInner: true),
        AttributeCondition { Test: TextTest { Operator: TextOperator.Is or TextOperator.IsNot } test } c when PlaceTraits.All.Contains(c.Attribute) => Lives(c.Attribute, test),
        LocalHourCondition c => Say.With(AudienceWords.PhraseLocalHours, ("from", Hour(c.FromHour)), ("to", Hour(c.ToHour))),
        AttributeCondition c => Say.With(AudienceWords.PhraseAttribute, ("name", AudienceNames.Attribute(c.Attribute)), ("test", Test(c.Test, RuleFigures.Find(c.Attribute)?.Kind is FigureKind.Money))),
        ConsentCondition c => Consent(c),
        ReachCondition c => Say.With(c.IsReachable ? AudienceWords.PhraseReach : AudienceWords.PhraseNoReach, ("channel", AudienceNames.Channel(c.Channel))),
        SegmentCondition c => Say.With(c.IsIn ? AudienceWords.PhraseSegmentIn : AudienceWords.PhraseSegmentOut, ("segments", Join([.. c.Segments.Select(SegmentName)], AudienceWords.ListOr))),
        PredictionCondition c => Prediction(c),
        TasteCondition c => Taste(c),
        RecommendableCondition c => Say.With(
            c.Least is 1 ? AudienceWords.PhraseRecommendableOne : AudienceWords.PhraseRecommendable, ("count", Figures.Count(c.Least)), ("list", Vocabulary.Strategy(c.List))),
        EventCondition c => Event(c.Event, c.Times),
        AggregateCondition c => Aggregate(c),
        RatioCondition c => Say.With(
            c.IsShare ? AudienceWords.PhraseShare : AudienceWords.PhraseRatio, ("test", c.IsShare ? ShareTest(c.Test) : Test(c.Test, isMoney: false)), ("part", MeasureOf(c.Part)), ("whole", MeasureOf(c.Whole))),
        PlaceCondition c => Say.With(
            AudienceWords.PhrasePlace, ("distance", Figures.Number(c.Kilometres, 0)), ("latitude", Figures.Number(c.Latitude, 2)), ("longitude", Figures.Number(c.Longitude, 2))),
        MessageCondition c => Message(c),
        MembershipCondition c => Say.With(c.IsIn ? AudienceWords.PhraseAudienceIn : AudienceWords.PhraseAudienceOut, ("name", Audiences.GetValueOrDefault(c.AudienceId) ?? c.AudienceId.ToString(CultureInfo.InvariantCulture))),
        ListCondition c => Say.Counted(c.Customers.Count, AudienceWords.PhraseListOne, AudienceWords.PhraseListMany),
        _ => "",
    };

    private string SegmentName(int number) => Segments.GetValueOrDefault(number) ?? number.ToString(CultureInfo.InvariantCulture);

    private static bool Asks(Rule rule) => !rule.IsOff && (rule is not RuleGroup group || group.Rules.Any(Asks));

    private string Group(RuleGroup group, bool isInner)
    {
        var phrases = group.Rules.Where(Asks).Select(Of).ToArray();
        if (group.Join is GroupKind.None) return Say.With(AudienceWords.PhraseNone, ("rules", Join(phrases, AudienceWords.ListOr)));
        var joined = Join(phrases, group.Join is GroupKind.All ? AudienceWords.ListAnd : AudienceWords.ListOr);
        return isInner && phrases.Length > 1 ? Say.With(AudienceWords.PhraseGroup, ("rules", joined)) : joined;
    }

    private static string Join(IReadOnlyList<string> phrases, string last) => Join(phrases, last, AudienceWords.ListComma);

    private static string Join(IReadOnlyList<string> phrases, string last, string comma)
    {
        if (phrases.Count is 0) return "";
        var text = phrases[0];
        for (var i = 1; i < phrases.Count; i++) text = Say.With(i == phrases.Count - 1 ? last : comma, ("first", text), ("last", phrases[i]));
        return text;
    }

    private string Event(EventQuery query, NumberTest times)
    {
        var isNever = times is { Operator: NumberOperator.Equal, Value: 0 };
        var name = AudienceNames.Event(query.Name);
        var did = isNever
            ? AudienceNames.NotDid(query.Name) ?? Say.With(AudienceWords.NotOther, ("event", name))
            : AudienceNames.Did(query.Name) ?? Say.With(AudienceWords.DidOther, ("event", name));
        return Say.With(AudienceWords.PhraseEvent, ("did", did), ("what", What(query)), ("times", isNever || times is { Operator: NumberOperator.AtLeast, Value: 1 } ? "" : Times(times)), ("window", Window(query.Window)));
    }

    private static string Lives(string trait, TextTest test) => Say.With(
        test.Operator is TextOperator.Is ? AudienceWords.PhraseLives : test.OrMissing ? AudienceWords.PhraseLivesNotKnown : AudienceWords.PhraseLivesNot,
        ("values", Join([.. test.Values.Select(v => Vocabulary.TraitValue(trait, v))], AudienceWords.ValuesOr, AudienceWords.ValuesComma)));

    private string Taste(TasteCondition c) => Say.With(
        c.Operator is TasteOperator.Share ? AudienceWords.PhraseTasteShare : c.Value is 1 ? AudienceWords.PhraseTasteFirst : AudienceWords.PhraseTasteTop,
        ("category", c.Category), ("what", AudienceNames.Taste(c.Event)), ("window", Window(c.Window)), ("count", Number(c.Value, null)), ("share", Number(c.Value * 100, null)));

    private static string Times(NumberTest times) => Say.With(
        AudienceNames.Times(times.Operator), ("count", Number(times.Value, null)), ("to", Number(times.To ?? times.Value, null)));

    private string What(EventQuery query)
    {
        var what = query.Items switch
        {
            { By: ItemFilterKind.Category } items => Say.With(AudienceWords.PhraseCategory, ("values", Join(items.Values, AudienceWords.ListOr))),
            { } items => Say.With(AudienceWords.PhraseItems, ("values", Join(items.Values, AudienceWords.ListOr))),
            null => "",
        };
        if (query.Where.Count is 0) return what;
        var rules = query.Where.Select(f => Say.With(AudienceWords.PhraseProperty, ("name", AudienceNames.Of(f.Property)), ("test", Test(f.Test, f.Property is "amount")))).ToArray();
        return what + Say.With(AudienceWords.PhraseWhere, ("rules", Join(rules, AudienceWords.ListAnd)));
    }

    private string Window(EventWindow window) => window switch
    {
        { SinceCampaign: { } campaign } => Say.With(AudienceWords.PhraseSinceCampaign, ("name", Campaigns.GetValueOrDefault(campaign) ?? campaign)),
        { LastDays: { } days } => Say.Counted(days, AudienceWords.PhraseLastOne, AudienceWords.PhraseLastMany),
        { From: { } from, To: { } to } => Say.With(AudienceWords.PhraseBetween, ("from", Day(from)), ("to", Day(to))),
        { From: { } from } => Say.With(AudienceWords.PhraseSince, ("from", Day(from))),
        { To: { } to } => Say.With(AudienceWords.PhraseUntil, ("to", Day(to))),
        _ => "",
    };

    private string Aggregate(AggregateCondition c) => Say.With(
        AudienceWords.PhraseAggregate, ("aggregate", AudienceNames.Said(c.Aggregate)), ("of", AudienceNames.Of(c.Of)), ("test", Test(c.Test, c.Of is "amount" && c.Aggregate is not (AggregateKind.Distinct or AggregateKind.Count))),
        ("what", What(c.Event)), ("window", Window(c.Event.Window)), ("event", AudienceNames.Event(c.Event.Name)));

    private string MeasureOf(Measure m) => Say.With(
        m.Aggregate is AggregateKind.Count ? AudienceWords.PhraseMeasureCount : AudienceWords.PhraseMeasure,
        ("aggregate", AudienceNames.Said(m.Aggregate)), ("of", AudienceNames.Of(m.Of)), ("what", What(m.Event)), ("window", Window(m.Event.Window)), ("event", AudienceNames.Event(m.Event.Name)));

    private static string ShareTest(NumberTest t) => t.Operator is NumberOperator.Between
        ? Say.With(AudienceWords.PhraseRange, ("from", Percent(t.Value)), ("to", Percent(t.To ?? t.Value)))
        : Say.With(AudienceWords.PhraseNumber, ("operator", AudienceNames.Said(t.Operator)), ("value", Percent(t.Value)));

    private static string Percent(decimal share) => (share * 100).ToString("0.##", CultureInfo.CurrentCulture) + "%";

    private string Message(MessageCondition c)
    {
        var isNever = c.Times is { Operator: NumberOperator.Equal, Value: 0 };
        var did = AudienceNames.Message(c.Action, isNever);
        var what = c.Campaigns.Count is 0 ? "" : Say.With(AudienceWords.PhraseCampaign, ("values", Join([.. c.Campaigns.Select(id => Campaigns.GetValueOrDefault(id) ?? id)], AudienceWords.ListOr)));
        return Say.With(AudienceWords.PhraseEvent, ("did", did), ("what", what), ("times", isNever || c.Times is { Operator: NumberOperator.AtLeast, Value: 1 } ? "" : Times(c.Times)), ("window", Window(c.Window)));
    }

    private string Prediction(PredictionCondition c)
    {
        var model = Vocabulary.Model(c.Model);
        var isMoney = c.Model is Marketing.Predictions.ModelNames.LifetimeValue;
        string Score(double value) => isMoney ? Figures.Money((decimal)value, Currency) : Figures.Chance(value);
        return c.Operator switch
        {
            PredictionOperator.Top => Say.With(AudienceWords.PhraseTop, ("share", Figures.Number(c.From, 0) + "%"), ("model", model)),
            PredictionOperator.Bottom => Say.With(AudienceWords.PhraseBottom, ("share", Figures.Number(c.From, 0) + "%"), ("model", model)),
            PredictionOperator.Between => Say.With(AudienceWords.PhrasePrediction, ("model", model), ("test", Say.With(AudienceWords.PhraseRange, ("from", Score(c.From)), ("to", Score(c.To ?? c.From))))),
            _ => Say.With(AudienceWords.PhrasePrediction, ("model", model), ("test", Say.With(AudienceWords.PhraseNumber, ("operator", AudienceNames.Said(c.Operator is PredictionOperator.AtLeast ? NumberOperator.AtLeast : NumberOperator.AtMost)), ("value", Score(c.From))))),
        };
    }

    private string Test(ValueTest test, bool isMoney) => test switch
    {
        KnownTest t => t.IsKnown ? AudienceWords.Said_Known : AudienceWords.Said_Unknown,
        RankTest t => Say.With(t.Side is RankSide.Top ? AudienceWords.PhraseRankTop : AudienceWords.PhraseRankBottom, ("share", Number(t.Percent, null) + "%")),
        TextTest t => OrMissing(Say.With(AudienceWords.PhraseText, ("operator", AudienceNames.Said(t.Operator)), ("values", Join(t.Values, AudienceWords.ListOr))), t.OrMissing),
        NumberTest { Operator: NumberOperator.Between } t => OrMissing(Say.With(AudienceWords.PhraseRange, ("from", Number(t.Value, isMoney ? Currency : null)), ("to", Number(t.To ?? t.Value, isMoney ? Currency : null))), t.OrMissing),
        NumberTest t => OrMissing(Say.With(AudienceWords.PhraseNumber, ("operator", AudienceNames.Said(t.Operator)), ("value", Number(t.Value, isMoney ? Currency : null))), t.OrMissing),
        ListTest t => OrMissing(Say.With(AudienceWords.PhraseText, ("operator", AudienceNames.Said(t.Operator)), ("values", Join(t.Values, AudienceWords.ListAnd))), t.OrMissing),
        DateTest t => Date(t),
        _ => "",
    };

    private static string Consent(ConsentCondition c)
    {
        var said = Say.With(AudienceNames.ConsentPhrase(c.State), ("channel", AudienceNames.Channel(c.Channel)));
        return c.Purpose is ConsentProjection.Marketing ? said : Say.With(AudienceWords.PhraseTopic, ("consent", said), ("topic", c.Purpose));
    }

    private static string OrMissing(string test, bool orMissing) => orMissing ? Say.With(AudienceWords.PhraseOrMissing, ("test", test)) : test;

    private static string Date(DateTest t) => t.Operator switch
    {
        DateOperator.Between => Say.With(AudienceWords.PhraseRange, ("from", Day(t.From ?? default)), ("to", Day(t.To ?? default))),
        DateOperator.Before or DateOperator.After or DateOperator.On => Say.With(AudienceWords.PhraseNumber, ("operator", AudienceNames.Said(t.Operator)), ("value", Day(t.From ?? default))),
        DateOperator.Hours => Say.With(AudienceWords.PhraseHours, ("from", Hour(t.FromHour)), ("to", Hour(t.ToHour))),
        DateOperator.Weekday => Say.With(AudienceWords.PhraseNumber, ("operator", AudienceNames.Said(t.Operator)), ("value", Join([.. t.Weekdays.Select(AudienceNames.Weekday)], AudienceWords.ListOr))),
        _ => Say.With(AudienceWords.PhraseDays, ("operator", AudienceNames.Said(t.Operator)), ("count", Figures.Count(t.Days ?? 0))),
    };

    private static string Hour(int? hour) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:00");

    private static string Day(DateOnly day) => day.ToString(Words.FormatDayYear, CultureInfo.CurrentCulture);

    private static string Number(decimal value, string? currency) => currency is null ? value.ToString("#,0.####", CultureInfo.CurrentCulture) : Figures.Money(value, currency);
}
