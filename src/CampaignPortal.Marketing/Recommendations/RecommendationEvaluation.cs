using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>How good the lists of one method were on later purchases. Full ranking over all items; the figures of <see cref="RankingQuality"/>.</summary>
/// <param name="Method"><c>popularity</c>, <c>item-knn</c>, <c>implicit-als</c>, <c>own-most-bought</c>, <c>for-you</c>, <c>buy-again</c>, <c>new-for-you</c>.</param>
/// <param name="List">What counted as found: <c>all</c> items, or those <c>new</c> to the customer.</param>
/// <param name="LosesToPopular">Lower NDCG than the same list for everybody: do not use it.</param>
public sealed record MethodQuality(string Method, string List, RankingQuality Quality, bool LosesToPopular);

/// <summary>Lists judged on a window that no choice has seen.</summary>
/// <param name="FromDay">First local day of the test window.</param>
/// <param name="ToDay">The day after its last.</param>
public sealed record RecommendationReport(int FromDay, int ToDay, RecommendationChoice Choice, IReadOnlyList<MethodQuality> Methods)
{
    /// <summary>Every strategy as it is served.</summary>
    public IReadOnlyList<Predictions.StrategyQuality> Strategies { get; init; } = [];
}

/// <summary>Chooses weights on the window before the test window, and judges every method on the test window.</summary>
public static class RecommendationEvaluation
{
    public const string AllItems = "all", NewItems = "new";

    /// <summary>The plain method keeps all pairs of items up to this many items; lists are made from the nearest ones only.</summary>
    private const int MaxItemsOfAllPairs = 10_000;

    /// <summary>Learns before <paramref name="testDay"/> and judges on the days from it to <paramref name="endDay"/>; null when too few customers can be judged.</summary>
    public static RecommendationReport? Judge(ItemPurchases purchases, int testDay, int endDay, RecommendationSettings settings, Rng rng, CancellationToken ct = default) =>
        Judge(purchases, testDay, endDay, settings, rng, judgeStrategies: null, ct);

    /// <param name="judgeStrategies">Makes the served lists from what was fitted before the test window; null leaves them out.</param>
    internal static RecommendationReport? Judge(
        ItemPurchases purchases, int testDay, int endDay, RecommendationSettings settings, Rng rng, Func<FittedParts, RecommendationChoice, JudgedWindow, IReadOnlyList<Predictions.StrategyQuality>>? judgeStrategies, CancellationToken ct)
    {
        var choice = Choose(purchases, testDay, settings, rng, ct);
        var window = JudgedWindow.Of(purchases, testDay, endDay);
        if (window.CustomerCount < settings.MinJudgedCustomers) return null;
        var parts = new FittedParts(purchases, testDay, settings, rng.Fork(testDay), ct);
        return new RecommendationReport(testDay, endDay, choice, Measure(window, parts, choice, ct)) { Strategies = judgeStrategies?.Invoke(parts, choice, window) ?? [] };
    }

    /// <summary>The weights that make the best lists on the window before <paramref name="day"/>, learnt before that window.</summary>
    public static RecommendationChoice Choose(ItemPurchases purchases, int day, RecommendationSettings settings, Rng rng, CancellationToken ct = default)
    {
        var standard = new RecommendationChoice(Math.Min(1, settings.Trends.Count - 1), Math.Min(2, settings.Trends.Count - 1), 0.7);
        var from = day - settings.WindowDays;
        if (purchases.FirstDay is not { } first || from - first < settings.MinHistoryDays) return standard;
        var window = JudgedWindow.Of(purchases, from, day);
        if (window.CustomerCount < settings.MinJudgedCustomers) return standard;

        var parts = new FittedParts(purchases, from, settings, rng.Fork(from), ct);
        var trends = settings.Trends.Select(parts.Trend).ToArray();
        var (forYou, fresh) = (new double[trends.Length], new double[trends.Length * settings.Alphas.Count]);
        var (factors, neighbours, blend) = (new float[purchases.ItemCount], new float[purchases.ItemCount], new float[purchases.ItemCount]);
        var judge = new ListJudge(purchases.ItemCount, settings.ListLength);
        for (var row = 0; row < window.CustomerCount; row++)
        {
            ct.ThrowIfCancellationRequested();
            var history = parts.Counts.Row(window.Customers[row]);
            parts.Factors.Score(history, factors);
            parts.Neighbours.Score(history, neighbours);
            RecommendationCore.Scale(factors);
            RecommendationCore.Scale(neighbours);
            var newItems = judge.NewOf(window.Truth[row], history);
            var own = OwnScores(window.Tastes[row], factors);
            for (var t = 0; t < trends.Length; t++)
            {
                TensorPrimitives.Multiply(own, trends[t], blend);
                forYou[t] += judge.Ndcg(blend, null, window.Truth[row]);
                if (newItems.Count == 0) continue;
                for (var a = 0; a < settings.Alphas.Count; a++)
                {
                    neighbours.CopyTo(blend, 0);
                    RecommendationCore.Blend(factors, (float)settings.Alphas[a], blend, trends[t]);
                    fresh[t * settings.Alphas.Count + a] += judge.Ndcg(blend, judge.NewMask, newItems);
                }
            }
        }
        var (bestForYou, bestNew) = (Best(forYou), Best(fresh));
        return new RecommendationChoice(bestForYou, bestNew / settings.Alphas.Count, settings.Alphas[bestNew % settings.Alphas.Count])
        {
            ForYouNdcg = forYou[bestForYou] / window.CustomerCount, NewNdcg = fresh[bestNew] / Math.Max(1, window.CountWithNew(parts.Counts)),
        };
    }

