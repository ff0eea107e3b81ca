namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>What a rule did to a list.</summary>
/// <param name="Before">Place without rules, from 1; null when the product was not on the list.</param>
/// <param name="After">Place now; null when it is gone.</param>
public sealed record RuleEffect(long Item, string Kind, long RuleId, int? Before, int? After);

/// <summary>An item of a finished list.</summary>
/// <param name="Rule">The pin or boost that acts on it; null for none.</param>
public sealed record ListedItem(RecommendedItem Item, RecommendationRule? Rule);

/// <summary>A list after the rules.</summary>
public sealed record RuledReply(IReadOnlyList<ListedItem> Items, RecommendationLevel Level, string Why);

/// <summary>Applies rules to a request: blocks and boosts inside the search, pins at their places. Pure; the one place where rules act.</summary>
public static class RuledList
{
    public static RuledReply Of(RecommendationModel model, RecommendationRequest request, StrategyPlan plan)
    {
        var reply = model.Recommend(request with { Filters = Join(request.Filters, plan), Weights = plan.Weights, Diversity = plan.Setting.Diversity });
        var list = reply.Items.Select(i => new ListedItem(i, plan.Boosts.GetValueOrDefault(i.Item))).ToList();
        foreach (var pin in plan.Pins) // by place, so that each pushes only those behind it
        {
            if (pin.ItemId == request.ContextItem || pin.Place > request.Count || request.Filters.ExcludedItems.Contains(pin.ItemId!.Value)) continue; // a pin names a product
            var item = new RecommendedItem(pin.ItemId!.Value, 1, RecommendationLevel.Personal, new RecommendationReason(RecommendationReason.Pinned));
            list.Insert(Math.Min(pin.Place!.Value - 1, list.Count), new ListedItem(item, pin)); // and its place
        }
        return new RuledReply([.. list.Take(request.Count)], reply.Level, reply.Why);
    }

    /// <summary>What the rules changed, seen from the list without them: first what is there, then what is gone.</summary>
    public static IReadOnlyList<RuleEffect> Effects(RuledReply with, RuledReply without, StrategyPlan plan)
    {
        var before = without.Items.Select((item, place) => (item.Item.Item, Place: place + 1)).ToDictionary(i => i.Item, i => i.Place);
        var after = with.Items.Select((item, place) => (item.Item.Item, Place: place + 1)).ToDictionary(i => i.Item, i => i.Place);
        List<RuleEffect> effects = [];
        foreach (var listed in with.Items.Where(i => i.Rule is not null))
        {
            int? place = before.TryGetValue(listed.Item.Item, out var found) ? found : null;
            if (place != after[listed.Item.Item]) effects.Add(new RuleEffect(listed.Item.Item, listed.Rule!.Kind, listed.Rule.Id, place, after[listed.Item.Item])); // the filter above saw a rule
        }
        foreach (var (item, place) in before.Where(b => !after.ContainsKey(b.Key)))
        {
            if ((plan.Blocks.GetValueOrDefault(item) ?? plan.Boosts.GetValueOrDefault(item)) is not { } rule) continue;
            effects.Add(new RuleEffect(item, rule.Kind, rule.Id, place, null));
        }
        return effects;
    }

    private static RecommendationFilters Join(RecommendationFilters asked, StrategyPlan plan)
    {
        var own = plan.Filters;
        return asked with
        {
            NotBoughtInDays = own.NotBoughtInDays,
            MinPrice = asked.MinPrice ?? own.MinPrice,
            MaxPrice = asked.MaxPrice ?? own.MaxPrice,
            InStock = own.InStock,
            ExcludedItems = asked.ExcludedItems.Count == 0 ? own.ExcludedItems : new HashSet<long>([.. asked.ExcludedItems, .. own.ExcludedItems]),
        };
    }
}
