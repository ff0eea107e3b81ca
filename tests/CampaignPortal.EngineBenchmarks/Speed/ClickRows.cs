using CampaignPortal.Learning.Ctr;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>An epoch of DeepFM on 40,000 rows of 13 numbers and 26 categories; the AUC is that after the first epoch.</summary>
internal sealed class DeepFmRow(string job) : ISpeedRow
{
    private const int RowCount = 50_000, TrainingRows = 40_000, Numbers = 13, Epochs = 3;

    private readonly CtrInputs _inputs = new(Numbers, Recipes.CtrFieldSizes.ToArray());
    private CtrRows _training = new([], [], []), _test = new([], [], []);
    private CtrModel? _model;
    private int _degree = 1;

    public string Job => job;

    public void Prepare(int degree)
    {
        var (dense, categories, y) = Recipes.Ctr(1, RowCount);
        var fields = _inputs.FieldSizes.Count;
        _training = new CtrRows(dense[..(TrainingRows * Numbers)], categories[..(TrainingRows * fields)], y[..TrainingRows]);
        _test = new CtrRows(dense[(TrainingRows * Numbers)..], categories[(TrainingRows * fields)..], y[TrainingRows..]);
        _degree = degree;
    }

    public IReadOnlyList<double> Run() => [.. Fit(Epochs).History.Select(e => e.Seconds)];

    public SpeedOutcome Outcome()
    {
        Fit(1);
        var p = new float[_test.Labels.Length];
        _model!.PredictMany(_test.Dense, _test.Categories, p); // Fit has set it
        return SpeedOutcome.Of(("auc", BinaryMetrics.Auc(_test.Labels, p)), ("logloss", BinaryMetrics.LogLoss(_test.Labels, p)));
    }

    private TrainingResult Fit(int epochs)
    {
        var options = new CtrOptions { Training = new TrainingOptions { BatchSize = 512, MaxEpochs = epochs, Optimizer = OptimizerKind.Adam, Degree = _degree, Seed = 1 } };
        var fit = CtrClassifier.Fit(_training, null, _inputs, options, new Rng(1), null, default);
        _model = fit.Model;
        return fit.Training;
    }
}

/// <summary>An epoch of a deep interest network on 32,000 histories of up to 20 items; the AUC is that after five epochs.</summary>
internal sealed class InterestRow : ISpeedRow
{
    private const int RowCount = 40_000, TrainingRows = 32_000, Items = 100, Length = 20, Epochs = 5;

    private InterestRows _training = new([], [0], [], []), _test = new([], [0], [], []);
    private InterestModel? _model;
    private int _degree = 1;

    public string Job => "din-epoch";

    public void Prepare(int degree)
    {
        var (history, candidates, y) = Recipes.Behaviour(1, RowCount, Items, Length);
        _training = Rows(history, candidates, y, 0, TrainingRows);
        _test = Rows(history, candidates, y, TrainingRows, RowCount);
        _degree = degree;
    }

    public IReadOnlyList<double> Run()
    {
        var training = new TrainingOptions { LearningRate = 5e-3, MaxEpochs = Epochs, Optimizer = OptimizerKind.Adam, Degree = _degree, Seed = 1 };
        var fit = InterestClassifier.Fit(_training, null, Items + 1, new InterestOptions { Training = training }, new Rng(1), null, default);
        _model = fit.Model;
        return [.. fit.Training.History.Select(e => e.Seconds)];
    }

    public SpeedOutcome Outcome()
    {
        var p = new float[_test.Labels.Length];
        _model!.PredictMany(_test, p); // Run has set it
        return SpeedOutcome.Of(("auc", BinaryMetrics.Auc(_test.Labels, p)));
    }

    /// <summary>Zeros in front are padding.</summary>
    private static InterestRows Rows(int[] history, int[] candidates, float[] y, int from, int to)
    {
        var (items, offsets) = (new List<int>(), new int[to - from + 1]);
        for (var i = from; i < to; i++)
        {
            items.AddRange(history.AsSpan(i * Length, Length).ToArray().Where(item => item > 0));
            offsets[i - from + 1] = items.Count;
        }
        return new InterestRows([.. items], offsets, candidates[from..to], y[from..to]);
    }
}

/// <summary>An epoch of a 32-64-32-1 network on 80,000 rows, and its predictions of 20,000 rows in one call or one by one.</summary>
internal sealed class MlpRow(string job) : ISpeedRow
{
    private const int RowCount = 100_000, TrainingRows = 80_000, Columns = 32, Epochs = 5, SingleRows = 2000;

    private LabelledRows _training = new(new(0, 0), []);
    private Learning.Data.Matrix _test = new(0, 0);
    private float[] _labels = [], _logits = [];
    private MlpModel? _model;

    public static IReadOnlyList<ISpeedRow> All { get; } = [new MlpRow("mlp-epoch"), new MlpRow("mlp-infer-batch"), new MlpRow("mlp-infer-row")];

    public string Job => job;

    public void Prepare(int degree)
    {
        var (x, y) = Recipes.Tabular(1, RowCount, Columns);
        _training = new LabelledRows(new(TrainingRows, Columns, x[..(TrainingRows * Columns)]), y[..TrainingRows]);
        _test = new(RowCount - TrainingRows, Columns, x[(TrainingRows * Columns)..]);
        (_labels, _logits) = (y[TrainingRows..], new float[RowCount - TrainingRows]);
        if (job != "mlp-epoch") Fit(1);
    }

    public IReadOnlyList<double> Run() => job switch
    {
        "mlp-epoch" => [.. Fit(Epochs).Select(e => e.Seconds)],
        "mlp-infer-batch" => [Timed.Seconds(() => _model!.LogOddsMany(_test, _logits))], // Prepare has fitted it
        _ => [Timed.Seconds(One) / SingleRows],
    };

    public SpeedOutcome Outcome()
    {
        _model!.LogOddsMany(_test, _logits); // fitted by now
        if (job == "mlp-epoch") return SpeedOutcome.Of(("auc", BinaryMetrics.Auc(_labels, _logits)));
        for (var i = 0; i < SingleRows; i++)
        {
            var one = _model.LogOdds(_test.Row(i));
            if (!(Math.Abs(one - _logits[i]) <= 1e-5 * Math.Max(1, Math.Abs(one)))) return new SpeedOutcome(SpeedOutcome.Of().Metrics, FormattableString.Invariant($"Row {i} has {_logits[i]} among many and {one} alone."));
        }
        return SpeedOutcome.Of();
    }

    private void One()
    {
        for (var i = 0; i < SingleRows; i++) _logits[i] = (float)_model!.LogOdds(_test.Row(i)); // Prepare has fitted it
    }

    private IReadOnlyList<EpochReport> Fit(int epochs)
    {
        var fit = MlpClassifier.Fit(_training, null, new MlpOptions { MaxEpochs = epochs, ValidationShare = 0, WeightDecay = 0 }, new Rng(1), null, default);
        _model = fit.Model;
        return fit.History;
    }
}
