using System.Globalization;
using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Lets a logistic regression, a network and their mean compete on the validation rows; the same rows calibrate.</summary>
internal sealed class Contest
{
    /// <summary>Rows that a network's explanations compare with: reasons of everybody cost as much as training above a few dozen.</summary>
    private const int BackgroundSize = 32;

    private readonly PropensitySettings _settings;
    private readonly Rng _rng;
    private readonly CancellationToken _ct;
    private readonly List<TrainingStep> _history = [];
    private readonly double _penalty;
    private readonly int _epochs;
    private LogisticModel? _linear;
    private MlpModel? _network;
    private Matrix? _fitted;

    public Contest(PreparedRows training, PropensitySplit split, PropensitySettings settings, Rng rng, CancellationToken ct)
    {
        (_settings, _rng, _ct) = (settings, rng, ct);
        var judged = split.Positions.SelectMany(f => f.Validation).ToArray();
        var labels = Array.ConvertAll(judged, p => training.Labels[p]);
        var linear = Linear(training, split, labels, out _penalty);
        var network = Network(training, split, labels, out _epochs);
        var both = linear.Zip(network, (a, b) => (a + b) / 2).ToArray();

        // Calibration looks at the newest cut alone: rates drift, and the newest one is nearest to now.
        var newest = split.CalibrationRows.ToHashSet();
        var kept = Enumerable.Range(0, judged.Length).Where(i => newest.Contains(judged[i])).ToArray();
        var keptLabels = Array.ConvertAll(kept, i => labels[i]);
        foreach (var (name, logOdds) in new[] { (Scorer.Linear, linear), (Scorer.Network, network), (Scorer.Both, both) })
        {
            var own = Array.ConvertAll(kept, i => logOdds[i]);
            var calibrator = PlattCalibrator.Fit(own, keptLabels);
            Calibrators[name] = calibrator;
            LogLoss[name] = MeanLogLoss(keptLabels, Array.ConvertAll(own, calibrator.Calibrate));
        }
        Winner = Estimators.MinBy(e => LogLoss[e])!; // there are three
    }

    public IReadOnlyList<string> Estimators { get; } = [Scorer.Linear, Scorer.Network, Scorer.Both];

    public string Winner { get; }

    public Dictionary<string, PlattCalibrator> Calibrators { get; } = new(StringComparer.Ordinal);

    /// <summary>Calibrated, on the newest validation cut.</summary>
    public Dictionary<string, double> LogLoss { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<TrainingStep> History => _history;

    /// <summary>Fits an estimator with the settings that validation chose. Fits on the same rows are made once.</summary>
    public Scorer FitOn(Matrix rows, float[] labels, string estimator)
    {
        if (!ReferenceEquals(_fitted, rows)) (_linear, _network, _fitted) = (null, null, rows);
        if (estimator != Scorer.Network) _linear ??= LogisticRegression.Fit(rows, labels, new LogisticOptions { L2 = _penalty, Degree = _settings.Degree }, _ct);
        if (estimator != Scorer.Linear)
        {
            _network ??= MlpClassifier.Fit(new LabelledRows(rows, labels), null, Options with { MaxEpochs = _epochs, ValidationShare = 0 }, _rng.Fork(2), null, _ct).Model;
        }
        return new Scorer(estimator == Scorer.Network ? null : _linear, estimator == Scorer.Linear ? null : _network);
    }

    private MlpOptions Options => new()
    {
        MaxEpochs = _settings.MaxEpochs, Dropout = _settings.Dropout, LearningRate = _settings.LearningRate, WeightDecay = _settings.WeightDecay, ValidationShare = 0,
        BackgroundSize = BackgroundSize,
    };

    private double[] Linear(PreparedRows training, PropensitySplit split, float[] labels, out double penalty)
    {
        var (best, bestLoss) = (Array.Empty<double>(), double.PositiveInfinity);
        penalty = _settings.Penalties[0];
        for (var p = 0; p < _settings.Penalties.Count; p++)
        {
            var options = new LogisticOptions { L2 = _settings.Penalties[p], Degree = _settings.Degree };
            var logOdds = Judge(training, split, (rows, own, _, _) => new Scorer(LogisticRegression.Fit(rows, own, options, _ct), null));
            var loss = LossOfLogOdds(labels, logOdds);
            _history.Add(new TrainingStep(Scorer.Linear, p + 1, string.Create(CultureInfo.InvariantCulture, $"L2 = {options.L2}"), null, loss));
            if (loss < bestLoss) (best, bestLoss, penalty) = (logOdds, loss, options.L2);
        }
        return best;
    }

    private double[] Network(PreparedRows training, PropensitySplit split, float[] labels, out int epochs)
    {
        List<int> bestEpochs = [];
        var fold = 0;
        var logOdds = Judge(training, split, (rows, own, validation, validationLabels) =>
        {
            var fit = MlpClassifier.Fit(new LabelledRows(rows, own), new LabelledRows(validation, validationLabels), Options, _rng.Fork(100 + fold++), null, _ct);
            bestEpochs.Add(Math.Max(1, fit.BestEpoch));
            if (fold == 1)
            {
                foreach (var epoch in fit.History)
                    _history.Add(new TrainingStep(Scorer.Network, epoch.Epoch, "", epoch.TrainingLoss, epoch.ValidationLoss ?? double.NaN)); // a validation part is given
            }
            return new Scorer(null, fit.Model);
        });
        bestEpochs.Sort();
        epochs = bestEpochs[bestEpochs.Count / 2];
        return logOdds;
    }

    /// <summary>Log-odds of the validation rows of all folds, each by a fit that has not seen them.</summary>
    private static double[] Judge(PreparedRows training, PropensitySplit split, Func<Matrix, float[], Matrix, float[], Scorer> fit)
    {
        var all = new List<double>();
        foreach (var (fitPositions, validation) in split.Positions)
        {
            var rows = training.Rows.SelectRows(validation);
            all.AddRange(fit(training.Rows.SelectRows(fitPositions), Array.ConvertAll(fitPositions, p => training.Labels[p]), rows, Array.ConvertAll(validation, p => training.Labels[p])).LogOdds(rows));
        }
        return [.. all];
    }

    private static double LossOfLogOdds(float[] labels, double[] logOdds) => MeanLogLoss(labels, Array.ConvertAll(logOdds, z => 1 / (1 + Math.Exp(-z))));

    private static double MeanLogLoss(float[] labels, double[] probabilities) =>
        labels.Zip(probabilities, (y, p) => -Math.Log(Math.Clamp(y == 1 ? p : 1 - p, 1e-12, 1))).Average();
}
