using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>A question for products, from a page, a message or the API.</summary>
/// <param name="Strategy">One of <see cref="Strategies.All"/>.</param>
/// <param name="Customer">Portal number; null for a visitor whom nobody knows.</param>
/// <param name="Item">Portal id of the product looked at, for strategies that start from one; without it the product bought last is taken.</param>
/// <param name="Category">Only products of this category.</param>
/// <param name="Exclude">Portal ids that must not appear: in the cart, shown before.</param>
/// <param name="Explain">Also says what the rules changed; costs a second list.</param>
public sealed record Recommend(string Strategy, long? Customer = null, long? Item = null, string? Category = null, int Count = 10, IReadOnlySet<long>? Exclude = null, bool Explain = false);

/// <summary>A product on a list.</summary>
/// <param name="Score">Share of the highest score of its level, 0 to 1: how long a bar is.</param>
/// <param name="Rule">The pin or boost that acts on it; null for none.</param>
public sealed record ServedItem(ItemRow Item, double Score, RecommendationLevel Level, RecommendationReason Reason, RecommendationRule? Rule);

/// <summary>The answer, with everything that a later look at it needs.</summary>
/// <param name="Level">The lowest level that was needed, and <paramref name="Why"/> as in <see cref="RecommendationReply.Why"/>.</param>
/// <param name="ModelVersion">The version that answered.</param>
/// <param name="Effects">What rules changed; empty unless it was asked for.</param>
/// <param name="ContextItem">The product that the list starts from.</param>
public sealed record Served(
    string Strategy, IReadOnlyList<ServedItem> Items, RecommendationLevel Level, string Why, int ModelVersion, IReadOnlyList<RuleEffect> Effects, ItemRow? ContextItem, KnownTaste? Customer);

/// <summary>Chooses products now: live model, taste of this moment, filters, variety, rules, and the ladder below it all.</summary>
public sealed class RecommendHandler(LiveRecommendations live, RuleBook book, TasteReader tastes)
{
    /// <summary>Null while no model answers.</summary>
    /// <exception cref="ArgumentException">There is no such strategy.</exception>
    public async Task<Served?> HandleAsync(Recommend query, CancellationToken ct)
    {
        var kind = Strategies.KindOf(query.Strategy) ?? throw new ArgumentException($"There is no strategy '{query.Strategy}'; there are {string.Join(", ", Strategies.All)}.", nameof(query));
        if (await live.ReadAsync(ct) is not { } serving) return null;
        var plan = await book.PlanAsync(query.Strategy, serving, ct);
        var known = query.Customer is { } customer ? tastes.Read(customer, serving.Model) : null;
        var context = query.Item ?? (Strategies.NeedsItem(query.Strategy) ? (known is { LastItems: [var last, ..] } ? last.Item : null) : null);
        var request = new RecommendationRequest
        {
            Strategy = kind, Count = query.Count, Taste = known?.Taste, Segment = known?.Segment, ContextItem = context,
            Filters = new RecommendationFilters { Categories = query.Category is null ? [] : [query.Category], ExcludedItems = query.Exclude ?? RecommendationFilters.None.ExcludedItems },
        };
        var reply = RuledList.Of(serving.Model, request, plan);
        var effects = query.Explain && plan.HasRules ? RuledList.Effects(reply, WithoutRules(serving, request, plan), plan) : [];
        return new Served(
            query.Strategy, Items(reply, serving), reply.Level, reply.Why, serving.Version, effects, context is { } id ? serving.Items.GetValueOrDefault(id) : null, known);
    }

    private static RuledReply WithoutRules(ServingModel serving, RecommendationRequest request, StrategyPlan plan) => RuledList.Of(
        serving.Model, request, StrategyPlan.Of(plan.Strategy, plan.Setting, [], serving.Model, serving.Catalogue, serving.SoldOut, DateTimeOffset.MinValue));

    private static List<ServedItem> Items(RuledReply reply, ServingModel serving)
    {
        var highest = reply.Items.GroupBy(i => i.Item.Level).ToDictionary(g => g.Key, g => g.Max(i => i.Item.Score));
        return [.. reply.Items.Where(i => serving.Items.ContainsKey(i.Item.Item)).Select(i => new ServedItem(
            serving.Items[i.Item.Item], highest[i.Item.Level] > 0 ? i.Item.Score / highest[i.Item.Level] : 0, i.Item.Level, i.Item.Reason, i.Rule))];
    }
}
