using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Metrics;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Logistic regression of 80,000 rows and 32 columns to the same optimum.</summary>
internal sealed class LogisticRow : ISpeedRow
{
    private const int Rows = 100_000, Columns = 32, TrainRows = 80_000;

    private Matrix _train = new(0, 0), _test = new(0, 0);
    private float[] _y = [];
    private LogisticOptions _options = new();
    private LogisticModel? _model;

    public string Job => "logistic";

    public void Prepare(int degree)
    {
        (var x, _y) = Recipes.Tabular(1, Rows, Columns);
        (_train, _test) = (new Matrix(TrainRows, Columns, x[..(TrainRows * Columns)]), new Matrix(Rows - TrainRows, Columns, x[(TrainRows * Columns)..]));
        _options = new LogisticOptions { L2 = 1, Standardize = false, Degree = degree };
    }

    public IReadOnlyList<double> Run() => [Timed.Seconds(() => _model = LogisticRegression.Fit(_train, _y.AsSpan(0, TrainRows), _options, CancellationToken.None))];

    public SpeedOutcome Outcome()
    {
        var probabilities = new float[_test.RowCount];
        _model!.PredictMany(_test, probabilities); // set by every run
        return SpeedOutcome.Of(("auc", BinaryMetrics.Auc(_y.AsSpan(TrainRows), probabilities)), ("logloss", BinaryMetrics.LogLoss(_y.AsSpan(TrainRows), probabilities)), ("w0", _model.Weights[0]));
    }
}
