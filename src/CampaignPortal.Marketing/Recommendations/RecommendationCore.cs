using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>What is learnt from purchases, over the items that existed then. Immutable; <see cref="RecommendationModel"/> joins it with today's catalogue.</summary>
public sealed class RecommendationCore : IStorable<RecommendationCore>
{
    /// <summary>Weight of the factors beside the customer's own purchases in "for you"; chosen on July 2011 of the shared file, before its test month.</summary>
    internal const float FactorWeight = 0.5f;

    /// <summary>Portal ids of the items, in the order that all arrays share.</summary>
    public required long[] ItemIds { get; init; }

    /// <summary>Customers of each item, and in the last month.</summary>
    public required float[] CustomerCounts { get; init; }

    /// <summary>Orders of each item, fading over two weeks.</summary>
    public required float[] RecentCounts { get; init; }

    /// <summary>Day of the first purchase; <see cref="int.MaxValue"/> without one.</summary>
    public required int[] FirstDays { get; init; }

    /// <summary>How much in demand items are now, for lists that may repeat, and for lists of new items.</summary>
    public required float[] ForYouTrend { get; init; }

    public required float[] NewTrend { get; init; }

    /// <summary>α of the hybrid for new items: weight of the factors beside the neighbours.</summary>
    public required double Alpha { get; init; }

    /// <summary>Items that the same customers buy.</summary>
    public required ItemKnnModel Neighbours { get; init; }

    /// <summary>Items that lie in the same orders.</summary>
    public required ItemKnnModel Baskets { get; init; }

    public required ImplicitAlsModel Factors { get; init; }

    public required int CustomerCount { get; init; }

    /// <summary>First local day that the model does not know.</summary>
    public required int AsOfDay { get; init; }

    /// <summary>Items bought most by each segment, best first.</summary>
    public required IReadOnlyDictionary<int, int[]> SegmentTops { get; init; }

    public int ItemCount => ItemIds.Length;

    public static string Kind => "recommendations";

    /// <summary>Scores of one customer: all of them are made of three rows that cost one pass each.</summary>
    internal void Score(CustomerTaste taste, PersonalScores scores, bool withNew)
    {
        var history = scores.HistoryOf(taste);
        Factors.Score(history, scores.Factors);
        Scale(scores.Factors);
        ScoreForYou(taste, scores);
        if (!withNew) return;
        scores.New.AsSpan().Clear();
        if (Alpha < 1)
        {
            Neighbours.Score(history, scores.New);
            Scale(scores.New);
        }
        Blend(scores.Factors, (float)Alpha, scores.New, NewTrend);
    }

    /// <summary>(√faded own purchases, scaled + weight · factors) · trend.</summary>
    private void ScoreForYou(CustomerTaste taste, PersonalScores scores)
    {
        var forYou = scores.ForYou.AsSpan();
        for (var i = 0; i < forYou.Length; i++) forYou[i] = FactorWeight * Math.Max(0, scores.Factors[i]);
        float highest = 0;
        foreach (var own in taste.Owned) highest = Math.Max(highest, own.FadedCount);
        foreach (var own in taste.Owned)
        {
            if (own.Item < forYou.Length) forYou[own.Item] += MathF.Sqrt(own.FadedCount / highest);
        }
        TensorPrimitives.Multiply(forYou, ForYouTrend, forYou);
    }

    /// <summary>blend = (α · factors + (1 − α) · neighbours), not below a trace, times the trend; written over the neighbours.</summary>
    internal static void Blend(ReadOnlySpan<float> factors, float alpha, Span<float> neighbours, ReadOnlySpan<float> trend)
    {
        const float Trace = 1e-6f; // so that a trend cannot lift an item that no model speaks for
        for (var i = 0; i < neighbours.Length; i++) neighbours[i] = Math.Max(Trace, alpha * factors[i] + (1 - alpha) * neighbours[i]) * trend[i];
    }

    internal static void Scale(Span<float> scores)
    {
        var highest = scores.IsEmpty ? 0 : TensorPrimitives.Max(scores);
        if (highest > 0) TensorPrimitives.Multiply(scores, 1 / highest, scores);
    }

