using System.Globalization;
using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Lets a logistic regression, a network, boosted trees and their mean compete on the validation rows; the same rows calibrate.</summary>
internal sealed class Contest
{
    /// <summary>Rows that a network's explanations compare with: reasons of everybody cost as much as training above a few dozen.</summary>
    private const int BackgroundSize = 32;

    private readonly PropensitySettings _settings;
    private readonly Rng _rng;
    private readonly Action<TrainingStep>? _onStep;
    private readonly CancellationToken _ct;
    private readonly List<TrainingStep> _history = [];
    private readonly double _penalty;
    private readonly int _epochs;
    private readonly int _rounds;
    private LogisticModel? _linear;
    private MlpModel? _network;
    private GbdtModel? _trees;
    private Matrix? _fitted;

    public Contest(PreparedRows training, PropensitySplit split, PropensitySettings settings, Rng rng, Action<TrainingStep>? onStep, CancellationToken ct)
    {
        (_settings, _rng, _onStep, _ct) = (settings, rng, onStep, ct);
        var judged = split.Positions.SelectMany(f => f.Validation).ToArray();
        var labels = Array.ConvertAll(judged, p => training.Labels[p]);
        var linear = Linear(training, split, labels, out _penalty);
        var network = Network(training, split, out _epochs);
        List<(string Name, double[] LogOdds)> entries = [(Scorer.Linear, linear), (Scorer.Network, network)];
        if (settings.UseTrees) entries.Add((Scorer.Trees, Trees(training, split, out _rounds)));
        entries.Add((Scorer.Blend, [.. Enumerable.Range(0, labels.Length).Select(i => entries.Average(e => e.LogOdds[i]))]));
        Estimators = [.. entries.Select(e => e.Name)];

        // Calibration looks at the newest cut alone: rates drift, and the newest one is nearest to now.
        var newest = split.CalibrationRows.ToHashSet();
        var kept = Enumerable.Range(0, judged.Length).Where(i => newest.Contains(judged[i])).ToArray();
        var keptLabels = Array.ConvertAll(kept, i => labels[i]);
        foreach (var (name, logOdds) in entries)
        {
            var own = Array.ConvertAll(kept, i => logOdds[i]);
            var calibrator = PlattCalibrator.Fit(own, keptLabels);
            Calibrators[name] = calibrator;
            LogLoss[name] = MeanLogLoss(keptLabels, Array.ConvertAll(own, calibrator.Calibrate));
        }
        Winner = Estimators.MinBy(e => LogLoss[e])!; // there are three at least
    }

    public IReadOnlyList<string> Estimators { get; }

    public string Winner { get; }

    public Dictionary<string, PlattCalibrator> Calibrators { get; } = new(StringComparer.Ordinal);