    private static List<MethodQuality> Measure(JudgedWindow window, FittedParts parts, RecommendationChoice choice, CancellationToken ct)
    {
        var settings = parts.Settings;
        var (histories, truth) = (parts.Counts.SelectRows(window.Customers), window.TruthMatrix(parts.Counts.ColumnCount));
        var all = new ListOptions { Count = settings.ListLength, Degree = settings.Degree };
        RankingQuality Of(IRecommender recommender, Candidates candidates) =>
            RankingEvaluation.Judge(recommender, histories, truth, parts.Popularity, all with { Candidates = candidates }, ct);
        var allPairs = ItemKnn.Fit(parts.Counts, new ItemKnnOptions { Degree = settings.Degree, NeighbourCount = parts.Counts.ColumnCount > MaxItemsOfAllPairs ? settings.NeighbourCount : null }, ct);
        var blend = choice.Alpha >= 1
            ? new Hybrid(new HybridPart(parts.Factors, 1))
            : new Hybrid(new HybridPart(parts.Neighbours, 1 - choice.Alpha), new HybridPart(parts.Factors, choice.Alpha));
        var fresh = new Reweighted(blend, parts.Trend(settings.Trends[choice.NewTrend]));
        (string Method, string List, RankingQuality Quality)[] rows =
        [
            ("popularity", AllItems, Of(parts.Popularity, Candidates.All)),
            ("item-knn", AllItems, Of(allPairs, Candidates.All)),
            ("implicit-als", AllItems, Of(parts.Factors, Candidates.All)),
            ("own-most-bought", AllItems, Of(new HistoryCounts(parts.Popularity), Candidates.All)),
            ("for-you", AllItems, JudgeOwn(window, parts, choice, onlyOwned: false)),
            ("buy-again", AllItems, JudgeOwn(window, parts, choice, onlyOwned: true)),
            ("popularity", NewItems, Of(parts.Popularity, Candidates.NewToUser)),
            ("item-knn", NewItems, Of(allPairs, Candidates.NewToUser)),
            ("implicit-als", NewItems, Of(parts.Factors, Candidates.NewToUser)),
            ("new-for-you", NewItems, Of(fresh, Candidates.NewToUser)),
        ];
        var popular = rows.Where(r => r.Method == "popularity").ToDictionary(r => r.List, r => r.Quality.Ndcg, StringComparer.Ordinal);
        return [.. rows.Select(r => new MethodQuality(r.Method, r.List, r.Quality, r.Quality.Ndcg < popular[r.List]))];
    }

    private static RankingQuality JudgeOwn(JudgedWindow window, FittedParts parts, RecommendationChoice choice, bool onlyOwned)
    {
        var trend = parts.Trend(parts.Settings.Trends[choice.ForYouTrend]);
        var factors = new float[trend.Length];
        var judge = new ListJudge(trend.Length, parts.Settings.ListLength);
        for (var row = 0; row < window.CustomerCount; row++)
        {
            var history = parts.Counts.Row(window.Customers[row]);
            parts.Factors.Score(history, factors);
            RecommendationCore.Scale(factors);
            var own = OwnScores(window.Tastes[row], factors);
            TensorPrimitives.Multiply(own, trend, own);
            judge.Add(own, onlyOwned ? ListJudge.Only(history, trend.Length) : null, window.Truth[row], parts.Popularity);
        }
        return judge.Average();
    }

    /// <summary>As <see cref="RecommendationCore"/> scores "for you", before the trend.</summary>
    private static float[] OwnScores(CustomerTaste taste, float[] factors)
    {
        var scores = Array.ConvertAll(factors, f => RecommendationCore.FactorWeight * Math.Max(0, f));
        var highest = taste.Owned.Max(o => o.FadedCount);
        foreach (var own in taste.Owned) scores[own.Item] += MathF.Sqrt(own.FadedCount / highest);
        return scores;
    }

