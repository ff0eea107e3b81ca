using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Sequences;

public sealed class SequenceClassifierTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SequenceEncoder.Rnn, SequencePooling.Last)]
    [InlineData(SequenceEncoder.Gru, SequencePooling.Attention)]
    [InlineData(SequenceEncoder.Lstm, SequencePooling.Mean)]
    [InlineData(SequenceEncoder.Convolution, SequencePooling.Max)]
    [InlineData(SequenceEncoder.Transformer, SequencePooling.Attention)]
    public void Every_encoder_learns_an_order_of_steps_that_no_bag_of_them_shows(SequenceEncoder encoder, SequencePooling pooling)
    {
        var (training, labels) = Ordered(new Rng(1), 500);
        var (test, expected) = Ordered(new Rng(2), 300);
        var options = new SequenceClassifierOptions
        {
            Encoder = encoder, Pooling = pooling, Width = 16, CodeCount = 4, CodeWidth = 6, MaxLength = 12, Dropout = 0,
            Training = new TrainingOptions { MaxEpochs = 25, BatchSize = 32, LearningRate = 1e-2, Patience = 25 },
        };
        var model = SequenceClassifier.Fit(training, [new SequenceTarget("order", SequenceTask.Binary, labels)], options, null, Ct).Model;
        var scores = new float[300];
        model.PredictMany(test, scores);
        Assert.True(BinaryMetrics.Auc(expected, scores) > 0.95, $"{BinaryMetrics.Auc(expected, scores):0.000}");
    }

    [Fact]
    public void Several_heads_learn_from_what_is_known_of_each_and_survive_saving()
    {
        var (sequences, labels) = Ordered(new Rng(3), 400);
        var rng = new Rng(4);
        var sums = Enumerable.Range(0, 400).Select(s => Enumerable.Range(sequences.Offsets[s], sequences.Length(s)).Sum(step => 10 * sequences.Steps[step, 0]) + 100).ToArray();
        var kinds = Enumerable.Range(0, 400).Select(s => (float)(sequences.Length(s) % 3)).ToArray();
        for (var s = 0; s < 400; s++) if (rng.NextDouble() < 0.3) sums[s] = float.NaN;
        SequenceTarget[] targets = [new("order", SequenceTask.Binary, labels), new("sum", SequenceTask.Number, sums), new("kind", SequenceTask.Classes, kinds)];
        var options = new SequenceClassifierOptions { CodeCount = 4, Width = 24, Training = new TrainingOptions { MaxEpochs = 25, BatchSize = 32, LearningRate = 1e-2, Patience = 25 }, Pooling = SequencePooling.Last };
        var fit = SequenceClassifier.Fit(sequences, targets, options, null, Ct);
        var (numbers, shares) = (new float[400], new float[1200]);
        fit.Model.PredictMany(sequences, numbers, 1);
        fit.Model.PredictMany(sequences, shares, 2);
        var known = Enumerable.Range(0, 400).Where(s => !float.IsNaN(sums[s])).ToArray();
        Assert.True(RegressionMetrics.Pearson(Array.ConvertAll(known, s => (double)sums[s]), Array.ConvertAll(known, s => (double)numbers[s])) > 0.9);
        for (var s = 0; s < 400; s++) Assert.Equal(1, shares[3 * s] + shares[3 * s + 1] + shares[3 * s + 2], 1e-5);
        Assert.Equal(["order", "sum", "kind"], fit.Model.HeadNames);

        using var folder = new TemporaryFolder();
        fit.Model.Save(folder.Path);
        var loaded = ModelFolder.Load<SequenceClassifierModel>(folder.Path);
        var again = new float[400];
        loaded.PredictMany(sequences, again, 1);
        Assert.Equal(numbers, again);
        var one = new Matrix(sequences.Length(5), 1, [.. Enumerable.Range(sequences.Offsets[5], sequences.Length(5)).Select(step => sequences.Steps[step, 0])]);
        Assert.Equal(numbers[5], loaded.Predict(one, sequences.Codes.AsSpan(sequences.Offsets[5], sequences.Length(5)), 1)[0], 1e-3);
    }

    [Fact]
    public void Empty_long_and_strange_sequences_have_a_defined_answer()
    {
        var (sequences, labels) = Ordered(new Rng(5), 60);
        sequences = new StepSequences(sequences.Steps, [0, 0, .. sequences.Offsets[2..]], sequences.Codes); // the first is empty, the second has both
        foreach (var encoder in Enum.GetValues<SequenceEncoder>())
        {
            foreach (var pooling in Enum.GetValues<SequencePooling>())
            {
                var options = new SequenceClassifierOptions { Encoder = encoder, Pooling = pooling, Width = 8, CodeCount = 4, MaxLength = 5, LayerCount = 2, Training = new TrainingOptions { MaxEpochs = 1, BatchSize = 16 } };
                var model = SequenceClassifier.Fit(sequences, [new SequenceTarget("order", SequenceTask.Binary, labels)], options, null, Ct).Model;
                var steps = new Matrix(9, 1, [9, 9, 9, 9, 1, float.NaN, 3, 4, 5]);
                int[] codes = [3, 3, 3, 3, 0, 1, 2, 3, 77];
                var (all, newest) = (model.Predict(steps, codes)[0], model.Predict(steps.SelectRows([4, 5, 6, 7, 8]), codes.AsSpan(4))[0]);
                Assert.Equal(newest, all); // only the newest five are read
                Assert.InRange(model.Predict(new Matrix(0, 1), [])[0], 0, 1);
                if (pooling != SequencePooling.Attention) continue;
                var weights = model.Attention(new StepSequences(steps, [0, 9], codes), 0);
                Assert.Equal([0, 0, 0, 0], weights[..4]);
                Assert.Equal(1, weights.Sum(), 1e-5);
            }
        }
        var plain = new SequenceClassifierOptions { CodeCount = 4 };
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => SequenceClassifier.Fit(sequences, [new SequenceTarget("x", SequenceTask.Binary, new float[3])], plain, null, Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("known", Assert.Throws<ArgumentException>(() => SequenceClassifier.Fit(sequences, [new SequenceTarget("x", SequenceTask.Binary, Enumerable.Repeat(float.NaN, 60).ToArray())], plain, null, Ct)).Message, StringComparison.Ordinal);
        sequences.Steps[2, 0] = float.PositiveInfinity;
        Assert.Contains("column 0", Assert.Throws<ArgumentException>(() => SequenceClassifier.Fit(sequences, [new SequenceTarget("x", SequenceTask.Binary, labels)], plain, null, Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_for_every_degree_and_a_warm_prediction_allocates_nothing()
    {
        var (sequences, labels) = Ordered(new Rng(6), 200);
        var options = new SequenceClassifierOptions { Encoder = SequenceEncoder.Transformer, CodeCount = 4, Training = new TrainingOptions { MaxEpochs = 2, BatchSize = 64 } };
        var models = Enumerable.Range(1, 3)
            .Select(d => SequenceClassifier.Fit(sequences, [new SequenceTarget("order", SequenceTask.Binary, labels)], options with { Training = options.Training with { Degree = d } }, null, Ct).Model).ToArray();
        Assert.All(models, m => Assert.Equal(ModelFolder.ToBytes(models[0]).Weights, ModelFolder.ToBytes(m).Weights));
        var scores = new float[200];
        for (var i = 0; i < 3; i++) models[0].PredictMany(sequences, scores);
        var before = GC.GetAllocatedBytesForCurrentThread();
        models[0].PredictMany(sequences, scores);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200); // the pool of tapes takes a link per return
    }

    /// <summary>Sequences of 4 to 11 steps with one 1 and one 2 among zeros and threes; the label says whether the 1 came first.</summary>
    private static (StepSequences Sequences, float[] Labels) Ordered(Rng rng, int count)
    {
        var (codes, labels, offsets) = (new List<int>(), new float[count], new int[count + 1]);
        for (var s = 0; s < count; s++)
        {
            var own = new int[4 + rng.NextInt(8)];
            for (var i = 0; i < own.Length; i++) own[i] = rng.NextInt(2) * 3;
            var (a, b) = (rng.NextInt(own.Length), rng.NextInt(own.Length - 1));
            if (b >= a) b++;
            (own[a], own[b]) = (1, 2);
            labels[s] = a < b ? 1 : 0;
            codes.AddRange(own);
            offsets[s + 1] = codes.Count;
        }
        return (new StepSequences(new Matrix(codes.Count, 1, Samples.Normals(rng, codes.Count)), offsets, codes.ToArray()), labels);
    }
}
