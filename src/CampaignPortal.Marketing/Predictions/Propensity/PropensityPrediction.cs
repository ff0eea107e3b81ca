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
        // Cuts and history are the only parts of the definition that features depend on: propensities of one run share them.
        var features = input.Shared.Of((definition.CutStepDays, definition.MinHistoryDays), () => PropensityFeatures.Build(input.Table, definition, settings.Degree, ct));
        var live = input.LiveFolder is { } folder ? ModelFolder.Load<PropensityModel>(folder) : null;
        input.Report("fit", 0.2);
        var result = PropensityTrainer.Train(definition, features, settings, input.Rng, live, input.OnStep, ct);
        if (result.Model is not { } trained) return TrainedVersion.Impossible(result.Problems, result.Fallback);
        var details = new ModelDetails { Columns = [.. trained.Model.Schema.Vocabulary.Columns], RowCount = trained.TrainingRowCount };
        return new TrainedVersion(trained.Model.EstimatorName, target =>
        {
            trained.Model.Save(target, details);
            trained.Judged?.Save(Path.Combine(target, JudgedRows.Folder));
        }, Headline(trained.Quality), Report(trained), trained.Promotion.IsPromoted, trained.Promotion.IsPromoted ? null : trained.Promotion.Reason);
    }

    public PredictionOutput Score(ScoringInput input, CancellationToken ct)
    {
        var (scores, drift) = PropensityScorer.ScoreWithDrift(ModelFolder.Load<PropensityModel>(input.Folder), input.Table, settings, ct);
        return new PredictionOutput(scores, []) { Drift = drift };
    }

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

    private ModelReport Report(TrainedPropensity trained)
    {
        var quality = trained.Quality;
        var (ruleName, ruleAuc) = trained.Baselines.Count > 0 ? trained.Baselines.MaxBy(b => b.Value) : new KeyValuePair<string, double>("", double.NaN);
        ModelMetric Of(string name, Estimate e) => new(name, e.Point, e.Lower, e.Upper);
        // The curves of those that learn step by step; penalties of the regression are not epochs.
        var epochs = trained.History.Where(h => h.TrainingLoss is not null).Select(h => new EpochLoss(h.Step, h.TrainingLoss!.Value, h.ValidationLoss, h.Estimator)).ToArray();
        var effects = Math.Max(1e-12, trained.Drivers.Sum(d => d.MeanEffect));
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
            Gains = trained.Gains,
            Groups = trained.Groups,
            Drivers = [.. trained.Drivers.Select(d => new Driver(d.Feature, d.MeanEffect / effects, d.StandardError / effects))],
            Epochs = epochs,
            LearningRate = epochs.Length is 0 ? null : settings.LearningRate,
            StopReason = epochs.Length is 0 ? null : epochs.Count(e => e.Estimator is Scorer.Network) < settings.MaxEpochs ? ModelReport.StoppedEarly : ModelReport.StoppedAtLimit,
            BestEpoch = epochs.Length is 0 ? null : epochs.MinBy(e => e.Validation)!.Epoch,
            Candidates = [.. trained.ValidationLogLoss.Select(c => new Candidate(c.Key, c.Value, c.Key == trained.Model.EstimatorName))],
            TestRowCount = quality.RowCount,
            TrainRowCount = trained.TrainingRowCount,
            BaseRate = quality.PositiveRate,
        };
    }
}
