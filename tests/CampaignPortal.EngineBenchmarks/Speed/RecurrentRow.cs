using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Training;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Five epochs of a recurrent classifier: 4,000 sequences of 32 steps of 16 numbers, 32 hidden units, the last state to one logit.</summary>
internal sealed class RecurrentRow(string job, SequenceEncoder encoder) : ISpeedRow
{
    private const int Count = 5_000, TrainingCount = 4_000, Length = 32, Columns = 16;

    private StepSequences? _training, _test;
    private float[] _labels = [];
    private SequenceFit? _fit;
    private int _degree;

    public static IReadOnlyList<ISpeedRow> All { get; } = [new RecurrentRow("gru-epoch", SequenceEncoder.Gru), new RecurrentRow("lstm-epoch", SequenceEncoder.Lstm)];

    public string Job => job;

    public void Prepare(int degree)
    {
        var (x, y) = Recipes.EventSequences(1, Count, Length, Columns);
        (_training, _test, _labels, _degree) = (Part(x, 0, TrainingCount), Part(x, TrainingCount, Count), y, degree);
    }

    public IReadOnlyList<double> Run()
    {
        var options = new SequenceClassifierOptions
        {
            Encoder = encoder,
            Pooling = SequencePooling.Last,
            Dropout = 0,
            ValidationShare = 0,
            Training = new TrainingOptions { MaxEpochs = 5, BatchSize = 128, LearningRate = 3e-3, Optimizer = OptimizerKind.Adam, Degree = _degree, Seed = 1 },
        };
        _fit = SequenceClassifier.Fit(_training!, [new SequenceTarget("label", SequenceTask.Binary, _labels[..TrainingCount])], options, null, default); // Prepare has made the data
        return [.. _fit.Training.History.Select(e => e.Seconds)];
    }

    public SpeedOutcome Outcome()
    {
        var scores = new float[Count - TrainingCount];
        _fit!.Model.PredictMany(_test!, scores); // Run comes before
        return SpeedOutcome.Of(("auc", BinaryMetrics.Auc(_labels.AsSpan(TrainingCount), scores)));
    }

    private static StepSequences Part(float[] x, int from, int to) =>
        new(new Matrix((to - from) * Length, Columns, x[(from * Length * Columns)..(to * Length * Columns)]), Enumerable.Range(0, to - from + 1).Select(s => s * Length).ToArray());
}
