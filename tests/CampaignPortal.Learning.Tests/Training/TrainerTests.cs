using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;
using LinearLayer = CampaignPortal.Learning.Nn.Linear;

namespace CampaignPortal.Learning.Tests.Training;

/// <summary>Training of any network: it finds planted structure, gives the same bits for every degree, and goes on after a stop as if nothing had happened.</summary>
public sealed class TrainerTests
{
    private static readonly TrainingOptions Options = new() { MaxEpochs = 6, BatchSize = 64, LearningRate = 0.02, Patience = 6, Schedule = LearningRateSchedule.Cosine, ClipNorm = 1, WeightDecay = 0.01, Seed = 5 };

    [Fact]
    public void A_planted_rule_is_learned_and_the_best_weights_are_kept()
    {
        var task = new TwoTables();
        var result = Trainer.Fit(task, Options with { MaxEpochs = 12 }, null, TestContext.Current.CancellationToken);
        Assert.True(result.Best!.Metric > 0.9, $"accuracy {result.Best.Metric}");
        Assert.Equal(result.History.Max(h => h.Metric), result.Best.Metric);
        using var tape = new Tape();
        Assert.Equal(result.Best.Metric, task.Evaluate(tape)!.Metric);
        Assert.True(result.History[^1].TrainingLoss < result.History[0].TrainingLoss);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_degree_gives_the_same_bits(int shards)
    {
        var bits = Enumerable.Range(1, 3).Select(degree =>
        {
            var task = new TwoTables();
            Trainer.Fit(task, Options with { MaxEpochs = 2, Degree = degree, Shards = shards }, null, TestContext.Current.CancellationToken);
            return Bits(task);
        }).ToArray();
        Assert.Equal(bits[0], bits[1]);
        Assert.Equal(bits[0], bits[2]);
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_to_the_same_bits()
    {
        var whole = new TwoTables();
        var expected = Trainer.Fit(whole, Options, null, TestContext.Current.CancellationToken);

        using var folder = new TemporaryFolder();
        var checkpoints = new Checkpoints(folder.Path, TimeSpan.FromHours(1), TimeProvider.System);
        using (var stop = new CancellationTokenSource())
        {
            var callbacks = new StopAt(23, stop);
            Assert.Throws<OperationCanceledException>(() => Trainer.Fit(new TwoTables(), Options, null, stop.Token, callbacks, checkpoints));
        }
        var resumed = new TwoTables();
        var got = Trainer.Fit(resumed, Options, null, TestContext.Current.CancellationToken, checkpoints: checkpoints);
        Assert.Equal(Bits(whole), Bits(resumed));
        Assert.Equal(expected.History.Select(h => (h.Epoch, h.TrainingLoss, h.ValidationLoss, h.Metric)), got.History.Select(h => (h.Epoch, h.TrainingLoss, h.ValidationLoss, h.Metric)));
    }

    [Fact]
    public void Rows_that_do_not_occur_keep_their_weights()
    {
        var task = new TwoTables();
        var before = task.Table.Weight.Value[(TwoTables.UnusedRow * 4)..][..4].ToArray();
        Trainer.Fit(task, Options with { MaxEpochs = 1, Shards = 2 }, null, TestContext.Current.CancellationToken);
        Assert.Equal(before, task.Table.Weight.Value[(TwoTables.UnusedRow * 4)..][..4].ToArray());
        Assert.All(task.Parameters, p => Assert.True(p.Gradient.IndexOfAnyExcept(0f) < 0));
    }

    [Fact]
    public void Averaged_weights_are_validated_and_kept()
    {
        var task = new TwoTables();
        var result = Trainer.Fit(task, Options with { AverageDecay = 0.9 }, null, TestContext.Current.CancellationToken);
        using var tape = new Tape();
        Assert.Equal(result.Best!.Metric, task.Evaluate(tape)!.Metric);
    }

    [Fact]
    public void Divergence_names_step_rate_and_parameter()
    {
        var e = Assert.Throws<TrainingDivergedException>(() => Trainer.Fit(new TwoTables(), Options with { LearningRate = 1e38, ClipNorm = null, Optimizer = OptimizerKind.Sgd, Schedule = LearningRateSchedule.Constant }, null, TestContext.Current.CancellationToken));
        Assert.True(e.Step > 1);
        Assert.NotNull(e.Parameter);
    }

    private static float[][] Bits(TwoTables task) => task.Parameters.Select(p => p.Value.ToArray()).ToArray();

    private sealed class StopAt(int step, CancellationTokenSource source) : ITrainingCallbacks
    {
        public void EpochBegan(int epoch)
        {
        }

        public void StepEnded(int number, double loss)
        {
            if (number == step) source.Cancel();
        }

        public void EpochEnded(EpochReport report)
        {
        }
    }

    /// <summary>Two category columns; the label says whether both categories are of the same parity.</summary>
    private sealed class TwoTables : ITrainingTask
    {
        public const int UnusedRow = 10;
        private const int Rows = 700, Trained = 500;
        private readonly int[] _first = new int[Rows], _second = new int[Rows];
        private readonly float[] _labels = new float[Rows];
        private readonly LinearLayer _hidden, _output;

        public TwoTables()
        {
            var rng = new Rng(11);
            for (var i = 0; i < Rows; i++)
            {
                (_first[i], _second[i]) = (rng.NextInt(10), rng.NextInt(10));
                _labels[i] = (_first[i] + _second[i]) % 2 == 0 ? 1 : 0;
            }
            Table = new Embedding("table", 11, 4, rng, 0.3);
            (_hidden, _output) = (new LinearLayer("hidden", 8, 16, rng), new LinearLayer("output", 16, 1, rng));
            Parameters = [.. Table.Parameters, .. _hidden.Parameters, .. _output.Parameters];
        }

        public Embedding Table { get; }

        public IReadOnlyList<Parameter> Parameters { get; }

        public int ExampleCount => Trained;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            var labels = new float[examples.Length];
            for (var i = 0; i < labels.Length; i++) labels[i] = _labels[examples[i]];
            return tape.BinaryCrossEntropy(Logits(tape, examples), labels);
        }

        public Evaluation? Evaluate(Tape tape)
        {
            tape.Begin(training: false);
            var rows = Enumerable.Range(Trained, Rows - Trained).ToArray();
            var logits = Logits(tape, rows);
            var hits = 0;
            for (var i = 0; i < rows.Length; i++) hits += logits.Values[i] > 0 == _labels[rows[i]] > 0 ? 1 : 0;
            return new Evaluation(tape.BinaryCrossEntropy(logits, _labels.AsSpan(Trained)).Scalar, (double)hits / rows.Length);
        }

        private Tensor Logits(Tape tape, ReadOnlySpan<int> examples)
        {
            int[] first = new int[examples.Length], second = new int[examples.Length];
            for (var i = 0; i < examples.Length; i++) (first[i], second[i]) = (_first[examples[i]], _second[examples[i]]);
            var x = tape.Concat(Table.Forward(tape, tape.Indices(first)), Table.Forward(tape, tape.Indices(second)));
            return _output.Forward(tape, tape.Dropout(_hidden.Forward(tape, x, Activation.Relu), 0.1));
        }
    }
}