    public void Store(ModelPart part)
    {
        part.Settings["alpha"] = Alpha;
        part.Settings["customers"] = CustomerCount;
        part.Settings["as_of_day"] = AsOfDay;
        part.Settings["dimension"] = Factors.Options.Dimension;
        part.Settings["sweeps"] = Factors.Options.Sweeps;
        part.Settings["unobserved_weight"] = Factors.Options.UnobservedWeight;
        part.Settings["regularization"] = Factors.Options.Regularization;
        part.Settings["count_boost"] = Factors.Options.CountBoost;
        part.Put("items", ItemIds);
        part.Put("customer_counts", CustomerCounts);
        part.Put("recent_counts", RecentCounts);
        part.Put("first_days", FirstDays);
        part.Put("for_you_trend", ForYouTrend);
        part.Put("new_trend", NewTrend);
        var factors = new float[ItemCount * Factors.Options.Dimension];
        for (var item = 0; item < ItemCount; item++) Factors.ItemFactors(item).CopyTo(factors.AsSpan(item * Factors.Options.Dimension));
        part.Put("factors", factors);
        PutNeighbours(part, "neighbours", Neighbours);
        PutNeighbours(part, "baskets", Baskets);
        var segments = SegmentTops.OrderBy(s => s.Key).ToArray();
        part.Put("segments", Array.ConvertAll(segments, s => s.Key));
        part.Put("segment_counts", Array.ConvertAll(segments, s => s.Value.Length));
        part.Put("segment_items", segments.SelectMany(s => s.Value).ToArray());
    }

    public static RecommendationCore Restore(ModelPart part)
    {
        var ids = part.Get<long>("items");
        var options = new ImplicitAlsOptions
        {
            Dimension = part.Setting<int>("dimension"),
            Sweeps = part.Setting<int>("sweeps"),
            UnobservedWeight = part.Setting<double>("unobserved_weight"),
            Regularization = part.Setting<double>("regularization"),
            CountBoost = part.Setting<double>("count_boost"),
        };
        return new RecommendationCore
        {
            ItemIds = ids,
            CustomerCounts = part.Get<float>("customer_counts", ids.Length),
            RecentCounts = part.Get<float>("recent_counts", ids.Length),
            FirstDays = part.Get<int>("first_days", ids.Length),
            ForYouTrend = part.Get<float>("for_you_trend", ids.Length),
            NewTrend = part.Get<float>("new_trend", ids.Length),
            Alpha = part.Setting<double>("alpha"),
            CustomerCount = part.Setting<int>("customers"),
            AsOfDay = part.Setting<int>("as_of_day"),
            Factors = ImplicitAlsModel.FromFactors(part.Get<float>("factors", checked(ids.Length * options.Dimension)), options),
            Neighbours = GetNeighbours(part, "neighbours", ids.Length),
            Baskets = GetNeighbours(part, "baskets", ids.Length),
            SegmentTops = GetSegments(part, ids.Length),
        };
    }

    private static void PutNeighbours(ModelPart part, string name, ItemKnnModel model)
    {
        part.Put(name + "_starts", model.Similarity.Starts);
        part.Put(name + "_items", model.Similarity.Columns);
        part.Put(name + "_values", model.Similarity.Values);
    }

    private static ItemKnnModel GetNeighbours(ModelPart part, string name, int itemCount)
    {
        try
        {
            return new ItemKnnModel(Csr.FromParts(itemCount, part.Get<int>(name + "_starts", itemCount + 1), part.Get<int>(name + "_items"), part.Get<float>(name + "_values")));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The list '{name}' of the recommendations is damaged: {e.Message}", e);
        }
    }

    private static Dictionary<int, int[]> GetSegments(ModelPart part, int itemCount)
    {
        var segments = part.Get<int>("segments");
        var counts = part.Get<int>("segment_counts", segments.Length);
        var items = part.Get<int>("segment_items");
        if (counts.Any(c => c < 0) || counts.Sum(c => (long)c) != items.Length || items.Any(i => (uint)i >= (uint)itemCount))
            throw new InvalidDataException("The items of the segments do not fit together.");
        var tops = new Dictionary<int, int[]>();
        for (int s = 0, from = 0; s < segments.Length; from += counts[s], s++) tops[segments[s]] = items[from..(from + counts[s])];
        return tops;
    }
}

/// <summary>Rows of scores for one customer at a time; reused. Not for two threads at once.</summary>
internal sealed class PersonalScores(int itemCount)
{
    private int[] _items = [];
    private float[] _counts = [];

    public float[] Factors { get; } = new float[itemCount];
    public float[] ForYou { get; } = new float[itemCount];
    public float[] New { get; } = new float[itemCount];

    /// <summary>The taste as a row of the matrix that the models were fitted on.</summary>
    public SparseRow HistoryOf(CustomerTaste taste)
    {
        if (_items.Length < taste.Owned.Count) (_items, _counts) = (new int[taste.Owned.Count * 2], new float[taste.Owned.Count * 2]);
        var count = 0;
        foreach (var own in taste.Owned)
        {
            if (own.Item >= itemCount) continue; // newer than the model
            (_items[count], _counts[count]) = (own.Item, own.OrderCount);
            count++;
        }
        return new SparseRow(_items.AsSpan(0, count), _counts.AsSpan(0, count));
    }
}
