using CampaignPortal.Learning.Ranking;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Marketing.Recommendations.Serving;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Judges every strategy as it is served, fallbacks included, on customers who bought later; and what variety would cost.</summary>
/// <remarks>Strategies that start from a product are given the one that the customer bought last.</remarks>
internal static class StrategyEvaluation
{
    /// <summary>Customers judged: a share of a thousand is known within three points, and the lists of more cost as much as training.</summary>
    private const int MaxCustomers = 1000, MaxCustomersOfSlider = 400;

    private static readonly double[] SliderSteps = [0, 0.25, 0.5, 0.75, 1];

    public static IReadOnlyList<StrategyQuality> Judge(RecommendationModel model, JudgedWindow window, int listLength, CancellationToken ct)
    {
        var customers = Spread(window.CustomerCount, MaxCustomers);
        var offered = Math.Max(1, model.OfferedCount);
        List<StrategyQuality> rows = [];
        foreach (var strategy in Strategies.All)
        {
            var judged = customers.Where(row => TruthOf(strategy, window, row).Count > 0).ToArray();
            if (judged.Length == 0) continue;
            var own = Measure(model, window, strategy, strategy, judged, 0, listLength, offered, ct);
            var popular = strategy is Strategies.BestSellers ? own : Measure(model, window, strategy, null, judged, 0, listLength, offered, ct);
            rows.Add(new StrategyQuality(strategy, judged.Length, Share(own.HitRate, judged.Length), popular.HitRate, own.Coverage, Slider(model, window, strategy, judged, listLength, offered, ct)));
        }
        return rows;
    }

    private static DiversityPoint[] Slider(RecommendationModel model, JudgedWindow window, string strategy, int[] judged, int listLength, int offered, CancellationToken ct)
    {
        if (!Strategies.HasSlider(strategy)) return [];
        var few = Array.ConvertAll(Spread(judged.Length, MaxCustomersOfSlider), i => judged[i]);
        return [.. SliderSteps.Select(diversity => Measure(model, window, strategy, strategy, few, diversity, listLength, offered, ct))];
    }

    /// <param name="strategy">Decides what counts as found.</param>
    /// <param name="served">The strategy that makes the lists; null for best sellers of the shop.</param>
    private static DiversityPoint Measure(RecommendationModel model, JudgedWindow window, string strategy, string? served, int[] rows, double diversity, int listLength, int offered, CancellationToken ct)
    {
        var (hits, variety) = (0, 0.0);
        var shown = new HashSet<int>();
        foreach (var row in rows)
        {
            ct.ThrowIfCancellationRequested();
            var taste = window.Tastes[row];
            var last = taste.Owned.OrderBy(o => o.DaysSinceLast).ThenByDescending(o => o.FadedCount).ThenBy(o => o.Item).First().Item; // whoever is judged has bought
            var reply = model.Recommend(new RecommendationRequest
            {
                Strategy = served is null ? RecommendationStrategy.BestSellers : Strategies.KindOf(served)!.Value, // it comes from the list of those served
                Count = listLength, Taste = taste, ContextItem = Strategies.NeedsItem(strategy) ? model.IdOf(last) : null, Diversity = diversity,
                Filters = strategy is Strategies.NewForYou ? new RecommendationFilters { ExcludedItems = taste.Owned.Select(o => model.IdOf(o.Item)).ToHashSet() } : RecommendationFilters.None,
            });
            var list = reply.Items.Select(i => model.IndexOf(i.Item)).ToArray();
            var truth = TruthOf(strategy, window, row);
            hits += list.Any(truth.Contains) ? 1 : 0;
            variety += Diversity.IntraList(list, model.Content.Similarity);
            shown.UnionWith(list);
        }
        return new DiversityPoint(diversity, (double)hits / rows.Length, (double)shown.Count / offered, variety / rows.Length);
    }

    /// <summary>What counts as found: everything bought later, or only what is new to the customer.</summary>
    private static HashSet<int> TruthOf(string strategy, JudgedWindow window, int row)
    {
        if (strategy is not (Strategies.NewForYou or Strategies.BuyAgain)) return window.Truth[row];
        var owned = window.Tastes[row].Owned.Select(o => o.Item).ToHashSet();
        return window.Truth[row].Where(item => owned.Contains(item) == strategy is Strategies.BuyAgain).ToHashSet();
    }

    /// <summary>So many of all, evenly spread: the same ones for the same shop.</summary>
    private static int[] Spread(int count, int wanted) =>
        [.. Enumerable.Range(0, Math.Min(count, wanted)).Select(i => (int)((long)i * count / Math.Min(count, wanted)))];

    /// <summary>A share with Wilson's score interval.</summary>
    internal static MeasuredShare Share(double rate, int count)
    {
        var share = PropensityQuality.Proportion(rate * count, count);
        return new MeasuredShare(rate, share.Lower, share.Upper);
    }
}
