using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>load audience</c>: how long counts take while a rule is made, how soon a change is visible, and that its cost follows the changes.</summary>
internal static class AudienceLoad
{
    private const double PreviewTargetMs = 300, VisibleTargetSeconds = 60;
    private static readonly int[] ChangeCounts = [1, 10, 100, 1_000];

    private sealed record Times(string Step, int Runs, double P50Ms, double P95Ms, double WorstMs);

    private sealed record Following(int ChangedCustomers, double VisibleSeconds, double TurnMs, int Asked, int Moved);

    private sealed record Shop(long Customers, long Events, double FillSeconds, double FirstCountSeconds, IReadOnlyList<Times> Previews, IReadOnlyList<Following> Changes, double IdleTurnMs);

    /// <param name="CostRatio">Time that one more changed customer costs in the large shop for that in the small one: 1 where the cost follows the changes, <paramref name="CustomerRatio"/> where it follows the customers.</param>
    private sealed record Result(
        double PreviewTargetMs, double VisibleTargetSeconds, double WorstPreviewP95Ms, double WorstVisibleSeconds, bool IsKept, double? CustomerRatio, double? CostRatio, Shop Large, Shop? Small,
        double LoadAverage, IReadOnlyList<PreparedStep> Steps);

    public static async Task<object> RunAsync(LargeShopData data, LargeShopData? small, int audiences, long seed, CancellationToken ct)
    {
        var load = LoadAverage();
        var large = await MeasureAsync(data, audiences, seed, withPreviews: true, ct);
        var other = small is null ? null : await MeasureAsync(small, audiences, seed, withPreviews: false, ct);
        var (preview, visible) = (large.Previews.Max(p => p.P95Ms), large.Changes.Max(c => c.VisibleSeconds));
        return new Result(
            PreviewTargetMs, VisibleTargetSeconds, preview, visible, preview <= PreviewTargetMs && visible <= VisibleTargetSeconds, other is null ? null : Math.Round((double)large.Customers / other.Customers, 1), other is null ? null : Math.Round(CostOf(large.Changes) / CostOf(other.Changes), 2), large, other, load,
            data.Steps);
    }

    // Without what a turn costs anyway.
    private static double CostOf(IReadOnlyList<Following> changes) => (changes[^1].TurnMs - changes[0].TurnMs) / (changes[^1].ChangedCustomers - changes[0].ChangedCustomers);

