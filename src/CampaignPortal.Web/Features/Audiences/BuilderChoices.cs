using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>What the parts of the builder share: names that rules can use in this shop, and how a rule is said.</summary>
public sealed record BuilderChoices(RuleChoices Rules, IReadOnlyDictionary<int, string> Segments, RuleSentence Sentence)
{
    public static BuilderChoices Of(RuleChoices rules, IReadOnlyDictionary<int, string> segments, string currency) => new(
        rules, segments,
        new RuleSentence(segments, rules.Audiences.ToDictionary(a => a.Id, a => a.Name), rules.Campaigns.GroupBy(c => c.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Name, StringComparer.Ordinal), currency));

    /// <summary>The models that conditions can name, with the one that a rule names already.</summary>
    public IEnumerable<(string Value, string Text)> ModelsWith(string model) => Rules.Models.Append(model).Distinct(StringComparer.Ordinal).Select(m => (m, Vocabulary.Model(m)));

    /// <summary>Events of the shop, with the one that a rule names already.</summary>
    public IEnumerable<(string Value, string Text)> EventsWith(string name) => Rules.Events.Append(name).Distinct(StringComparer.Ordinal).Select(e => (e, AudienceNames.Event(e)));

    /// <summary>Categories of the catalogue, with the one that a rule names already.</summary>
    public IEnumerable<(string Value, string Text)> CategoriesWith(string category) => Rules.Categories.Append(category).Distinct(StringComparer.Ordinal).Select(c => (c, c));

    /// <summary>Campaigns that went out, with the one that a rule names already.</summary>
    public IEnumerable<(string Value, string Text)> CampaignsWith(params IReadOnlyList<string> named) =>
        Rules.Campaigns.Select(c => (c.Id, c.Name)).Concat(named.Where(id => Rules.Campaigns.All(c => c.Id != id)).Select(id => (id, id)));

    /// <summary>Marketing in general, then the topics of the shop, with the one that a rule names already.</summary>
    public IEnumerable<(string Value, string Text)> TopicsWith(string topic) => Rules.Topics.Prepend(ConsentProjection.Marketing).Append(topic).Distinct(StringComparer.Ordinal).Select(t => (t, AudienceNames.Topic(t)));

    /// <summary>Figures of the portal, then traits of the shop.</summary>
    public IEnumerable<(string Value, string Text)> AttributesWith(string name) => RuleFigures.All.Select(f => f.Name).Concat(Rules.Attributes.Select(a => a.Name)).Append(name)
        .Distinct(StringComparer.Ordinal).Select(a => (a, AudienceNames.Attribute(a)));
}

/// <summary>What "add condition" offers, and the rule that each choice begins with.</summary>
/// <param name="Key">Name of its word, behind <c>Kind</c>.</param>
public sealed record ConditionKind(string Key, string Icon, Func<BuilderChoices, Rule?> Make)
{
    private static readonly EventWindow HalfYear = EventWindow.Last(180), Month = EventWindow.Last(30);

