using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Marketing.Settings;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Everything on the page of one customer but the timeline.</summary>
public sealed record CustomerPage(long Id, string ExternalId, DateTimeOffset AsOf)
{
    /// <summary>Set when only the number remains.</summary>
    public DateTimeOffset? ErasedAt { get; init; }
    public required ContactData Contact { get; init; }
    public required IReadOnlyDictionary<string, string> Traits { get; init; }
    public LifeStage LifeStage { get; init; }
    public DateTimeOffset? FirstSeenAt { get; init; }
    public DateTimeOffset? FirstOrderAt { get; init; }
    public DateTimeOffset? LastOrderAt { get; init; }
    public int OrderCount { get; init; }
    /// <summary>Ordered less returned.</summary>
    public decimal Spent { get; init; }
    public decimal Returned { get; init; }
    /// <summary>Mean money of an order before returns; null without one.</summary>
    public decimal? AverageOrder { get; init; }
    /// <summary>The same over all orders of the shop.</summary>
    public decimal? ShopAverageOrder { get; init; }
    /// <summary>Mean time between orders; null with fewer than two.</summary>
    public TimeSpan? UsualGap { get; init; }
    /// <summary>Oldest first; the newest sixty.</summary>
    public required IReadOnlyList<OrderPoint> Orders { get; init; }
    public required IReadOnlyList<ConsentLine> Consents { get; init; }
    public required IReadOnlyList<CustomerPrediction> Predictions { get; init; }
    public int? Segment { get; init; }
    public required IReadOnlyList<RecommendedItem> Recommendations { get; init; }
    /// <summary>The item names bought most often, at most two.</summary>
    public required IReadOnlyList<string> Favourites { get; init; }
    /// <summary>The user who looks after the customer.</summary>
    public OwnerChoice? Owner { get; init; }
    /// <summary>1 to 5, 5 is lately and often; 0 without an order.</summary>
    public (int Recency, int Frequency) Rfm { get; init; }
    /// <summary>1 is the most valuable tenth; null is not scored.</summary>
    public int? ValueTenth { get; init; }
    /// <summary>Segments that the customer went through, newest first; the first one is the present one.</summary>
    public IReadOnlyList<SegmentStay> SegmentHistory { get; init; } = [];
    /// <summary>What was predicted before, oldest first, by model.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ScoreMoment>> ScoreHistory { get; init; } = new Dictionary<string, IReadOnlyList<ScoreMoment>>(StringComparer.Ordinal);

    /// <summary>How many usual gaps have gone by since the last order; null without a rhythm.</summary>
    public double? Overdue => UsualGap is { Ticks: > 0 } gap && LastOrderAt is { } last ? (AsOf - last) / gap : null;

    public CustomerPrediction? Prediction(string model) => Predictions.FirstOrDefault(p => p.Model == model);
}

/// <param name="Since">When the scoring first said so.</param>
public sealed record SegmentStay(int Segment, DateTimeOffset Since);

public sealed record ScoreMoment(DateTimeOffset AsOf, double Value);

public sealed record OrderPoint(string OrderId, DateTimeOffset PlacedAt, decimal Amount);