    private static async Task<Shop> MeasureAsync(LargeShopData data, int audiences, long seed, bool withPreviews, CancellationToken ct)
    {
        await using var store = await TestStore.OpenAsync(data.Path, now: LargeShopData.Newest);
        await store.Get<ProjectionHost>().CatchUpAsync(ct);
        var fill = Stopwatch.StartNew();
        await store.Get<Marketing.Audiences.Evaluation.AudienceEngine>().FillAsync(ct);
        var filled = fill.Elapsed.TotalSeconds;
        var previews = withPreviews ? await MeasurePreviewsAsync(store, ct) : [];

        var count = Stopwatch.StartNew();
        await RemoveAudiencesAsync(store, ct);
        for (var i = 0; i < audiences; i++) await SaveAsync(store, i, ct);
        var counted = count.Elapsed.TotalSeconds;
        var changes = await FollowAsync(store, new Rng(seed), ct);
        var idle = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++) await store.Get<AudienceKeeper>().TurnAsync(ct);
        await using var db = await store.ContextAsync();
        return new Shop(await db.Customers.LongCountAsync(ct), await db.Events.LongCountAsync(ct), filled, counted, previews, changes, idle.Elapsed.TotalMilliseconds / 20);
    }

    // Of the last minute: figures of a busy machine say so.
    private static double LoadAverage() => OperatingSystem.IsLinux() && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : double.NaN;

    // As a person does: condition after condition, each count from its own question.
    private static async Task<IReadOnlyList<Times>> MeasurePreviewsAsync(TestStore store, CancellationToken ct)
    {
        var preview = store.Get<PreviewAudienceHandler>();
        var samples = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        for (var round = 0; round < 12; round++)
        {
            var rules = new List<Rule>();
            foreach (var (name, rule) in Conditions(round))
            {
                rules.Add(rule);
                var clock = Stopwatch.StartNew();
                var result = await preview.HandleAsync(new AudienceRule(new RuleGroup(GroupKind.All, [.. rules]), []), ct);
                if (!result.IsOk) throw new InvalidDataException(result.Problem!.Message); // not ok
                if (!samples.TryGetValue(name, out var list)) samples[name] = list = [];
                list.Add(clock.Elapsed.TotalMilliseconds);
            }
        }
        return [.. samples.Select(s => new Times(s.Key, s.Value.Count, Share.Of(s.Value, 0.5), Share.Of(s.Value, 0.95), s.Value.Max()))];
    }

    // Other numbers in each round, so that no answer is remembered.
    private static IEnumerable<(string Name, Rule Rule)> Conditions(int round) =>
    [
        ("ordered in a window", new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(180 + round)), NumberTest.AtLeast(1))),
        ("top of a prediction", new PredictionCondition("purchase-30", PredictionOperator.Top, 30 + round)),
        ("viewed at least twice", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Last(90 + round)), NumberTest.AtLeast(2))),
        ("attribute", new AttributeCondition("country", new TextTest(TextOperator.IsNot, [string.Create(CultureInfo.InvariantCulture, $"Nowhere {round}")], true))),
        ("has not ordered", new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(7 + round)), NumberTest.Never)),
        ("figure", new AttributeCondition(RuleFigures.Spent, NumberTest.AtLeast(10 + round))),
        ("rank of a figure", new AttributeCondition(RuleFigures.Spent, new RankTest(RankSide.Top, 40 + round))),
        ("sum in a window", new AggregateCondition(EventQuery.Of("order_placed", EventWindow.Last(200 + round)), AggregateKind.Sum, "amount", NumberTest.AtLeast(20))),
        ("share of orders", new RatioCondition(Measure.Count(EventQuery.Of("order_placed", EventWindow.Last(60 + round))), Measure.Count(EventQuery.Of("order_placed", EventWindow.Ever)), NumberTest.AtLeast(0.1m))),
    ];

    private static async Task SaveAsync(TestStore store, int number, CancellationToken ct)
    {
        var rule = new AudienceRule(
            new RuleGroup(GroupKind.All,
            [
                new EventCondition(EventQuery.Of("item_viewed", EventWindow.Last(20 + number)), NumberTest.AtLeast(1 + number % 5)),
                new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(10 + number)), NumberTest.Never),
            ]),
            []);
        var saved = await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, string.Create(CultureInfo.InvariantCulture, $"Audience {number}"), null, rule, null, 1), ct);
        if (!saved.IsOk) throw new InvalidDataException(saved.Problem!.Message); // not ok
    }

    private static async Task RemoveAudiencesAsync(TestStore store, CancellationToken ct)
    {
        await using var db = await store.ContextAsync();
        await db.AudienceMembers.ExecuteDeleteAsync(ct);
        await db.AudienceDays.ExecuteDeleteAsync(ct);
        await db.Audiences.ExecuteDeleteAsync(ct);
    }

    private static async Task<IReadOnlyList<Following>> FollowAsync(TestStore store, Rng rng, CancellationToken ct)
    {
        var (keeper, projections) = (store.Get<AudienceKeeper>(), store.Get<ProjectionHost>());
        await keeper.TurnAsync(ct);
        await using var db = await store.ContextAsync();
        var customers = await db.Customers.AsNoTracking().Where(c => c.ErasedAt == null).Select(c => c.ExternalId).ToListAsync(ct);
        var followed = new List<Following>();
        foreach (var count in ChangeCounts)
        {
            var events = Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, 5).Select(j => new NewEvent
            {
                MessageId = Guid.CreateVersion7().ToString("N"), Type = KnownEvents.ItemViewed, Customer = customers[rng.NextInt(customers.Count)], OccurredAt = store.Clock.GetUtcNow(),
            })).ToArray();
            var visible = Stopwatch.StartNew();
            foreach (var chunk in events.Chunk(1_000)) await store.Log.AppendAsync(new EventBatch("shop", chunk), ct);
            await projections.CatchUpAsync(ct);
            var turn = Stopwatch.StartNew();
            var done = await keeper.TurnAsync(ct);
            followed.Add(new Following(count * 5, visible.Elapsed.TotalSeconds, turn.Elapsed.TotalMilliseconds, done.Touched, done.Changed));
        }
        return followed;
    }
}
