using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Recommendations.Serving;

/// <summary>What is known of one customer at the moment of a request.</summary>
/// <param name="LastItems">Products bought, newest first, each once: the history that a preview shows.</param>
public sealed record KnownTaste(CustomerTaste Taste, int? Segment, IReadOnlyList<BoughtItem> LastItems);

public sealed record BoughtItem(long Item, DateTimeOffset At, int OrderCount);

/// <summary>Reads the purchases of one customer from the log: the same taste that a batch would make, of now.</summary>
public sealed class TasteReader(PortalDatabase database, ShopSettingsStore shop, PageMoment moment)
{
    /// <summary>Null for a number that nobody has, or that was erased.</summary>
    public KnownTaste? Read(long customer, RecommendationModel model)
    {
        var zone = shop.Read().Zone;
        using var connection = database.OpenReader();
        using var exists = connection.Prepare("select 1 from \"Customers\" where \"Id\" = @0 and \"ErasedAt\" is null", 1);
        if (exists.RunScalar(customer) is null) return null;

        const string Paid = "e.\"Type\" = @1 and e.\"ItemId\" is not null and e.\"Amount\" > 0";
        // What was bought before the browser said whose it is counts from then on, as in a batch (ItemPurchases).
        using var command = connection.Prepare(
            $"""
            select e."OccurredAt" as "At", e."ItemId", e."OrderId", e."Sequence" as "Number" from "Events" e where e."CustomerId" = @0 and {Paid}
            union all select case when j."At" > e."OccurredAt" then j."At" else e."OccurredAt" end, e."ItemId", e."OrderId", e."Sequence" from {JoinedHistory.From} and j."CustomerId" = @0 and {Paid} order by "At", "Number"
            """,
            2);
        command.Set(0, customer);
        command.Set(1, KnownEvents.OrderPlaced);
        List<(long At, long Item, string? Order)> lines = [];
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read()) lines.Add((reader.GetInt64(0), reader.GetInt64(1), reader.TextOrNull(2)));
        }
        using var segment = connection.Prepare("select \"Value\" from \"CustomerScores\" where \"CustomerId\" = @0 and \"Model\" = @1", 2);
        var now = moment.Read();
        var calendar = new LocalCalendar(zone, lines.Count > 0 ? Math.Min(lines[0].At, now.UtcTicks) : now.UtcTicks, now.UtcTicks);
        return new KnownTaste(TasteOf(lines, model, calendar, now), (int?)segment.RunScalar(customer, ModelNames.Segments), LastOf(lines));
    }

    private static CustomerTaste TasteOf(List<(long At, long Item, string? Order)> lines, RecommendationModel model, LocalCalendar calendar, DateTimeOffset now)
    {
        var orders = new Dictionary<string, int>(StringComparer.Ordinal);
        List<(int, int, int)> known = [];
        for (var i = 0; i < lines.Count; i++)
        {
            var (at, item, order) = lines[i];
            var position = model.IndexOf(item);
            if (position < 0) continue;
            if (order is not null) orders.TryAdd(order, orders.Count);
            known.Add((position, calendar.Day(at), order is null ? -2 - i : orders[order])); // a line without an order is an order of its own
        }
        return CustomerTaste.Of(ItemPurchases.OfOne(model.ItemCount, known), 0, calendar.CutDay(now));
    }

    private static List<BoughtItem> LastOf(List<(long At, long Item, string? Order)> lines) =>
        [.. lines.GroupBy(l => l.Item).Select(g => new BoughtItem(g.Key, Stored.Time(g.Max(l => l.At)), g.Select(l => l.Order).Distinct().Count())).OrderByDescending(b => b.At).ThenBy(b => b.Item)];
}
