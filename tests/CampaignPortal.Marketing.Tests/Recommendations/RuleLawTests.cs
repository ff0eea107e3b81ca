using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Marketing.Recommendations.Serving;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Recommendations;

/// <summary>What must hold for any rules, on many drawn shops of rules: the laws of pins, blocks and boosts.</summary>
public sealed class RuleLawTests
{
    private const int SeedCount = 150, ListLength = 6;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Begin.AddDays(200);
    private static readonly string[] Kinds = [RecommendationRule.Pin, RecommendationRule.Block, RecommendationRule.Boost];
    private static readonly string[] Answering = [Strategies.ForYou, Strategies.NewForYou, Strategies.BestSellers];

    private readonly EventTable _table;
    private readonly RecommendationModel _model;

    public RuleLawTests()
    {
        var rng = new Rng(8);
        var builder = new EventTableBuilder();
        var items = Enumerable.Range(0, 24).Select(i => builder.Item($"i{i:00}", $"{(i % 2 == 0 ? "tea" : "tool")} {(char)('a' + i)}", i % 2 == 0 ? "Food/Tea" : "Home/Tools", 10 + i)).ToArray();
        for (var customer = 0; customer < 50; customer++)
        {
            for (var order = 0; order < 4; order++)
            {
                var at = Begin.AddDays(order * 30 + rng.NextInt(20));
                for (var line = 0; line < 3; line++) builder.Add($"c{customer}", at, EventKind.OrderPlaced, items[rng.NextInt(24)], $"o{customer}-{order}", 1, 12);
            }
        }
        _table = builder.Build();
        _model = RecommendationTrainer.Train(_table, new RecommendationSettings { MinJudgedCustomers = 20, MinHistoryDays = 30 }, new Rng(2), ct: TestContext.Current.CancellationToken).Model!.Model;
    }

    [Fact]
    public void No_item_is_on_a_list_twice_and_a_list_is_full_while_enough_are_left() => ForAll((rules, strategy, taste) =>
    {
        var (list, plan) = List(rules, strategy, taste);
        Assert.Equal(list.Count, list.Distinct().Count());
        Assert.Equal(Math.Min(ListLength, _table.Items.Count - plan.Blocks.Count), list.Count);
    });

    [Fact]
    public void A_pin_stands_at_its_place_whatever_else_is_said() => ForAll((rules, strategy, taste) =>
    {
        var (list, plan) = List(rules, strategy, taste);
        Assert.All(plan.Pins.Where(p => p.Place <= list.Count), pin => Assert.Equal(pin.ItemId, list[pin.Place!.Value - 1]));
        Assert.Equal(plan.Pins.Count, plan.Pins.Select(p => p.Place).Distinct().Count());
    });

    [Fact]
    public void What_is_blocked_is_never_shown_pinned_or_not() => ForAll((rules, strategy, taste) =>
    {
        var (list, _) = List(rules, strategy, taste);
        var blocks = rules.Where(r => r.Kind is RecommendationRule.Block && r.ActsOn(strategy, Now)).ToArray();
        Assert.DoesNotContain(list, id => blocks.Any(b => StrategyPlan.IsAbout(b, _table.Items.Single(i => i.Id == id))));
    });

    [Fact]
    public void A_stronger_boost_never_moves_an_item_down() => ForAll((rules, strategy, taste) =>
    {
        var others = rules.Where(r => r.Kind is not RecommendationRule.Pin).ToArray();
        foreach (var item in _table.Items.Take(4))
        {
            var places = new[] { 0.2, 0.7, 1, 1.5, 4, 10 }.Select(factor =>
            {
                var (list, _) = List([.. others, Rule(99, RecommendationRule.Boost, item.Id, factor: factor)], strategy, taste);
                return list.IndexOf(item.Id) is >= 0 and var at ? at : ListLength;
            }).ToArray();
            Assert.Equal(places.OrderDescending(), places);
        }
    });

    [Fact]
    public void A_rule_acts_until_its_end_and_not_a_moment_longer()
    {
        var id = _table.Items[3].Id;
        RecommendationRule[] rules = [Rule(1, RecommendationRule.Pin, id, place: 2, endsAt: Now)];
        Assert.Equal(id, List(rules, Strategies.ForYou, CustomerTaste.Nobody, Now.AddTicks(-1)).Ids[1]);
        Assert.Empty(List(rules, Strategies.ForYou, CustomerTaste.Nobody, Now).Plan.Pins);
        Assert.Equal(Now, List(rules, Strategies.ForYou, CustomerTaste.Nobody, Now.AddTicks(-1)).Plan.ValidUntil);
    }

