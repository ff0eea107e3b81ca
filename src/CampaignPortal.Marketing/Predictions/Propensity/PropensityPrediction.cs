using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>A propensity in the registry: a customer's score is a calibrated probability with reasons.</summary>
public sealed class PropensityPrediction(PropensityDefinition definition, PropensitySettings settings) : IPrediction
{
    public string Model => definition.Name;

    public int Order => 1;

    public TrainedVersion Train(TrainingInput input, CancellationToken ct)
    {
        input.Report("features", 0);
        var features = PropensityFeatures.Build(input.Table, definition, settings.Degree, ct);
        var live = input.LiveFolder is { } folder ? ModelFolder.Load<PropensityModel>(folder) : null;
        input.Report("fit", 0.2);
        var result = PropensityTrainer.Train(definition, features, settings, input.Rng, live, ct);
        if (result.Model is not { } trained) return TrainedVersion.Impossible(result.Reason ?? "", result.Fallback);
        var details = new ModelDetails { Columns = [.. trained.Model.Schema.Vocabulary.Columns], RowCount = trained.TrainingRowCount };
        return new TrainedVersion(trained.Model.EstimatorName, target => trained.Model.Save(target, details), Headline(trained.Quality), Report(trained), trained.Promotion.IsPromoted, trained.Promotion.IsPromoted ? null : trained.Promotion.Reason);
    }

    public PredictionOutput Score(ScoringInput input, CancellationToken ct) =>
        new(PropensityScorer.Score(ModelFolder.Load<PropensityModel>(input.Folder), input.Table, settings, isEverybody: true, ct), []);

    public IReadOnlyList<string> FeaturesOf(string folder) => ModelFolder.Load<PropensityModel>(folder).Schema.Vocabulary.Columns;

    private static Dictionary<string, double> Headline(PropensityQuality quality) => new(StringComparer.Ordinal)
    {
        ["auc"] = quality.Auc.Point,
        ["pr_auc"] = quality.AveragePrecision.Point,
        ["log_loss"] = quality.LogLoss.Point,
        ["brier"] = quality.Brier.Point,
        ["ece"] = quality.CalibrationError,
        ["lift_10"] = quality.LiftAtTenth.Point,
        ["rate"] = quality.PositiveRate,
        ["rows"] = quality.RowCount,
    };

    private static ModelReport Report(TrainedPropensity trained)
    {
        var quality = trained.Quality;
        var (ruleName, ruleAuc) = trained.Baselines.Count > 0 ? trained.Baselines.MaxBy(b => b.Value) : new KeyValuePair<string, double>("", double.NaN);
        ModelMetric Of(string name, Estimate e) => new(name, e.Point, e.Lower, e.Upper);
        // The curve of whichever estimator has one; penalties of the regression are not epochs.
        var epochs = trained.History.Where(h => h.TrainingLoss is not null).Select(h => new EpochLoss(h.Step, h.TrainingLoss!.Value, h.ValidationLoss)).ToArray();
        return new ModelReport
        {
            Metrics =
            [
                Of("auc", quality.Auc) with { Baseline = double.IsNaN(ruleAuc) ? null : ruleAuc, BaselineName = ruleName },
                Of("pr-auc", quality.AveragePrecision) with { Baseline = quality.PositiveRate, BaselineName = "rate" },
                Of("log-loss", quality.LogLoss), Of("brier", quality.Brier), Of("lift-10", quality.LiftAtTenth), Of("top-tenth-rate", quality.TopTenthRate),
                new ModelMetric("ece", quality.CalibrationError),
            ],
            Calibration = [.. quality.Curve.Select(b => new ReliabilityBin(b.MeanPredicted, b.PositiveRate, b.Lower, b.Upper, b.RowCount))],
            Drivers = [.. trained.Drivers.Select(d => new Driver(d.Feature, d.MeanEffect / trained.Drivers.Sum(all => all.MeanEffect), null))],
            Epochs = epochs,
            BestEpoch = epochs.Length is 0 ? null : epochs.MinBy(e => e.Validation)!.Epoch,
            Candidates = [.. trained.ValidationLogLoss.Select(c => new Candidate(c.Key, c.Value, c.Key == trained.Model.EstimatorName))],
            TestRowCount = quality.RowCount,
            TrainRowCount = trained.TrainingRowCount,
            BaseRate = quality.PositiveRate,
        };
    }
}
