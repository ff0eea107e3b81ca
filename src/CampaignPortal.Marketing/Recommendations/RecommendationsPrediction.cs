using System.Text.Json;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Recommendations in the registry: their output is lists, made for every customer with a purchase.</summary>
public sealed class RecommendationsPrediction(RecommendationSettings settings) : IPrediction
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string Model => ModelNames.Recommendations;

    /// <summary>After segments, whose favourites it falls back on.</summary>
    public int Order => 2;

    public TrainedVersion Train(TrainingInput input, CancellationToken ct)
    {
        input.Report("judge and fit", 0);
        var result = RecommendationTrainer.Train(input.Table, settings, input.Rng, input.Segments, ct);
        if (result.Model is not { } trained) return TrainedVersion.Impossible(result.Problems, result.Fallback);
        var headline = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var method in trained.Report?.Methods ?? [])
        {
            headline[$"{method.Method}.{method.List}.hr10"] = method.Quality.HitRate;
            headline[$"{method.Method}.{method.List}.ndcg10"] = method.Quality.Ndcg;
        }
        var loses = trained.Report?.Methods.Any(m => m.Method is RecommendationRow.ForYou or RecommendationRow.NewForYou && m.LosesToPopular) ?? false;
        return new TrainedVersion(
            "hybrid", target => trained.Model.Save(target), headline, Report(trained), IsBetter: !loses,
            loses ? "A list loses to the best sellers on later purchases." : null);
    }

    public PredictionOutput Score(ScoringInput input, CancellationToken ct)
    {
        var model = RecommendationModel.Load(input.Folder, input.Table.Items);
        var purchases = ItemPurchases.Of(input.Table, FeatureTable.CalendarOf(input.Table));
        var rows = model.ListsFor(input.Table, purchases, settings.ListLength, input.Segments, settings.Degree, ct);
        return new PredictionOutput([], [.. rows.Where(r => r.Items.Count > 0).Select(r => new PreparedList(r.CustomerId, r.List, Items(r), r.Items.Count))]);
    }

    private static string Items(RecommendationRow row) =>
        JsonSerializer.Serialize(row.Items.Select(i => new { item = i.Item, score = Math.Round(i.Score, 5), reason = i.Reason.Code, arguments = i.Reason.Arguments }), Json);

    private static ModelReport Report(TrainedRecommendations trained)
    {
        if (trained.Report is not { } report) return new ModelReport();
        MethodQuality? Popular(string list) => report.Methods.FirstOrDefault(m => m.Method is "popularity" && m.List == list);
        return new ModelReport
        {
            Metrics =
            [
                .. report.Methods.Where(m => m.Method is RecommendationRow.ForYou or RecommendationRow.BuyAgain or RecommendationRow.NewForYou)
                    .SelectMany(m => new[] { HitRate(m, Popular(m.List)), new ModelMetric($"ndcg-10 {m.Method}", m.Quality.Ndcg, Baseline: Popular(m.List)?.Quality.Ndcg, BaselineName: "popular") }),
            ],
            Candidates = [.. report.Methods.Select(m => new Candidate($"{m.Method} ({m.List})", m.Quality.Ndcg, m.Method is RecommendationRow.ForYou or RecommendationRow.NewForYou))],
            Strategies = report.Strategies,
            TestRowCount = report.Methods.Max(m => m.Quality.UserCount),
            TrainRowCount = trained.Purchases.Count,
        };
    }

    private static ModelMetric HitRate(MethodQuality method, MethodQuality? popular)
    {
        var share = StrategyEvaluation.Share(method.Quality.HitRate, method.Quality.UserCount);
        return new ModelMetric($"hr-10 {method.Method}", share.Value, share.Lower, share.Upper, popular?.Quality.HitRate, "popular");
    }
}