    /// <summary>In groups with a heading; a kind that the shop has no data for makes nothing and is not offered.</summary>
    public static IReadOnlyList<(string Group, IReadOnlyList<ConditionKind> Kinds)> Groups { get; } =
    [
        ("Did",
        [
            new("Ordered", "shopping-bag", _ => Event("order_placed", NumberTest.AtLeast(1), HalfYear)),
            new("NotOrdered", "shield-check", _ => Event("order_placed", NumberTest.Never, EventWindow.Last(7))),
            new("Viewed", "eye", c => c.Rules.Events.Contains("item_viewed") ? Event("item_viewed", NumberTest.AtLeast(1), EventWindow.Last(14)) : null),
            new("Cart", "shopping-cart", c => c.Rules.Events.Contains("cart_added") ? Event("cart_added", NumberTest.AtLeast(1), EventWindow.Last(2)) : null),
            new("Message", "mail", _ => new MessageCondition(MessageAction.Clicked, [], NumberTest.AtLeast(1), EventWindow.Last(60))),
            new("OtherEvent", "zap", c => c.Rules.Events.Count > 0 ? Event(c.Rules.Events[0], NumberTest.AtLeast(1), Month) : null),
            new("Aggregate", "scale", _ => new AggregateCondition(EventQuery.Of("order_placed", HalfYear), AggregateKind.Sum, "amount", NumberTest.AtLeast(100))),
            new("Share", "chart-pie", c => c.Rules.Categories.Count > 0 ? new RatioCondition(Measure.Count(OrdersOf(c.Rules.Categories[0])), Measure.Count(EventQuery.Of("order_placed", HalfYear)), NumberTest.AtLeast(0.5m)) : null),
            new("Ratio", "scale", _ => new RatioCondition(new Measure(EventQuery.Of("order_placed", HalfYear), AggregateKind.Sum, "amount"), Measure.Count(EventQuery.Of("order_placed", HalfYear)), NumberTest.AtLeast(50))),
        ]),
        ("Will",
        [
            new("Likely", "trending-up", c => Top(c, "purchase-30", 30)),
            new("Leaving", "trending-down", c => Top(c, "churn-90", 20)),
            new("Expected", "wallet", c => Top(c, "lifetime-value", 10)),
            new("Taste", "heart", c => c.Rules.Categories.Count > 0 ? new TasteCondition("order_placed", HalfYear, c.Rules.Categories[0], TasteOperator.Top, 2) : null),
            new("Recommendable", "gift", c => c.Rules.Lists.Count > 0 ? new RecommendableCondition(c.Rules.Lists[0], 3) : null),
            new("Segment", "users", c => c.Segments.Count > 0 ? new SegmentCondition([c.Segments.Keys.Min()], true) : null),
        ]),
        ("Are",
        [
            new("Orders", "receipt", _ => new AttributeCondition(RuleFigures.Orders, NumberTest.AtLeast(2))),
            new("Spent", "hand-coins", _ => new AttributeCondition(RuleFigures.Spent, NumberTest.AtLeast(100))),
            new("Country", "map-pin", c => Place(c, PlaceTraits.Country)),
            new("Region", "map-pin", c => Place(c, PlaceTraits.Region)),
            new("City", "map-pin", c => Place(c, PlaceTraits.City)),
            new("LocalHour", "clock", _ => new LocalHourCondition(18, 22)),
            new("Trait", "tag", c => c.Rules.Attributes.FirstOrDefault(a => !PlaceTraits.All.Contains(a.Name)) is { } attribute ? Attribute(attribute) : null),
            new("Place", "target", c => HasPlaces(c) ? new PlaceCondition(51.5, -0.13, 50) : null),
            new("Audience", "filter", c => c.Rules.Audiences.Count > 0 ? new MembershipCondition(c.Rules.Audiences[0].Id, true) : null),
        ]),
        ("May",
        [
            new("Reach", "send", _ => new ReachCondition("email", true)),
            new("Consent", "check", _ => new ConsentCondition("email", ConsentProjection.Marketing, ConsentState.Granted)),
            new("Topic", "bookmark", c => c.Rules.Topics.Count > 0 ? new ConsentCondition("email", c.Rules.Topics[0], ConsentState.Granted) : null),
        ]),
    ];

    public static string IconOf(Rule rule) => rule switch
    {
        EventCondition { Event.Name: "item_viewed" } => "eye",
        EventCondition { Event.Name: "cart_added" } => "shopping-cart",
        EventCondition { Event.Name: "order_placed", Times: { Operator: NumberOperator.Equal, Value: 0 } } => "shield-check",
        EventCondition { Event.Name: "order_placed" } => "shopping-bag",
        EventCondition => "zap",
        AggregateCondition => "scale",
        RatioCondition { IsShare: true } => "chart-pie",
        RatioCondition => "scale",
        PlaceCondition => "target",
        MessageCondition => "mail",
        PredictionCondition { Model: "churn-90" } => "trending-down",
        PredictionCondition { Model: "lifetime-value" } => "wallet",
        PredictionCondition => "trending-up",
        TasteCondition => "heart",
        RecommendableCondition => "gift",
        SegmentCondition => "users",
        MembershipCondition => "filter",
        ReachCondition => "send",
        ConsentCondition { Purpose: not ConsentProjection.Marketing } => "bookmark",
        ConsentCondition => "check",
        ListCondition => "list",
        LocalHourCondition => "clock",
        AttributeCondition c when PlaceTraits.All.Contains(c.Attribute) => "map-pin",
        _ => "tag",
    };

