using System.Text.Json;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>Lists of products for messages: the prepared ones, under the rules of now, without what was bought since, filled up with best sellers.</summary>
public sealed class MessageRecommendations(LiveRecommendations live, RuleBook book, RecommendHandler recommend, PortalDatabase database, PageMoment moment) : IRecommendationSource
{
    /// <summary>So many best sellers are at hand for lists that are short.</summary>
    private const int SpareCount = 40;

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<OfferedItem>>> ReadAsync(IReadOnlyList<long> customers, ListNeed need, CancellationToken ct)
    {
        var answer = new Dictionary<long, IReadOnlyList<OfferedItem>>(customers.Count);
        if (await live.ReadAsync(ct) is not { } serving) return answer;
        var plan = await book.PlanAsync(need.Strategy, serving, ct);
        var prepared = need.Strategy is Strategies.BestSellers ? [] : ReadPrepared(customers, need.Strategy);
        var bought = ReadBought(customers, moment.Read().AddDays(-Math.Max(1, plan.Setting.NotBoughtInDays)));
        var spare = need.Strategy is Strategies.BuyAgain ? [] : await BestSellersAsync(ct); // what somebody never bought cannot be bought again
        foreach (var customer in customers)
        {
            var list = Compose(prepared.GetValueOrDefault(customer) ?? [], spare, plan, serving, bought.GetValueOrDefault(customer), need.Count);
            if (list.Count > 0) answer[customer] = list;
        }
        return answer;
    }

    private async Task<IReadOnlyList<OfferedItem>> BestSellersAsync(CancellationToken ct)
    {
        var served = await recommend.HandleAsync(new Recommend(Strategies.BestSellers, Count: SpareCount), ct);
        return served is null ? [] : [.. served.Items.Select(i => new OfferedItem(i.Item.Id, i.Reason.Code, i.Reason.Arguments))];
    }

    /// <summary>Pins at their places, then the customer's own list, then best sellers; nothing blocked, sold out, just bought or twice.</summary>
    private static List<OfferedItem> Compose(
        IReadOnlyList<OfferedItem> own, IReadOnlyList<OfferedItem> spare, StrategyPlan plan, ServingModel serving, HashSet<long>? bought, int count)
    {
        var list = new List<OfferedItem>(count);
        var seen = new HashSet<long>();
        foreach (var item in own.Concat(spare))
        {
            if (list.Count == count) break;
            if (!serving.Items.TryGetValue(item.ItemId, out var row) || !row.IsOffered || plan.Filters.ExcludedItems.Contains(item.ItemId)) continue;
            if (plan.Filters.InStock?.Contains(item.ItemId) is false || bought?.Contains(item.ItemId) is true) continue;
            if (row.Price < plan.Filters.MinPrice || row.Price > plan.Filters.MaxPrice) continue;
            if (seen.Add(item.ItemId)) list.Add(item);
        }
        foreach (var pin in plan.Pins.Where(p => p.Place <= count)) // by place, so that each pushes only those behind it
            list.Insert(Math.Min(pin.Place!.Value - 1, list.Count), new OfferedItem(pin.ItemId!.Value, RecommendationReason.Pinned, [])); // a pin has both
        return list.Count <= count ? list : list[..count];
    }

    private Dictionary<long, IReadOnlyList<OfferedItem>> ReadPrepared(IReadOnlyList<long> customers, string list)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"Items\" from \"RecommendationLists\" where \"CustomerId\" = @0 and \"List\" = @1", 2);
        command.Set(1, list);
        var lists = new Dictionary<long, IReadOnlyList<OfferedItem>>(customers.Count);
        foreach (var customer in customers)
        {
            command.Set(0, customer);
            if (command.ExecuteScalar() is not string json) continue;
            var stored = JsonSerializer.Deserialize<List<StoredItem>>(json, JsonSerializerOptions.Web) ?? [];
            lists[customer] = [.. stored.Select(s => new OfferedItem(s.Item, s.Reason ?? "", s.Arguments ?? []))];
        }
        return lists;
    }

    private Dictionary<long, HashSet<long>> ReadBought(IReadOnlyList<long> customers, DateTimeOffset since)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"ItemId\" from \"Events\" where \"CustomerId\" = @0 and \"OccurredAt\" >= @1 and \"Type\" = @2 and \"ItemId\" is not null", 3);
        command.Set(1, Stored.Ticks(since));
        command.Set(2, KnownEvents.OrderPlaced);
        var bought = new Dictionary<long, HashSet<long>>();
        foreach (var customer in customers)
        {
            command.Set(0, customer);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (!bought.TryGetValue(customer, out var items)) bought[customer] = items = [];
                items.Add(reader.GetInt64(0));
            }
        }
        return bought;
    }

    private sealed record StoredItem(long Item, string? Reason, IReadOnlyList<string>? Arguments);
}
