using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Ctr;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Tests.Autograd;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ctr;

public sealed class ClickModelTests
{
    private static readonly int[] Sizes = [40, 30, 3];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 4, 16)]
    [InlineData(2, 7, 5)]
    public void Pairs_and_cross_layers_have_the_gradients_of_differences(int rows, int fields, int width)
    {
        GradientCheck.Run((t, x) => t.FactorPairs(x[0], fields), 1, new Shape(rows * fields, width));
        Shape row = new(width), all = new(rows, width);
        GradientCheck.Run((t, x) => t.Cross(x[0], x[1], x[2], x[3]), 2, all, all, row, row);
        GradientCheck.Run((t, x) => t.Cross(x[0], x[0], x[1], x[2]), 3, all, row, row); // the first layer gets its input twice
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(16, 36)]
    public void The_activation_unit_has_the_gradients_of_differences(int width, int hidden)
    {
        int[] offsets = [0, 2, 2, 5]; // the second history is empty
        Shape[] shapes = [new(5, width), new(3, width), new(hidden, 4 * width), new(hidden)];
        GradientCheck.Run((t, x) => t.InterestHidden(x[0], x[1], t.Indices(offsets), t.Scale(x[2], 0.2f), x[3]), 1, shapes);
        GradientCheck.Run((t, x) => t.WeightedSegments(x[0], x[1], t.Indices(offsets)), 2, new Shape(5, width), new Shape(5));
        using var tape = new Tape();
        tape.Begin(training: false);
        var bad = Assert.Throws<ArgumentException>(() => tape.InterestHidden(tape.Allocate(shapes[0]), tape.Allocate(new Shape(3, width + 1)), tape.Indices(offsets), tape.Allocate(shapes[2]), tape.Allocate(shapes[3])));
        Assert.Contains("candidates", bad.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CtrArchitecture.FactorizationMachine)]
    [InlineData(CtrArchitecture.WideAndDeep)]
    [InlineData(CtrArchitecture.DeepFm)]
    [InlineData(CtrArchitecture.DeepCrossing)]
    [InlineData(CtrArchitecture.CrossNetwork)]
    public void Hidden_pairs_of_categories_are_found_by_every_architecture(CtrArchitecture architecture)
    {
        var rows = Planted(1, 6000);
        var (training, test) = (Part(rows, 0, 5000), Part(rows, 5000, 6000));
        var options = new CtrOptions { Architecture = architecture, Dimension = 8, Hidden = [32], Training = new TrainingOptions { LearningRate = 0.01, BatchSize = 250, MaxEpochs = 12, Degree = 1 } };
        var model = CtrClassifier.Fit(training, null, new CtrInputs(1, Sizes), options, new Rng(1), null, Ct).Model;
        var p = new float[1000];
        model.PredictMany(test.Dense, test.Categories, p);
        Assert.True(BinaryMetrics.Auc(test.Labels, p) > 0.8, $"AUC {BinaryMetrics.Auc(test.Labels, p)}"); // pairs alone, without them 0.5
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        var loaded = new float[1000];
        ModelFolder.Load<CtrModel>(folder.Path).PredictMany(test.Dense, test.Categories, loaded);
        Assert.Equal(p, loaded);
    }

    [Fact]
    public void Same_bits_for_every_degree_and_validation_keeps_the_best_epoch()
    {
        var rows = Planted(2, 1500);
        var options = new CtrOptions { Dropout = 0.1, Dimension = 4, Hidden = [16], Training = new TrainingOptions { MaxEpochs = 4, LearningRate = 0.02, BatchSize = 100 } };
        byte[][] weights = [.. Enumerable.Range(1, 3).Select(d => ModelFolder.ToBytes(CtrClassifier.Fit(
            Part(rows, 0, 1000), Part(rows, 1000, 1500), new CtrInputs(1, Sizes), options with { Training = options.Training with { Degree = d } }, new Rng(1), null, Ct).Model).Weights)];
        Assert.All(weights, w => Assert.Equal(weights[0], w));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interest_network_learns_that_a_history_of_the_same_group_matters(bool useDice)
    {
        var rows = Histories(3, 4000);
        var options = new InterestOptions { Dimension = 8, UnitHidden = 16, Hidden = [16], UseDice = useDice, Training = new TrainingOptions { LearningRate = 0.01, MaxEpochs = 6, BatchSize = 128 } };
        var fits = new[] { 1, 3 }.Select(d => InterestClassifier.Fit(rows, null, 30, options with { Training = options.Training with { Degree = d } }, new Rng(1), null, Ct).Model).ToArray();
        var (p, other) = (new float[4000], new float[4000]);
        fits[0].PredictMany(rows, p);
        fits[1].PredictMany(rows, other);
        Assert.Equal(p, other);
        Assert.True(BinaryMetrics.Auc(rows.Labels, p) > 0.75, $"AUC {BinaryMetrics.Auc(rows.Labels, p)}");
        using var folder = new TemporaryFolder();
        fits[0].Save(folder.Path);
        ModelFolder.Load<InterestModel>(folder.Path).PredictMany(rows, other);
        Assert.Equal(p, other);
    }

    [Fact]
    public void Warm_steps_allocate_nothing()
    {
        var rows = Planted(6, 64);
        var options = new CtrOptions { Architecture = CtrArchitecture.CrossNetwork, Dimension = 4, Hidden = [8], Dropout = 0.1 };
        var network = new CtrNetwork(new CtrInputs(1, Sizes), options, new Rng(1));
        var model = new CtrModel(network, new CtrInputs(1, Sizes), options, [0], [1]);
        var histories = Histories(7, 64);
        var interest = new InterestModel(new InterestNetwork(30, new InterestOptions { UseDice = true }, new Rng(1)), 30, new InterestOptions());
        var (examples, adam, other) = (Enumerable.Range(0, 64).ToArray(), new Adam(), new Adam());
        using var tape = new Tape();
        void Step()
        {
            tape.Begin(training: true, step: 1);
            tape.Backward(tape.BinaryCrossEntropy(model.Forward(tape, rows.Dense, rows.Categories, examples), rows.Labels));
            adam.Step(network.Parameters, 1e-3);
            tape.Begin(training: true, step: 1);
            tape.Backward(tape.BinaryCrossEntropy(interest.Forward(tape, histories, examples), histories.Labels));
            other.Step(interest.Network.Parameters, 1e-3);
        }
        for (var i = 0; i < 3; i++) Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var rows = Planted(4, 20);
        rows.Categories[4] = 99;
        var error = Assert.Throws<ArgumentException>(() => CtrClassifier.Fit(rows, null, new CtrInputs(1, Sizes), new CtrOptions(), new Rng(1), null, Ct));
        Assert.Contains("Row 1 names category 99 of field 1, which has 30", error.Message, StringComparison.Ordinal);
        var histories = Histories(5, 10) with { Candidates = [.. Enumerable.Repeat(77, 10)] };
        Assert.Contains("Item 77", Assert.Throws<ArgumentException>(() => InterestClassifier.Fit(histories, null, 30, new InterestOptions(), new Rng(1), null, Ct)).Message, StringComparison.Ordinal);
    }

    /// <summary>The label is whether the hidden signs of two categories agree; neither alone says anything.</summary>
    private static CtrRows Planted(long seed, int count)
    {
        var rng = new Rng(seed);
        var (dense, categories, labels) = (new float[count], new int[count * 3], new float[count]);
        for (var i = 0; i < count; i++)
        {
            for (var f = 0; f < 3; f++) categories[i * 3 + f] = rng.NextInt(Sizes[f]);
            dense[i] = (float)rng.NextNormal();
            var agree = categories[i * 3] % 2 == categories[i * 3 + 1] % 2;
            labels[i] = rng.NextDouble() < (agree ? 0.9 : 0.1) ? 1 : 0;
        }
        return new CtrRows(dense, categories, labels);
    }

    private static CtrRows Part(CtrRows rows, int from, int to) => new(rows.Dense[from..to], rows.Categories[(3 * from)..(3 * to)], rows.Labels[from..to]);

    private static InterestRows Histories(long seed, int count)
    {
        var rng = new Rng(seed);
        var (items, offsets, candidates, labels) = (new List<int>(), new int[count + 1], new int[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            candidates[i] = rng.NextInt(30);
            var same = false;
            for (var length = rng.NextInt(6); length > 0; length--)
            {
                items.Add(rng.NextInt(30));
                same |= items[^1] % 5 == candidates[i] % 5;
            }
            offsets[i + 1] = items.Count;
            labels[i] = rng.NextDouble() < (same ? 0.85 : 0.15) ? 1 : 0;
        }
        return new InterestRows([.. items], offsets, candidates, labels);
    }
}