    [Fact]
    public void A_rule_of_one_strategy_leaves_the_others_alone()
    {
        RecommendationRule[] rules = [Rule(1, RecommendationRule.Block, _table.Items[0].Id, strategy: Strategies.Similar)];
        Assert.NotEmpty(Plan(rules, Strategies.Similar, Now).Blocks);
        Assert.False(Plan(rules, Strategies.ForYou, Now).HasRules);
    }

    [Fact]
    public void Effects_tell_what_came_and_what_went()
    {
        var bare = Plan([], Strategies.BestSellers, Now);
        var request = new RecommendationRequest { Strategy = RecommendationStrategy.BestSellersInCategory, Count = ListLength };
        var without = RuledList.Of(_model, request, bare);
        var (first, last) = (without.Items[0].Item.Item, _table.Items.First(i => without.Items.All(w => w.Item.Item != i.Id)).Id);
        var plan = Plan([Rule(1, RecommendationRule.Block, first), Rule(2, RecommendationRule.Pin, last, place: 3)], Strategies.BestSellers, Now);

        var effects = RuledList.Effects(RuledList.Of(_model, request, plan), without, plan);

        Assert.Contains(new RuleEffect(last, RecommendationRule.Pin, 2, null, 3), effects);
        Assert.Contains(new RuleEffect(first, RecommendationRule.Block, 1, 1, null), effects);
        Assert.Equal(2, effects.Count);
    }

    private void ForAll(Action<IReadOnlyList<RecommendationRule>, string, CustomerTaste> law)
    {
        for (var seed = 0; seed < SeedCount; seed++)
        {
            var rng = new Rng(seed);
            var rules = Enumerable.Range(1, rng.NextInt(6)).Select(id => Draw(id, rng)).ToArray();
            var taste = new CustomerTaste([.. Enumerable.Range(0, rng.NextInt(4)).Select(_ => rng.NextInt(24)).Distinct().Order().Select(i => new OwnItem(i, 1, 1, 30, null))], []);
            law(rules, Answering[rng.NextInt(Answering.Length)], taste);
        }
    }

    private RecommendationRule Draw(int id, Rng rng)
    {
        var kind = Kinds[rng.NextInt(Kinds.Length)];
        var isCategory = kind is not RecommendationRule.Pin && rng.NextInt(4) is 0;
        return Rule(id, kind, isCategory ? null : _table.Items[rng.NextInt(24)].Id, isCategory ? "Home" : null, 1 + rng.NextInt(ListLength + 2), 0.2 + 3 * rng.NextDouble(),
            rng.NextInt(5) is 0 ? Strategies.NewForYou : null, rng.NextInt(5) is 0 ? Now.AddDays(-1 + rng.NextInt(3)) : null);
    }

    private static RecommendationRule Rule(long id, string kind, long? item, string? category = null, int? place = null, double? factor = null, string? strategy = null, DateTimeOffset? endsAt = null) =>
        new() { Id = id, Kind = kind, ItemId = item, Category = category, Place = place, Factor = factor, Strategy = strategy, EndsAt = endsAt, CreatedAt = Begin, CreatedBy = "1" };

    private StrategyPlan Plan(IReadOnlyList<RecommendationRule> rules, string strategy, DateTimeOffset now) =>
        StrategyPlan.Of(strategy, StrategySetting.DefaultOf(strategy), rules, _model, _table.Items, new HashSet<long>(), now);

    private (List<long> Ids, StrategyPlan Plan) List(IReadOnlyList<RecommendationRule> rules, string strategy, CustomerTaste taste, DateTimeOffset? now = null)
    {
        var plan = Plan(rules, strategy, now ?? Now);
        var request = new RecommendationRequest { Strategy = Strategies.KindOf(strategy)!.Value, Count = ListLength, Taste = taste };
        return ([.. RuledList.Of(_model, request, plan).Items.Select(i => i.Item.Item)], plan);
    }
}