/// <param name="Channel"><c>email</c>, <c>sms</c>, …</param>
/// <param name="Purpose"><c>marketing</c>, <c>profiling</c>, …</param>
/// <param name="Suppression">Why the channel is closed whatever was granted; null when it is not.</param>
public sealed record ConsentLine(string Channel, string Purpose, bool IsGranted, DateTimeOffset ChangedAt, string? Origin, string? Suppression)
{
    /// <summary>Where the purpose is a topic of the mails.</summary>
    public MailTopic? Topic { get; init; }
    /// <summary>For <see cref="ContactWishes.Frequency"/>: at most one message in so many days.</summary>
    public int? LimitDays { get; init; }
    /// <summary>For <see cref="ContactWishes.Pause"/>: when it ends.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <param name="Average">Mean over all scored customers.</param>
/// <param name="Reasons">With the average and the rest they add up to the score.</param>
public sealed record CustomerPrediction(
    string Model, int Version, double Value, double? Lower, double? Upper, double Percentile, double? Average, DateTimeOffset AsOf, IReadOnlyList<ScoreReasonLine> Reasons);

/// <summary>A reason as it is stored.</summary>
public sealed record ScoreReasonLine(string Feature, double? Value, double Contribution);

/// <param name="List">Which list it is of: <c>for-you</c>, <c>buy-again</c>, <c>new-for-you</c>.</param>
/// <param name="Reason">Code of the reason, and what its words need.</param>
public sealed record RecommendedItem(string List, long ItemId, string Name, decimal? Price, string? ImageUrl, string? Reason, IReadOnlyList<string> Arguments);

public sealed class ReadCustomerHandler(
    IDbContextFactory<PortalDbContext> databases, PortalDatabase database, ContactVault vault, PageMoment moment, ShopAverages averages, CustomerColumnsStore columns, CustomerOwners owners, DeliverySettingsStore delivery)
{
    private const int OrderLimit = 60;
    private static readonly string[] ListOrder = [RecommendationRow.ForYou, RecommendationRow.BuyAgain, RecommendationRow.NewForYou];
    private const int RecommendationLimit = 4;

    /// <summary>Null for a number that nobody has, and for a customer who is none of the reader's business.</summary>
    public async Task<CustomerPage?> HandleAsync(long id, CustomerScope scope, CancellationToken ct)
    {
        if (!await owners.SeesAsync(scope, id, ct)) return null;
        await using var db = await databases.CreateDbContextAsync(ct);
        var customer = await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct);
        if (customer is null) return null;
        var now = moment.Read();
        if (customer.ErasedAt is not null) return Erased(customer, now);

        var totals = await db.CustomerTotals.AsNoTracking().FirstOrDefaultAsync(t => t.CustomerId == id, ct);
        var profile = await db.CustomerProfiles.AsNoTracking().FirstOrDefaultAsync(p => p.CustomerId == id, ct);
        var traits = await db.CustomerTraits.AsNoTracking().Where(t => t.CustomerId == id).ToDictionaryAsync(t => t.Name, t => t.Value, StringComparer.Ordinal, ct);
        var orders = await db.Orders.AsNoTracking().Where(o => o.CustomerId == id && o.LineCount > 0).OrderByDescending(o => o.PlacedAt).Take(OrderLimit)
            .Select(o => new OrderPoint(o.OrderId, o.PlacedAt, o.Amount)).ToListAsync(ct);
        var scores = await db.CustomerScores.AsNoTracking().Where(s => s.CustomerId == id).ToListAsync(ct);
        var shop = averages.Read();
        var history = await db.ScoreHistory.AsNoTracking().Where(p => p.CustomerId == id).OrderBy(p => p.AsOf).ToListAsync(ct);
        var known = columns.Read();
        var row = known.RowOf(id);
        orders.Reverse();
        return new CustomerPage(id, customer.ExternalId, now)
        {
            Contact = vault.Read(id) ?? ContactData.Nothing,
            Traits = traits,
            LifeStage = LifeStages.Of(totals?.OrderCount ?? 0, totals?.FirstOrderAt, totals?.LastOrderAt, now),
            FirstSeenAt = profile?.FirstSeenAt,
            FirstOrderAt = totals?.FirstOrderAt,
            LastOrderAt = totals?.LastOrderAt,
            OrderCount = totals?.OrderCount ?? 0,
            Spent = (totals?.Revenue ?? 0) - (totals?.ReturnedAmount ?? 0),
            Returned = totals?.ReturnedAmount ?? 0,
            AverageOrder = totals is { OrderCount: > 0 } ? totals.Revenue / totals.OrderCount : null,
            ShopAverageOrder = shop.AverageOrder,
            UsualGap = LifeStages.UsualGap(totals?.OrderCount ?? 0, totals?.FirstOrderAt, totals?.LastOrderAt),
            Orders = orders,
            Consents = await ReadConsentsAsync(db, id, delivery.Read(), now, ct),
            Predictions = [.. scores.Where(s => s.Model is not ModelNames.Segments).Select(s => Prediction(s, shop))],
            Segment = scores.FirstOrDefault(s => s.Model is ModelNames.Segments) is { } segment ? (int)segment.Value : null,
            Recommendations = await ReadRecommendationsAsync(db, id, ct),
            Favourites = ReadFavourites(id),
            Owner = await ReadOwnerAsync(db, id, ct),
            Rfm = row < 0 ? (0, 0) : (known.Recency[row], known.Frequency[row]),
            ValueTenth = row < 0 || known.Tenth[row] == 0 ? null : known.Tenth[row],
            SegmentHistory = [.. history.Where(p => p.Model is ModelNames.Segments).Reverse().Select(p => new SegmentStay((int)p.Value, p.AsOf))],
            ScoreHistory = history.Where(p => p.Model is not ModelNames.Segments).GroupBy(p => p.Model, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, IReadOnlyList<ScoreMoment> (g) => [.. g.Select(p => new ScoreMoment(p.AsOf, p.Value))], StringComparer.Ordinal),
        };
    }

    private static async Task<OwnerChoice?> ReadOwnerAsync(PortalDbContext db, long id, CancellationToken ct)
    {
        var owner = await db.CustomerOwners.AsNoTracking().Where(o => o.CustomerId == id)
            .Select(o => new { o.UserId, Name = db.Users.Where(u => u.Id == o.UserId).Select(u => u.DisplayName).FirstOrDefault() }).FirstOrDefaultAsync(ct);
        return owner is null ? null : new OwnerChoice(owner.UserId, owner.Name ?? "");
    }

