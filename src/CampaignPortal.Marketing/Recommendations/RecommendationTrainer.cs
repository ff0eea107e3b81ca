using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>A trained model with the quality of its lists on later purchases.</summary>
/// <param name="Report">Null while the shop has too short a history to judge lists: the weights are then the usual ones.</param>
/// <param name="Purchases">What the model was trained on, for the lists of all customers.</param>
public sealed record TrainedRecommendations(RecommendationModel Model, RecommendationReport? Report, ItemPurchases Purchases);

/// <summary>Judges the methods on the newest month, then fits everything on all purchases.</summary>
public static class RecommendationTrainer
{
    /// <param name="segments">Segment of each customer id, for what is popular in a segment.</param>
    public static TrainingResult<TrainedRecommendations> Train(
        EventTable table, RecommendationSettings settings, Rng rng, IReadOnlyDictionary<long, int>? segments = null, CancellationToken ct = default)
    {
        var calendar = FeatureTable.CalendarOf(table);
        var purchases = ItemPurchases.Of(table, calendar);
        if (purchases.Count == 0)
        {
            return TrainingResult.TooLittle<TrainedRecommendations>(
                [new DataProblem("recommendations.no-purchases", "Needs at least one order of a known customer that names a product.")], []);
        }
        var end = calendar.CutDay(table.AsOf);
        var test = end - settings.WindowDays;
        var report = purchases.FirstDay is { } first && test - first >= settings.MinHistoryDays
            ? RecommendationEvaluation.Judge(purchases, test, end, settings, rng, (parts, chosen, window) => JudgeStrategies(table, calendar, parts, chosen, window, settings, ct), ct)
            : null;
        var choice = report?.Choice ?? RecommendationEvaluation.Choose(purchases, end, settings, rng, ct);
        var parts = new FittedParts(purchases, end, settings, rng.Fork(end), ct);
        var baskets = ItemKnn.Fit(Baskets(table, calendar, int.MaxValue), new ItemKnnOptions { NeighbourCount = settings.BasketNeighbourCount, Degree = settings.Degree }, ct);
        var core = parts.ToCore([.. table.Items.Select(i => i.Id)], choice, baskets,
            customer => segments is not null && segments.TryGetValue(table.CustomerIds[customer], out var segment) ? segment : -1);
        return TrainingResult.Of(new TrainedRecommendations(new RecommendationModel(core, table.Items), report, purchases));
    }

    /// <summary>The strategies by what was known before the test window.</summary>
    private static IReadOnlyList<StrategyQuality> JudgeStrategies(
        EventTable table, LocalCalendar calendar, FittedParts parts, RecommendationChoice choice, JudgedWindow window, RecommendationSettings settings, CancellationToken ct)
    {
        var baskets = ItemKnn.Fit(Baskets(table, calendar, parts.Day), new ItemKnnOptions { NeighbourCount = settings.BasketNeighbourCount, Degree = settings.Degree }, ct);
        var model = new RecommendationModel(parts.ToCore([.. table.Items.Select(i => i.Id)], choice, baskets, _ => -1), table.Items);
        return StrategyEvaluation.Judge(model, window, settings.ListLength, settings.Degree, ct);
    }

    /// <summary>Orders × items, of the orders before a day.</summary>
    private static Csr Baskets(EventTable table, LocalCalendar calendar, int until)
    {
        List<int> orders = [], items = [];
        for (var row = 0; row < table.Count; row++)
        {
            if (table.Kind[row] is not EventKind.OrderPlaced || table.Order[row] < 0 || table.Item[row] < 0 || !(table.Amount[row] > 0) || calendar.Day(table.OccurredAt[row]) >= until) continue;
            orders.Add(table.Order[row]);
            items.Add(table.Item[row]);
        }
        return Csr.FromTriplets(orders.Count == 0 ? 0 : orders.Max() + 1, table.Items.Count, [.. orders], [.. items], [.. Enumerable.Repeat(1f, items.Count)]);
    }
}