    /// <summary>A first test that suits the kind of the attribute.</summary>
    public static AttributeCondition Attribute(AttributeChoice attribute) => new(attribute.Name, attribute.Kind switch
    {
        AttributeKind.Number or AttributeKind.Money => NumberTest.AtLeast(1),
        AttributeKind.Date or AttributeKind.DateTime => new DateTest(DateOperator.InLast) { Days = 30 },
        AttributeKind.List => new ListTest(ListOperator.Any, [attribute.Values.Count > 0 ? AttributeValue.Parts(attribute.Values[0])[0] : "…"]),
        _ => new TextTest(TextOperator.Is, [attribute.Values.Count > 0 ? attribute.Values[0] : "…"]),
    });

    /// <summary>The same taste with another comparison: a number of categories is no share.</summary>
    public static TasteCondition Taste(TasteCondition taste, TasteOperator chosen) => chosen == taste.Operator ? taste : taste with { Operator = chosen, Value = chosen is TasteOperator.Top ? 2 : 0.3m };

    private static AttributeCondition? Place(BuilderChoices choices, string trait) =>
        choices.Rules.Attributes.FirstOrDefault(a => a.Name == trait) is { Values: [var most, ..] } ? new AttributeCondition(trait, new TextTest(TextOperator.Is, [most])) : null;

    private static EventQuery OrdersOf(string category) => new("order_placed", HalfYear, [], new ItemFilter(ItemFilterKind.Category, [category]));

    private static bool HasPlaces(BuilderChoices choices) => choices.Rules.Attributes.Any(a => a.Name == PlaceCondition.LatitudeTrait) && choices.Rules.Attributes.Any(a => a.Name == PlaceCondition.LongitudeTrait);

    private static EventCondition Event(string name, NumberTest times, EventWindow window) => new(EventQuery.Of(name, window), times);

    private static PredictionCondition? Top(BuilderChoices choices, string model, double percent) =>
        choices.Rules.Models.Contains(model) ? new PredictionCondition(model, PredictionOperator.Top, percent) : null;
}

/// <summary>A ready-made rule.</summary>
/// <param name="Key">Name of its words, <c>Idea_…</c>.</param>
public sealed record AudienceIdea(string Key, Func<BuilderChoices, AudienceRule?> Make)
{
    public static IReadOnlyList<AudienceIdea> All { get; } =
    [
        new("again", c => Has(c, "purchase-30") ? Rule(new AttributeCondition(RuleFigures.Orders, new NumberTest(NumberOperator.Equal, 1)), new PredictionCondition("purchase-30", PredictionOperator.Top, 30)) : null),
        // Not by the value to come: whoever is about to leave has little of it.
        new("slipping", c => Has(c, "churn-90") ? Rule(new PredictionCondition("churn-90", PredictionOperator.Top, 30), new AttributeCondition(RuleFigures.Orders, NumberTest.AtLeast(3))) : null),
        new("basket", c => c.Rules.Events.Contains("cart_added")
            ? Rule(new EventCondition(EventQuery.Of("cart_added", EventWindow.Last(2)), NumberTest.AtLeast(1)), new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(2)), NumberTest.Never)) : null),
        new("top", c => Has(c, "lifetime-value") ? Rule(new PredictionCondition("lifetime-value", PredictionOperator.Top, 10)) : null),
        new("silent", _ => Rule(new AttributeCondition(RuleFigures.Orders, NumberTest.AtLeast(1)), new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(90)), NumberTest.Never))),
        new("new", _ => Rule(new AttributeCondition(RuleFigures.FirstOrder, new DateTest(DateOperator.InLast) { Days = 30 }))),
        new("birthday", c => Birthday(c, days: 6)),
    ];

    /// <summary>The idea of this key.</summary>
    public static AudienceIdea Of(string key) => All.First(i => i.Key == key);

    /// <summary>Whose birthday is today or within the next days; null where the shop knows no dates of birth.</summary>
    internal static AudienceRule? Birthday(BuilderChoices choices, int days) =>
        choices.Rules.Attributes.FirstOrDefault(a => a.Kind is AttributeKind.Date && a.Name.StartsWith("birth", StringComparison.OrdinalIgnoreCase))?.Name is { } birthday
            ? Rule(new AttributeCondition(birthday, new DateTest(DateOperator.AnniversaryInNext) { Days = days })) : null;

    private static bool Has(BuilderChoices choices, string model) => choices.Rules.Models.Contains(model);

    internal static AudienceRule Rule(params Rule[] rules) => new(new RuleGroup(GroupKind.All, rules), []);
}