    private static CustomerPage Erased(Customer customer, DateTimeOffset now) => new(customer.Id, customer.ExternalId, now)
    {
        ErasedAt = customer.ErasedAt,
        Contact = ContactData.Nothing,
        Traits = new Dictionary<string, string>(StringComparer.Ordinal),
        Orders = [],
        Consents = [],
        Predictions = [],
        Recommendations = [],
        Favourites = [],
    };

    private static CustomerPrediction Prediction(CustomerScore score, ShopFigures shop) => new(
        score.Model, score.Version, score.Value, score.Lower, score.Upper, score.Percentile,
        shop.AverageScores.TryGetValue(score.Model, out var average) ? average : null, score.AsOf, ReadReasons(score.Reasons));

    internal static IReadOnlyList<ScoreReasonLine> ReadReasons(string? json) => json is null ? [] : JsonSerializer.Deserialize<List<ScoreReasonLine>>(json, JsonSerializerOptions.Web) ?? [];

    // A limit that was taken back and a pause that is over say nothing any more; the history keeps them.
    private static async Task<IReadOnlyList<ConsentLine>> ReadConsentsAsync(PortalDbContext db, long id, DeliverySettings delivery, DateTimeOffset now, CancellationToken ct)
    {
        var consents = await db.Consents.AsNoTracking().Where(c => c.CustomerId == id).OrderBy(c => c.Channel).ThenBy(c => c.Purpose).ToListAsync(ct);
        var suppressions = await db.Suppressions.AsNoTracking().Where(s => s.CustomerId == id).ToListAsync(ct);
        string? Closed(string channel) => suppressions.Where(s => s.Channel == channel).OrderBy(s => s.Since).Select(s => s.Reason).FirstOrDefault();
        return
        [
            .. consents.Where(c => c.Purpose is not (ContactWishes.Frequency or ContactWishes.Pause) || (!c.IsGranted && (c.Until is null || c.Until > now)))
                .Select(c => new ConsentLine(c.Channel, c.Purpose, c.IsGranted, c.ChangedAt, c.Origin, Closed(c.Channel)) { Topic = delivery.TopicOf(c.Purpose), LimitDays = c.LimitDays, Until = c.Until }),
            // Somebody may have complained or bounced without ever having been asked.
            .. suppressions.Where(s => consents.All(c => c.Channel != s.Channel)).GroupBy(s => s.Channel, StringComparer.Ordinal)
                .Select(g => new ConsentLine(g.Key, ConsentProjection.Marketing, false, g.Min(s => s.Since), null, g.OrderBy(s => s.Since).First().Reason)),
        ];
    }

    // The lists overlap: what stands in the first one is not repeated in the next.
    private static async Task<IReadOnlyList<RecommendedItem>> ReadRecommendationsAsync(PortalDbContext db, long id, CancellationToken ct)
    {
        var lists = await db.RecommendationLists.AsNoTracking().Where(l => l.CustomerId == id).ToListAsync(ct);
        var seen = new HashSet<long>();
        var stored = lists.OrderBy(l => Array.IndexOf(ListOrder, l.List))
            .SelectMany(l => (JsonSerializer.Deserialize<List<StoredRecommendation>>(l.Items, JsonSerializerOptions.Web) ?? []).Where(r => seen.Add(r.Item)).Take(RecommendationLimit).Select(r => (l.List, Item: r))).ToList();
        var ids = stored.Select(s => s.Item.Item).Distinct().ToArray();
        var items = await db.Items.AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, ct);
        return [.. stored.Where(s => items.ContainsKey(s.Item.Item)).Select(s => Recommended(s.List, s.Item, items[s.Item.Item]))];
    }

    private static RecommendedItem Recommended(string list, StoredRecommendation stored, Catalog.Item item) =>
        new(list, item.Id, item.Name ?? item.ExternalId, item.Price, item.ImageUrl, stored.Reason, stored.Arguments ?? []);

    // The names bought on most orders: what the summary calls the customer's taste.
    private List<string> ReadFavourites(long id)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select coalesce(i."Name", i."ExternalId")
            from (
              select e."ItemId", e."OrderId" from "Events" e where e."CustomerId" = {id} and e."Type" = 'order_placed'
              union all select e."ItemId", e."OrderId" from {JoinedHistory.From} and j."CustomerId" = {id} and e."Type" = 'order_placed') as bought join "Items" i on i."Id" = bought."ItemId"
            where i."IsOffered" group by i."Id" having count(distinct bought."OrderId") > 1
            order by count(distinct bought."OrderId") desc, i."Id" limit 2
            """);
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }

    private sealed record StoredRecommendation(long Item, double Score, string? Reason, IReadOnlyList<string>? Arguments);
}
