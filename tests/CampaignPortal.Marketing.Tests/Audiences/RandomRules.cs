using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>Rules drawn from everything that the tree can say.</summary>
internal static class RandomRules
{
    private static readonly string[] Attributes = ["country", "points", "birthday", "lastVisit", "tags", "nobody-has-this"];
    private static readonly string[] Channels = ["email", "sms", "push"];

    public static AudienceRule Rule(Rng rng) => new(Group(rng, 1), [.. Enumerable.Range(0, rng.NextInt(3)).Select(_ => Node(rng, 2))])
    {
        Added = rng.NextInt(4) is 0 ? [.. Enumerable.Range(0, 4).Select(_ => (long)rng.NextInt(150))] : [],
        Removed = rng.NextInt(4) is 0 ? [.. Enumerable.Range(0, 4).Select(_ => (long)rng.NextInt(150))] : [],
    };

    public static RuleGroup Group(Rng rng, int depth) => new((GroupKind)rng.NextInt(3), [.. Enumerable.Range(0, rng.NextInt(4)).Select(_ => Node(rng, depth + 1))]) { IsOff = rng.NextInt(12) is 0 };

#pragma warning disable CA1859 // the analyser does not see through "with" that the other branch is any rule
    private static Rule Node(Rng rng, int depth) => depth < 4 && rng.NextInt(4) is 0 ? Group(rng, depth) : Condition(rng) with { IsOff = rng.NextInt(8) is 0 };
#pragma warning restore CA1859

    public static Rule Condition(Rng rng) => rng.NextInt(17) switch
    {
        0 or 1 => Attribute(rng),
        2 => new ConsentCondition(Channels[rng.NextInt(3)], "marketing", (ConsentState)rng.NextInt(3)),
        3 => new ReachCondition(Channels[rng.NextInt(3)], rng.NextInt(2) is 0),
        4 => new SegmentCondition([rng.NextInt(4)], rng.NextInt(2) is 0),
        5 => Prediction(rng),
        6 or 7 => new EventCondition(Query(rng), Number(rng, 4)),
        8 => new AggregateCondition(Query(rng), (AggregateKind)rng.NextInt(7), "score", Number(rng, 12)),
        9 => Money(rng),
        10 => new MessageCondition((MessageAction)rng.NextInt(5), [.. AudienceShop.Campaigns.Take(rng.NextInt(3))], Number(rng, 3), Window(rng), rng.NextInt(2) is 0),
        11 => Ratio(rng),
        12 => Taste(rng),
        13 => new RecommendableCondition(RecommendableCondition.Lists[rng.NextInt(3)], 1 + rng.NextInt(4)),
        14 => LocalHours(rng),
        15 => new PlaceCondition(50 + rng.NextInt(3), 8 + rng.NextInt(4), 50 + rng.NextInt(400)),
        _ => rng.NextInt(2) is 0 ? new MembershipCondition(1, rng.NextInt(2) is 0) : new ListCondition([.. Enumerable.Range(0, 6).Select(_ => (long)rng.NextInt(150))]),
    };

    private static TasteCondition Taste(Rng rng)
    {
        var isTop = rng.NextInt(2) is 0;
        return new TasteCondition(
            TasteCondition.Events[rng.NextInt(3)], Window(rng), AudienceShop.Categories[rng.NextInt(AudienceShop.Categories.Length)] ?? "gone", isTop ? TasteOperator.Top : TasteOperator.Share, isTop ? 1 + rng.NextInt(3) : (1 + rng.NextInt(100)) / 100m);
    }

    private static LocalHourCondition LocalHours(Rng rng)
    {
        var from = rng.NextInt(24);
        return new LocalHourCondition(from, (from + rng.NextInt(23)) % 24 + 1);
    }

    private static RatioCondition Ratio(Rng rng)
    {
        Measure Of(Rng draws) => draws.NextInt(3) switch
        {
            0 => new Measure(Query(draws), (AggregateKind)draws.NextInt(5), "amount"),
            1 => new Measure(Query(draws), AggregateKind.Distinct, "item"),
            _ => Measure.Count(Query(draws)),
        };
        var part = Of(rng);
        // Mostly a share, as people ask it.
        var whole = rng.NextInt(3) > 0 ? part with { Event = part.Event with { Items = null, Where = [], Window = Window(rng) } } : Of(rng);
        return new RatioCondition(part, whole, new NumberTest((NumberOperator)rng.NextInt(6), rng.NextInt(10) / 10m));
    }

    private static AggregateCondition Money(Rng rng)
    {
        var isDistinct = rng.NextInt(3) is 0;
        return new AggregateCondition(Query(rng), isDistinct ? AggregateKind.Distinct : (AggregateKind)rng.NextInt(5), isDistinct ? "item" : rng.NextInt(2) is 0 ? "amount" : "quantity", Number(rng, isDistinct ? 5 : 60));
    }

