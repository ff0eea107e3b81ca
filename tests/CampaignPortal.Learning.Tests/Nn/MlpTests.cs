using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Nn;

public sealed class MlpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Activation.Relu, 0.0)]
    [InlineData(Activation.Gelu, 0.2)]
    public void It_learns_what_a_linear_model_cannot(Activation activation, double dropout)
    {
        var rows = Xor(new Rng(1), 4000);
        var fit = MlpClassifier.Fit(rows, null, new MlpOptions { Activation = activation, Dropout = dropout, LearningRate = 5e-3, MaxEpochs = 30 }, new Rng(2), null, Ct);
        var test = Xor(new Rng(3), 2000);
        var p = new float[2000];
        fit.Model.PredictMany(test.Rows, p);
        Assert.True(BinaryMetrics.Auc(test.Labels, p) > 0.97);
        for (var i = 0; i < 50; i++) Assert.Equal(fit.Model.Predict(test.Rows.Row(i)), p[i], 1e-5);
    }

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Gelu)]
    public void Contributions_add_up_to_the_log_odds_above_the_average(Activation activation)
    {
        var rows = Xor(new Rng(4), 2000);
        var model = MlpClassifier.Fit(rows, null, new MlpOptions { Activation = activation, MaxEpochs = 10 }, new Rng(5), null, Ct).Model;
        for (var i = 0; i < 200; i++)
        {
            var row = rows.Rows.Row(i);
            Assert.Equal(model.LogOdds(row) - model.AverageLogOdds, model.Explain(row).Sum(), 1e-4);
        }
    }

    [Fact]
    public void A_column_that_means_nothing_gets_a_small_share_of_the_explanation()
    {
        var rows = Xor(new Rng(6), 4000);
        var model = MlpClassifier.Fit(rows, null, new MlpOptions { LearningRate = 5e-3, MaxEpochs = 20 }, new Rng(7), null, Ct).Model;
        var size = new double[3];
        for (var i = 0; i < 300; i++)
        {
            var contributions = model.Explain(rows.Rows.Row(i));
            for (var j = 0; j < 3; j++) size[j] += Math.Abs(contributions[j]);
        }
        Assert.True(size[2] < 0.3 * Math.Min(size[0], size[1]), $"{size[0]:F1} {size[1]:F1} {size[2]:F1}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var rows = Xor(new Rng(8), 1000);
        byte[] Bytes(long seed) => ModelFolder.ToBytes(MlpClassifier.Fit(rows, null, new MlpOptions { MaxEpochs = 3, Dropout = 0.1 }, new Rng(seed), null, Ct).Model).Weights;
        Assert.Equal(Bytes(1), Bytes(1));
        Assert.NotEqual(Bytes(1), Bytes(2));
    }

    [Fact]
    public void The_best_weights_are_restored_and_the_history_says_so()
    {
        var rows = Xor(new Rng(9), 300);
        var validation = Xor(new Rng(10), 300);
        var seen = new Collect<EpochReport>();
        var fit = MlpClassifier.Fit(rows, validation, new MlpOptions { MaxEpochs = 200, LearningRate = 0.02, Patience = 4, BatchSize = 32, WeightDecay = 0 }, new Rng(11), seen, Ct);
        Assert.Equal(fit.History, seen.Items);
        Assert.InRange(fit.History.Count, fit.BestEpoch, Math.Min(200, fit.BestEpoch + 4));
        var p = new float[300];
        fit.Model.PredictMany(validation.Rows, p);
        Assert.Equal(fit.History.Min(h => h.ValidationLoss!.Value), BinaryMetrics.LogLoss(validation.Labels, p), 2e-4); // no improvement below MinImprovement counts
        Assert.All(fit.History, h => Assert.True(h.TrainingLoss > 0 && h.Seconds > 0 && h.LearningRate == 0.02));
    }

    [Fact]
    public void Divergence_stops_with_step_rate_and_parameter()
    {
        var rows = Xor(new Rng(12), 500);
        rows.Rows[3, 0] = 1e30f;
        var e = Assert.Throws<TrainingDivergedException>(() => MlpClassifier.Fit(rows, null, new MlpOptions { LearningRate = 1e30, ValidationShare = 0 }, new Rng(13), null, Ct));
        Assert.True(e.Step >= 1);
        Assert.Equal(1e30, e.LearningRate);
        Assert.Contains("Lower the learning rate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_refused_with_its_remedy()
    {
        var rows = Xor(new Rng(14), 100);
        Assert.Contains("both classes", Assert.Throws<ArgumentException>(() => MlpClassifier.Fit(rows with { Labels = new float[100] }, null, new MlpOptions(), new Rng(1), null, Ct)).Message, StringComparison.Ordinal);
        rows.Rows[5, 1] = float.NaN;
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => MlpClassifier.Fit(rows, null, new MlpOptions(), new Rng(1), null, Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_stops_between_minibatches()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => MlpClassifier.Fit(Xor(new Rng(15), 500), null, new MlpOptions(), new Rng(1), null, source.Token));
    }

    [Fact]
    public void A_constant_column_and_tiny_data_train()
    {
        var rows = new LabelledRows(new Matrix(4, 2, [1, 7, 2, 7, 3, 7, 4, 7]), [0, 0, 1, 1]);
        var model = MlpClassifier.Fit(rows, null, new MlpOptions { MaxEpochs = 200, LearningRate = 0.02 }, new Rng(16), null, Ct).Model;
        Assert.True(model.Predict([1, 7]) < 0.5 && model.Predict([4, 7]) > 0.5);
        Assert.Equal(model.Predict([1, 7]), model.Predict([1, 1000]), 1e-9);
    }

    [Fact]
    public void A_model_survives_saving()
    {
        var rows = Xor(new Rng(17), 500);
        var model = MlpClassifier.Fit(rows, null, new MlpOptions { MaxEpochs = 3 }, new Rng(18), null, Ct).Model;
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        var loaded = ModelFolder.Load<MlpModel>(folder.Path);
        for (var i = 0; i < 50; i++) Assert.Equal(model.LogOdds(rows.Rows.Row(i)), loaded.LogOdds(rows.Rows.Row(i)));
        Assert.Equal(model.Explain(rows.Rows.Row(0)), loaded.Explain(rows.Rows.Row(0)));
    }

    [Fact]
    public void The_network_on_the_tape_is_the_one_on_spans_and_its_warm_steps_allocate_nothing()
    {
        var (network, x) = (new MlpNetwork(new float[8], Enumerable.Repeat(1f, 8).ToArray(), [16, 8], Activation.Gelu, new Rng(1)), Samples.Normals(new Rng(2), 64 * 8));
        var (parameters, adam, labels) = (network.Parameters, new Adam(), new float[64]);
        using var tape = new Tape(seed: 1);
        void Step(double dropout)
        {
            tape.Begin(training: true, step: 1);
            var loss = tape.BinaryCrossEntropy(network.Forward(tape, tape.Input(x, new Shape(64, 8)), dropout), labels);
            tape.Backward(loss);
            adam.Step(parameters, 1e-3);
        }
        for (var i = 0; i < 3; i++) Step(0.1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) Step(0.1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        var work = network.NewWorkspace(64);
        network.Forward(x, 64, work);
        tape.Begin(training: false);
        var taped = network.Forward(tape, tape.Input(x, new Shape(64, 8)), 0.1).Values.ToArray();
        for (var i = 0; i < 64; i++) Assert.Equal(work.Logits[i], taped[i], 1e-5);
    }

    private static LabelledRows Xor(Rng rng, int count)
    {
        var data = new Matrix(count, 3, Samples.Normals(rng, count * 3), ["a", "b", "c"]);
        var labels = new float[count];
        for (var i = 0; i < count; i++) labels[i] = data[i, 0] * data[i, 1] > 0 ? 1 : 0;
        return new LabelledRows(data, labels);
    }

    private sealed class Collect<T> : IProgress<T>
    {
        public List<T> Items { get; } = [];

        public void Report(T value) => Items.Add(value);
    }
}