    /// <summary>Calibrated, on the newest validation cut.</summary>
    public Dictionary<string, double> LogLoss { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<TrainingStep> History => _history;

    /// <summary>Fits an estimator with the settings that validation chose. Fits on the same rows are made once.</summary>
    public Scorer FitOn(Matrix rows, float[] labels, string estimator)
    {
        if (!ReferenceEquals(_fitted, rows)) (_linear, _network, _trees, _fitted) = (null, null, null, rows);
        var isBlend = estimator == Scorer.Blend;
        if (isBlend || estimator == Scorer.Linear)
            _linear ??= LogisticRegression.Fit(rows, labels, new LogisticOptions { L2 = _penalty, Degree = _settings.Degree }, _ct);
        if (isBlend || estimator == Scorer.Network)
            _network ??= MlpClassifier.Fit(new LabelledRows(rows, labels), null, Options with { MaxEpochs = _epochs }, _rng.Fork(2), null, _ct).Model;
        var usesTrees = (isBlend && _settings.UseTrees) || estimator == Scorer.Trees;
        if (usesTrees)
            _trees ??= GradientBoosting.Fit(new LabelledRows(rows, labels), null, TreeOptions with { MaxRounds = _rounds }, _rng.Fork(3), null, _ct).Model;
        return new Scorer(
            isBlend || estimator == Scorer.Linear ? _linear : null, isBlend || estimator == Scorer.Network ? _network : null, usesTrees ? _trees : null);
    }

    private GbdtOptions TreeOptions => new()
    {
        MaxRounds = _settings.MaxRounds, MaxDepth = 3, LearningRate = 0.12, MinChildWeight = 8, Lambda = 4, MaxBins = 63, RowShare = 1, ColumnShare = 1, ValidationShare = 0, Patience = 8, Degree = _settings.Degree,
    };

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
            var logOdds = Judge(training, split, (rows, own, _, _) => new Scorer(LogisticRegression.Fit(rows, own, options, _ct)));
            var loss = LossOfLogOdds(labels, logOdds);
            _history.Add(new TrainingStep(Scorer.Linear, p + 1, string.Create(CultureInfo.InvariantCulture, $"L2 = {options.L2}"), null, loss));
            if (loss < bestLoss) (best, bestLoss, penalty) = (logOdds, loss, options.L2);
        }
        return best;
    }

    private double[] Network(PreparedRows training, PropensitySplit split, out int epochs)
    {
        List<int> best = [];
        var logOdds = Judge(training, split, (rows, own, validation, validationLabels) =>
        {
            var fit = MlpClassifier.Fit(new LabelledRows(rows, own), new LabelledRows(validation, validationLabels), Options, _rng.Fork(100 + best.Count),
                Heard<EpochReport>(best, e => new TrainingStep(Scorer.Network, e.Epoch, "", e.TrainingLoss, e.ValidationLoss ?? double.NaN)), _ct);
            Tell(best, Scorer.Network, fit.BestEpoch, fit.History.Select(e => (e.Epoch, e.TrainingLoss, e.ValidationLoss)));
            return new Scorer(network: fit.Model);
        });
        epochs = Median(best);
        return logOdds;
    }

    private double[] Trees(PreparedRows training, PropensitySplit split, out int rounds)
    {
        List<int> best = [];
        var logOdds = Judge(training, split, (rows, own, validation, validationLabels) =>
        {
            var fit = GradientBoosting.Fit(new LabelledRows(rows, own), new LabelledRows(validation, validationLabels), TreeOptions, _rng.Fork(200 + best.Count),
                Heard<BoostingReport>(best, r => new TrainingStep(Scorer.Trees, r.Round, "", r.TrainingLoss, r.ValidationLoss ?? double.NaN)), _ct);
            Tell(best, Scorer.Trees, fit.BestRound, fit.History.Select(e => (e.Round, e.TrainingLoss, e.ValidationLoss)));
            return new Scorer(trees: fit.Model);
        });
        rounds = Median(best);
        return logOdds;
    }

    /// <summary>Tells whoever watches of each step of the first fold, whose story is kept.</summary>
    private StepListener<T>? Heard<T>(List<int> best, Func<T, TrainingStep> step) => best.Count is 0 && _onStep is { } tell ? new StepListener<T>(report => tell(step(report))) : null;

    /// <summary>Hands on at once, in the thread that trains: <see cref="Progress{T}"/> would shuffle steps.</summary>
    private sealed class StepListener<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }

    /// <summary>Remembers the best length of a fold, and the story of the first one.</summary>
    private void Tell(List<int> best, string estimator, int bestStep, IEnumerable<(int Step, double Training, double? Validation)> history)
    {
        if (best.Count == 0) _history.AddRange(history.Select(h => new TrainingStep(estimator, h.Step, "", h.Training, h.Validation ?? double.NaN))); // a validation part is given
        best.Add(Math.Max(1, bestStep));
    }

    private static int Median(List<int> values)
    {
        values.Sort();
        return values[values.Count / 2];
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
