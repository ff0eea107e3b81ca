using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>Rules and settings of one strategy, worked out for a catalogue: made once, used for every request until something changes. Immutable.</summary>
public sealed class StrategyPlan
{
    private StrategyPlan(string strategy, StrategySetting setting) => (Strategy, Setting) = (strategy, setting);

    public string Strategy { get; }

    public StrategySetting Setting { get; }

    /// <summary>By place; a blocked product is never among them, and no product is pinned twice.</summary>
    public IReadOnlyList<RecommendationRule> Pins { get; private init; } = [];

    /// <summary>The block that a product falls under.</summary>
    public IReadOnlyDictionary<long, RecommendationRule> Blocks { get; private init; } = new Dictionary<long, RecommendationRule>();

    /// <summary>The boosts of a product, for what is said about it.</summary>
    public IReadOnlyDictionary<long, RecommendationRule> Boosts { get; private init; } = new Dictionary<long, RecommendationRule>();

    /// <summary>What the scores of each position of the model are multiplied with; null when nothing is boosted.</summary>
    public float[]? Weights { get; private init; }

    /// <summary>When the first of its rules ends: the plan is made anew then.</summary>
    public DateTimeOffset ValidUntil { get; private init; } = DateTimeOffset.MaxValue;

    public bool HasRules => Pins.Count > 0 || Blocks.Count > 0 || Weights is not null;

    /// <param name="soldOut">Products with a known stock of none.</param>
    public static StrategyPlan Of(
        string strategy, StrategySetting setting, IReadOnlyList<RecommendationRule> rules, RecommendationModel model, IReadOnlyList<ItemRow> catalogue, IReadOnlySet<long> soldOut, DateTimeOffset now)
    {
        var acting = rules.Where(r => r.ActsOn(strategy, now)).OrderByDescending(r => r.Id).ToArray(); // the newest word counts first
        var blocks = new Dictionary<long, RecommendationRule>();
        foreach (var item in catalogue)
        {
            if (acting.FirstOrDefault(r => r.Kind is RecommendationRule.Block && IsAbout(r, item)) is { } block) blocks[item.Id] = block;
        }
        var (weights, boosts) = WeightsOf([.. acting.Where(r => r.Kind is RecommendationRule.Boost && r.Factor is > 0)], model, catalogue);
        var pins = PinsOf(acting, catalogue.Where(i => i.IsOffered && !blocks.ContainsKey(i.Id) && !(setting.InStockOnly && soldOut.Contains(i.Id))).Select(i => i.Id).ToHashSet());
        return new StrategyPlan(strategy, setting)
        {
            Pins = pins,
            Blocks = blocks,
            Boosts = boosts,
            Weights = weights,
            Filters = new RecommendationFilters
            {
                NotBoughtInDays = setting.NotBoughtInDays,
                MinPrice = (double?)setting.MinPrice,
                MaxPrice = (double?)setting.MaxPrice,
                InStock = setting.InStockOnly ? catalogue.Select(i => i.Id).Where(id => !soldOut.Contains(id)).ToHashSet() : null,
                ExcludedItems = new HashSet<long>([.. blocks.Keys, .. pins.Select(p => p.ItemId!.Value)]), // a pin names a product
            },
            ValidUntil = acting.Select(r => r.EndsAt).OfType<DateTimeOffset>().DefaultIfEmpty(DateTimeOffset.MaxValue).Min(),
        };
    }

    /// <summary>Filters of a request under this plan.</summary>
    public RecommendationFilters Filters { get; private init; } = RecommendationFilters.None;

    /// <summary>Whether a rule about a product or a category means this item.</summary>
    public static bool IsAbout(RecommendationRule rule, ItemRow item) =>
        rule.ItemId == item.Id || rule.ItemId is null && rule.Category is { } category && RecommendationModel.IsWithin(item.Category, category);

    // Several boosts of one product multiply: "tea" and "sale" both want it higher.
    private static (float[]? Weights, Dictionary<long, RecommendationRule> Boosts) WeightsOf(RecommendationRule[] boosts, RecommendationModel model, IReadOnlyList<ItemRow> catalogue)
    {
        var named = new Dictionary<long, RecommendationRule>();
        if (boosts.Length == 0) return (null, named);
        var weights = new float[model.ItemCount];
        Array.Fill(weights, 1);
        foreach (var item in catalogue)
        {
            var position = model.IndexOf(item.Id);
            foreach (var boost in boosts)
            {
                if (position < 0 || !IsAbout(boost, item)) continue;
                weights[position] *= (float)boost.Factor!.Value; // only boosts with a factor come here
                named.TryAdd(item.Id, boost);
            }
        }
        return (weights, named);
    }

    /// <summary>One product a place, one place a product; where two want the same place the newer rule has it and the other one takes the next.</summary>
    private static List<RecommendationRule> PinsOf(RecommendationRule[] acting, HashSet<long> allowed)
    {
        var taken = new SortedDictionary<int, RecommendationRule>();
        var pinned = new HashSet<long>();
        foreach (var pin in acting.Where(r => r is { Kind: RecommendationRule.Pin, ItemId: not null, Place: > 0 }))
        {
            if (!allowed.Contains(pin.ItemId!.Value) || !pinned.Add(pin.ItemId.Value)) continue; // the filter above saw an id
            var place = pin.Place!.Value; // and a place
            while (taken.ContainsKey(place)) place++;
            taken[place] = pin;
        }
        return [.. taken.Select(t => Placed(t.Value, t.Key))];
    }

    private static RecommendationRule Placed(RecommendationRule pin, int place) => pin.Place == place
        ? pin
        : new RecommendationRule
        {
            Id = pin.Id, Kind = pin.Kind, Strategy = pin.Strategy, ItemId = pin.ItemId, Place = place, EndsAt = pin.EndsAt, CreatedAt = pin.CreatedAt, CreatedBy = pin.CreatedBy,
        };
}
