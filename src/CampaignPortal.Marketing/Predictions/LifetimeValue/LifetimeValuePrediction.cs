using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Marketing.Predictions.LifetimeValue;

/// <summary>Lifetime value in the registry: a customer's score is money, with parts for being alive, orders and other horizons.</summary>
public sealed class LifetimeValuePrediction(LifetimeValueSettings settings) : IPrediction
{
    public string Model => ModelNames.LifetimeValue;

    public int Order => 1;

    public TrainedVersion Train(TrainingInput input, CancellationToken ct)
    {
        input.Report("fit", 0);
        var result = LifetimeValueTrainer.Train(input.Table, settings, input.Rng, ct);
        if (result.Model is not { } trained) return TrainedVersion.Impossible(result.Problems, result.Fallback);
        var purchases = trained.Model.Purchases;
        var headline = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["total"] = trained.Total.Point,
            ["total_lower"] = trained.Total.Lower,
            ["total_upper"] = trained.Total.Upper,
            ["log_likelihood"] = trained.PurchaseLogLikelihood,
            ["r"] = purchases.R,
            ["alpha"] = purchases.Alpha,
            ["p"] = trained.Model.Spend.P,
            ["q"] = trained.Model.Spend.Q,
            ["v"] = trained.Model.Spend.V,
        };
        if (purchases.A is { } a) headline["a"] = a;
        if (purchases.B is { } b) headline["b"] = b;
        if (trained.BackTest is { } test)
        {
            headline["forecast"] = test.Forecast;
            headline["actual"] = test.Actual;
            if (test.RankCorrelation is { } rank) headline["rank_correlation"] = rank;
            headline["top_tenth_share"] = test.TopTenthShare;
        }
        return new TrainedVersion(
            purchases.IsNbdLimit ? "nbd" : "bg-nbd", target => trained.Model.Save(target, new ModelDetails { RowCount = trained.CustomerCount }), headline, Report(trained), IsBetter: true,
            trained.Notes.Contains(LifetimeValueTrainer.NoDropout) ? "The likelihood rises as dropout vanishes: the fit stopped at the model without dropout." : null);
    }

    public PredictionOutput Score(ScoringInput input, CancellationToken ct) =>
        new(LifetimeValueTrainer.Score(ModelFolder.Load<LifetimeValueModel>(input.Folder), input.Table, ct), []);

    private static ModelReport Report(TrainedLifetimeValue trained)
    {
        List<ModelMetric> metrics = [];
        if (trained.BackTest is { } test)
        {
            metrics.Add(new ModelMetric("total-bias", test.Actual > 0 ? test.Forecast / test.Actual - 1 : 0));
            if (test.RankCorrelation is { } rank) metrics.Add(new ModelMetric("rank-correlation", rank, Baseline: test.RankCorrelationOfPastRate, BaselineName: "past-rate"));
            if (test.AucBuysAgain is { } auc) metrics.Add(new ModelMetric("auc", auc));
            metrics.Add(new ModelMetric("top-tenth-share", test.TopTenthShare));
            metrics.Add(new ModelMetric("mae", test.MeanAbsoluteError));
        }
        metrics.Add(new ModelMetric("total", trained.Total.Point, trained.Total.Lower, trained.Total.Upper));
        return new ModelReport { Metrics = metrics, TestRowCount = trained.BackTest?.CustomerCount, TrainRowCount = trained.CustomerCount };
    }
}
