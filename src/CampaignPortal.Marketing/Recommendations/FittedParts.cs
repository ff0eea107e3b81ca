using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>The models fitted on what was bought before one day.</summary>
internal sealed class FittedParts
{
    private const double RecentDecayDays = 15;

    private readonly ItemPurchases _purchases;
    private readonly Lazy<ItemKnnModel> _neighbours;

    public FittedParts(ItemPurchases purchases, int day, RecommendationSettings settings, Rng rng, CancellationToken ct)
    {
        (_purchases, Day, Settings) = (purchases, day, settings);
        Counts = purchases.CountsBefore(day);
        Popularity = Popularity.Fit(Counts);
        _neighbours = new Lazy<ItemKnnModel>(() => ItemKnn.Fit(Counts, new ItemKnnOptions { NeighbourCount = settings.NeighbourCount, Degree = settings.Degree }, ct));
        Factors = ImplicitAls.Fit(Counts, settings.Factors with { Degree = settings.Degree }, rng, ct);
    }

    public int Day { get; }
    public RecommendationSettings Settings { get; }
    public Csr Counts { get; }
    public Popularity Popularity { get; }

    /// <summary>Fitted when first asked for: a hybrid of factors alone needs none to be judged.</summary>
    public ItemKnnModel Neighbours => _neighbours.Value;

    public ImplicitAlsModel Factors { get; }

    /// <summary>One weight per item; all 1 without a trend.</summary>
    public float[] Trend(ItemTrendOptions? options)
    {
        if (options is null) return [.. Enumerable.Repeat(1f, _purchases.ItemCount)];
        var (items, ages) = Interactions();
        return ItemTrend.Weights(items, ages, Popularity, options);
    }

    /// <summary>Everything as one core with the chosen weights.</summary>
    /// <param name="segmentOf">Segment of a customer row, or −1.</param>
    public RecommendationCore ToCore(long[] itemIds, RecommendationChoice choice, ItemKnnModel baskets, Func<int, int> segmentOf)
    {
        var (items, ages) = Interactions();
        var recent = new float[itemIds.Length];
        var first = Enumerable.Repeat(int.MaxValue, itemIds.Length).ToArray();
        for (var i = 0; i < items.Length; i++)
        {
            recent[items[i]] += (float)Math.Exp(-ages[i] / RecentDecayDays);
            first[items[i]] = Math.Min(first[items[i]], Day - (int)ages[i]);
        }
        return new RecommendationCore
        {
            ItemIds = itemIds, CustomerCounts = Popularity.UserCounts.ToArray(), RecentCounts = recent, FirstDays = first,
            ForYouTrend = Trend(Settings.Trends[choice.ForYouTrend]), NewTrend = Trend(Settings.Trends[choice.NewTrend]), Alpha = choice.Alpha,
            Neighbours = Neighbours, Baskets = baskets, Factors = Factors, CustomerCount = Enumerable.Range(0, Counts.RowCount).Count(r => Counts.CountOf(r) > 0),
            AsOfDay = Day, SegmentTops = SegmentTops(segmentOf),
        };
    }

    private (int[] Items, float[] Ages) Interactions()
    {
        List<int> items = [];
        List<float> ages = [];
        for (var customer = 0; customer < _purchases.CustomerCount; customer++)
        {
            var own = _purchases.ItemsOf(customer);
            var days = _purchases.DaysOf(customer);
            for (var i = 0; i < own.Length; i++)
            {
                if (days[i] >= Day) continue;
                items.Add(own[i]);
                ages.Add(Day - days[i]);
            }
        }
        return ([.. items], [.. ages]);
    }

    private Dictionary<int, int[]> SegmentTops(Func<int, int> segmentOf)
    {
        var counts = new Dictionary<int, int[]>();
        for (var customer = 0; customer < Counts.RowCount; customer++)
        {
            var segment = segmentOf(customer);
            if (segment < 0) continue;
            if (!counts.TryGetValue(segment, out var own)) counts[segment] = own = new int[Counts.ColumnCount];
            foreach (var item in Counts.Row(customer).Columns) own[item]++;
        }
        return counts.ToDictionary(c => c.Key, c => Enumerable.Range(0, c.Value.Length).Where(i => c.Value[i] > 0)
            .OrderByDescending(i => c.Value[i]).ThenBy(i => i).Take(Settings.SegmentTopCount).ToArray());
    }
}

/// <summary>What validation chose: indices into the trends of the settings, and the weight of the factors.</summary>
public sealed record RecommendationChoice(int ForYouTrend, int NewTrend, double Alpha)
{
    /// <summary>Mean NDCG of the lists on the validation window; null where nothing could be judged.</summary>
    public double? ForYouNdcg { get; init; }

    public double? NewNdcg { get; init; }
}