    private static int Best(double[] sums)
    {
        var best = 0;
        for (var i = 1; i < sums.Length; i++)
        {
            if (sums[i] > sums[best] + 1e-9) best = i;
        }
        return best;
    }
}

/// <summary>Customers known before a window who buy in it, and what they buy of the items that existed before.</summary>
internal sealed record JudgedWindow(int[] Customers, HashSet<int>[] Truth, CustomerTaste[] Tastes)
{
    public int CustomerCount => Customers.Length;

    public static JudgedWindow Of(ItemPurchases purchases, int from, int to)
    {
        var (before, later) = (purchases.CountsBefore(from), purchases.CountsBetween(from, to));
        var known = Popularity.Fit(before);
        List<int> customers = [];
        List<HashSet<int>> truth = [];
        for (var customer = 0; customer < before.RowCount; customer++)
        {
            if (before.CountOf(customer) == 0) continue;
            HashSet<int> bought = [];
            foreach (var item in later.Row(customer).Columns)
            {
                if (known.UserCounts[item] > 0) bought.Add(item);
            }
            if (bought.Count == 0) continue;
            customers.Add(customer);
            truth.Add(bought);
        }
        return new JudgedWindow([.. customers], [.. truth], [.. customers.Select(c => CustomerTaste.Of(purchases, c, from))]);
    }

    public Csr TruthMatrix(int itemCount)
    {
        var starts = new int[Truth.Length + 1];
        List<int> columns = [];
        for (var row = 0; row < Truth.Length; row++)
        {
            columns.AddRange(Truth[row].Order());
            starts[row + 1] = columns.Count;
        }
        return Csr.FromParts(itemCount, starts, [.. columns], [.. Enumerable.Repeat(1f, columns.Count)]);
    }

    public int CountWithNew(Csr histories)
    {
        var count = 0;
        for (var row = 0; row < Truth.Length; row++)
        {
            var history = histories.Row(Customers[row]);
            foreach (var item in Truth[row])
            {
                if (history.Columns.BinarySearch(item) >= 0) continue;
                count++;
                break;
            }
        }
        return count;
    }
}

/// <summary>Turns scores into a list of k and measures it.</summary>
internal sealed class ListJudge(int itemCount, int k)
{
    private readonly int[] _items = new int[k];
    private readonly float[] _best = new float[k];
    private readonly bool[] _suggested = new bool[itemCount];
    private int _userCount, _suggestionCount;
    private double _hitRate, _precision, _recall, _ndcg, _bits;

    /// <summary>Items that are not in the history last given to <see cref="NewOf"/>.</summary>
    public ItemMask NewMask { get; } = new(itemCount);

    public HashSet<int> NewOf(HashSet<int> truth, SparseRow history)
    {
        NewMask.CopyFrom(null);
        NewMask.Exclude(history.Columns);
        return [.. truth.Where(item => NewMask[item])];
    }

    public static ItemMask Only(SparseRow history, int itemCount)
    {
        var mask = new ItemMask(itemCount, all: false);
        foreach (var item in history.Columns) mask.Include(item);
        return mask;
    }

    public double Ndcg(ReadOnlySpan<float> scores, ItemMask? mask, HashSet<int> relevant) =>
        RankingMetrics.Ndcg(_items.AsSpan(0, TopK.Select(scores, mask, _items, _best)), relevant, k);

    public void Add(ReadOnlySpan<float> scores, ItemMask? mask, HashSet<int> relevant, Popularity popularity)
    {
        var list = _items.AsSpan(0, TopK.Select(scores, mask, _items, _best));
        var hits = 0;
        foreach (var item in list) hits += relevant.Contains(item) ? 1 : 0;
        _userCount++;
        _hitRate += hits > 0 ? 1 : 0;
        _precision += (double)hits / k;
        _recall += (double)hits / Math.Min(k, relevant.Count);
        _ndcg += RankingMetrics.Ndcg(list, relevant, k);
        foreach (var item in list)
        {
            _suggested[item] = true;
            if (popularity.UserCounts[item] <= 0) continue;
            _bits -= Math.Log2(popularity.UserCounts[item] / popularity.UserCount);
            _suggestionCount++;
        }
    }

    public RankingQuality Average()
    {
        var users = Math.Max(1, _userCount);
        return new RankingQuality(_userCount, _hitRate / users, _precision / users, _recall / users, _ndcg / users,
            (double)_suggested.Count(s => s) / Math.Max(1, _suggested.Length), _bits / Math.Max(1, _suggestionCount));
    }
}
