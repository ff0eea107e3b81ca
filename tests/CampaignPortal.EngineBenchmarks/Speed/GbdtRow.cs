using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Boosted trees on 80,000 rows of 32 columns: training (binning and 100 rounds at depth 6), and scoring or explaining the rows kept back.</summary>
internal sealed class GbdtRow(string job, GbdtRow.Work work) : ISpeedRow
{
    private const int RowCount = 100_000, ColumnCount = 32, TrainingRows = 80_000, ExplainedRows = 2_000;

    private LabelledRows _training = new(new Matrix(0, 0), []);
    private Matrix _test = new(0, 0);
    private float[] _labels = [], _results = [];
    private GbdtModel? _model;
    private int _degree = 1;

    public static IReadOnlyList<ISpeedRow> All { get; } =
    [
        new GbdtRow("gbdt-train", Work.Train), new GbdtRow("gbdt-train-sklearn", Work.Train), new GbdtRow("gbdt-predict", Work.Predict), new GbdtRow("gbdt-treeshap", Work.Explain),
    ];

    public enum Work
    {
        Train,
        Predict,
        Explain,
    }

    public string Job => job;

    public void Prepare(int degree)
    {
        var (x, y) = Recipes.Tabular(1, RowCount, ColumnCount);
        _training = new LabelledRows(new Matrix(TrainingRows, ColumnCount, x[..(TrainingRows * ColumnCount)]), y[..TrainingRows]);
        var testRows = work == Work.Explain ? ExplainedRows : RowCount - TrainingRows;
        _test = new Matrix(testRows, ColumnCount, x[(TrainingRows * ColumnCount)..((TrainingRows + testRows) * ColumnCount)]);
        _labels = y[TrainingRows..(TrainingRows + testRows)];
        _results = new float[work == Work.Explain ? _test.Values.Length : testRows];
        _degree = degree;
        if (work != Work.Train) Train();
    }

    public IReadOnlyList<double> Run() =>
        [Timed.Seconds(work switch
        {
            Work.Train => Train,
            Work.Predict => () => _model!.PredictMany(_test, _results, _degree), // Prepare has trained it
            _ => () => _model!.ExplainMany(_test, _results, degree: _degree),
        })];

    public SpeedOutcome Outcome()
    {
        var model = _model ?? throw new InvalidOperationException("The row has not run.");
        if (work == Work.Train) model.PredictMany(_test, _results = new float[_labels.Length]);
        if (work != Work.Explain) return new SpeedOutcome(SpeedOutcome.Of(("auc", BinaryMetrics.Auc(_labels, _results))).Metrics, work == Work.Predict ? ScoresDiffer(model) : null);
        return new SpeedOutcome(SpeedOutcome.Of().Metrics, SumsDiffer(model));
    }

    private void Train() => _model = GradientBoosting.Fit(_training, null, new GbdtOptions { LearningRate = 0.1, RowShare = 1, ColumnShare = 1, MaxRounds = 100, MaxDepth = 6, ValidationShare = 0, BaseScore = 0, Degree = _degree }, new Rng(1), null, default).Model;

    private string? ScoresDiffer(GbdtModel model)
    {
        for (var i = 0; i < _test.RowCount; i++)
        {
            var one = model.Predict(_test.Row(i));
            if (!(Math.Abs(_results[i] - one) <= 1e-6)) return FormattableString.Invariant($"Row {i} scores {_results[i]} among many and {one} alone.");
        }
        return null;
    }

    private string? SumsDiffer(GbdtModel model)
    {
        for (var i = 0; i < _test.RowCount; i++)
        {
            var sum = _results.AsSpan(i * ColumnCount, ColumnCount).ToArray().Sum(v => (double)v) + model.AverageRaw;
            if (!(Math.Abs(sum - model.Raw(_test.Row(i))) <= 1e-4)) return FormattableString.Invariant($"The values of row {i} add up to {sum}; its raw score is {model.Raw(_test.Row(i))}.");
        }
        return null;
    }
}