    private static PredictionCondition Prediction(Rng rng)
    {
        var from = rng.NextInt(100) / 100.0;
        return (PredictionOperator)rng.NextInt(5) switch
        {
            PredictionOperator.Between => new("purchase-30", PredictionOperator.Between, from, from + 0.3),
            PredictionOperator.Top => new("purchase-30", PredictionOperator.Top, 1 + rng.NextInt(99)),
            PredictionOperator.Bottom => new("purchase-30", PredictionOperator.Bottom, 1 + rng.NextInt(99)),
            var other => new("purchase-30", other, from),
        };
    }

    private static AttributeCondition Attribute(Rng rng)
    {
        if (rng.NextInt(2) is 0) return new AttributeCondition(Attributes[rng.NextInt(Attributes.Length)], Test(rng));
        var figure = RuleFigures.All[rng.NextInt(RuleFigures.All.Count)];
        var test = rng.NextInt(5) is 0 ? new KnownTest(rng.NextInt(2) is 0) : figure.Kind is FigureKind.Date ? Date(rng) : rng.NextInt(3) is 0 ? Rank(rng) : (ValueTest)Number(rng, 200);
        return new AttributeCondition(figure.Name, test);
    }

    private static RankTest Rank(Rng rng) => new((RankSide)rng.NextInt(2), 1 + rng.NextInt(60));

    private static ValueTest Test(Rng rng) => rng.NextInt(6) switch
    {
        0 => new KnownTest(rng.NextInt(2) is 0),
        1 => new TextTest((TextOperator)rng.NextInt(6), [.. AudienceShop.Countries.Take(1 + rng.NextInt(2)).Select(v => v[..Math.Min(v.Length, 7)])], rng.NextInt(2) is 0),
        2 => Number(rng, 50) with { OrMissing = rng.NextInt(3) is 0 },
        3 => Date(rng),
        4 => Rank(rng),
        _ => new ListTest((ListOperator)rng.NextInt(3), rng.NextInt(2) is 0 ? ["vip"] : ["VIP", "garden"], rng.NextInt(3) is 0),
    };

    private static DateTest Date(Rng rng)
    {
        var day = DateOnly.FromDateTime(AudienceShop.Now.DateTime).AddDays(-rng.NextInt(60));
        return new DateTest((DateOperator)rng.NextInt(10)) { From = day, To = day.AddDays(20), Days = rng.NextInt(60), Weekdays = [(DayOfWeek)rng.NextInt(7), DayOfWeek.Monday], FromHour = rng.NextInt(12), ToHour = 12 + rng.NextInt(13) };
    }

    private static NumberTest Number(Rng rng, int limit)
    {
        var value = rng.NextInt(limit);
        return new NumberTest((NumberOperator)rng.NextInt(7), value, value + rng.NextInt(limit));
    }

    private static EventQuery Query(Rng rng)
    {
        var items = rng.NextInt(3) switch
        {
            0 => new ItemFilter(ItemFilterKind.Item, [.. AudienceShop.Items.Take(1 + rng.NextInt(3)), "it's gone"]),
            1 => new ItemFilter(ItemFilterKind.Category, [rng.NextInt(2) is 0 ? "Garden" : "Home"]),
            _ => null,
        };
        PropertyFilter[] where = rng.NextInt(4) switch
        {
            3 when rng.NextInt(2) is 0 => [new PropertyFilter(RuleFigures.EventTime, new DateTest(rng.NextInt(2) is 0 ? DateOperator.Hours : DateOperator.Weekday) { FromHour = 18, ToHour = 2, Weekdays = [DayOfWeek.Saturday, DayOfWeek.Sunday] })],
            0 => [new PropertyFilter("score", Number(rng, 8))],
            1 when rng.NextInt(2) is 0 => [new PropertyFilter("device", new TextTest(TextOperator.Is, ["phone"]))],
            _ => [],
        };
        return new EventQuery(AudienceShop.EventNames[rng.NextInt(AudienceShop.EventNames.Length)], Window(rng), where, items);
    }

    private static EventWindow Window(Rng rng) => rng.NextInt(4) switch
    {
        0 => EventWindow.Ever,
        1 => EventWindow.Last(1 + rng.NextInt(60)),
        3 => new EventWindow(SinceCampaign: rng.NextInt(5) is 0 ? "never sent" : AudienceShop.Campaigns[rng.NextInt(3)]),
        _ => new EventWindow(From: DateOnly.FromDateTime(AudienceShop.Now.DateTime).AddDays(-rng.NextInt(60)), To: rng.NextInt(2) is 0 ? null : DateOnly.FromDateTime(AudienceShop.Now.DateTime)),
    };
}
