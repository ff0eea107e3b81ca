using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;
using LinearLayer = CampaignPortal.Learning.Nn.Linear;

namespace CampaignPortal.Learning.Tests.Autograd;

/// <summary>Every operation of the tape against central differences, and what the tape promises.</summary>
public sealed class OperationTests
{
    // Row counts and widths around the edges of tiles and vectors.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 11, 13)]
    [InlineData(13, 17, 33)]
    [InlineData(3, 32, 1)]
    public void Linear(int rows, int inputs, int outputs)
    {
        Shape[] shapes = [new(rows, inputs), new(outputs, inputs), new(outputs)];
        GradientCheck.Run((t, x) => t.Linear(x[0], x[1], x[2]), 1, shapes);
        GradientCheck.Run((t, x) => t.Linear(x[0], x[1], x[2], Activation.Gelu), 2, shapes);
        GradientCheck.Run((t, x) => t.Linear(x[0], x[1], x[2], Activation.Tanh), 3, shapes);
        GradientCheck.Run((t, x) => t.Linear(x[0], x[1]), 4, shapes[..2]);
    }

    [Fact]
    public void Products()
    {
        GradientCheck.Run((t, x) => t.Multiply(x[0], x[1]), 1, new Shape(5, 7), new Shape(7, 3));
        GradientCheck.Run((t, x) => t.RowDot(x[0], x[1]), 2, new Shape(5, 7), new Shape(5, 7));
    }

    [Fact]
    public void Element_by_element()
    {
        GradientCheck.Run((t, x) => t.Add(x[0], x[1], 0.5f), 1, new Shape(3, 5), new Shape(3, 5));
        GradientCheck.Run((t, x) => t.Add(x[0], x[1]), 2, new Shape(3, 17), new Shape(17));
        GradientCheck.Run((t, x) => t.Hadamard(x[0], x[1]), 3, new Shape(3, 5), new Shape(3, 5));
        GradientCheck.Run((t, x) => t.Hadamard(x[0], x[1]), 4, new Shape(3, 17), new Shape(17));
        GradientCheck.Run((t, x) => t.Hadamard(x[0], x[0]), 5, new Shape(4, 4)); // one tensor as both operands
        GradientCheck.Run((t, x) => t.ScaleRows(x[0], x[1]), 6, new Shape(4, 5), new Shape(4));
        GradientCheck.Run((t, x) => t.Scale(x[0], -3), 7, new Shape(4, 5));
        GradientCheck.Run((t, x) => t.Activate(x[0], Activation.Silu), 8, new Shape(4, 5));
        GradientCheck.Run((t, x) => t.Dropout(x[0], 0.4), 9, new Shape(6, 20));
        GradientCheck.Run((t, x) => t.Mean(x[0]), 10, new Shape(6, 20));
        GradientCheck.Run((t, x) => t.Prelu(t.Add(x[0], x[0]), x[1]), 12, new Shape(2, 9), new Shape(1));
    }

    [Theory]
    [InlineData(4, 5)]
    [InlineData(3, 16)]
    [InlineData(2, 37)]
    public void Norms(int rows, int columns)
    {
        GradientCheck.Run((t, x) => t.LayerNorm(x[0], x[1], x[2]), 1, new Shape(rows, columns), new Shape(columns), new Shape(columns));
        GradientCheck.Run((t, x) => t.Normalize(x[0]), 2, new Shape(rows, columns));
        var norm = new BatchNorm("norm", columns);
        GradientCheck.Run((t, x) => t.BatchNorm(x[0], norm), 3, new Shape(rows + 3, columns));
    }

    [Fact]
    public void Rows_and_segments()
    {
        int[] index = [2, 0, 2, 1], offsets = [0, 2, 2, 5];
        GradientCheck.Run((t, x) => t.Gather(x[0], t.Indices(index)), 1, new Shape(3, 5));
        GradientCheck.Run((t, x) => t.Concat(x[0], x[1]), 2, new Shape(3, 5), new Shape(3, 2));
        GradientCheck.Run((t, x) => t.Columns(x[0], 1, 3), 3, new Shape(3, 5));
        GradientCheck.Run((t, x) => t.Rows(x[0], 1, 2), 4, new Shape(4, 5));
        GradientCheck.Run((t, x) => t.PoolSegments(x[0], t.Indices(offsets), mean: true), 5, new Shape(5, 3));
        GradientCheck.Run((t, x) => t.PoolSegments(x[0], t.Indices(offsets), mean: false), 6, new Shape(5, 3));
        GradientCheck.Run((t, x) => t.MaxSegments(x[0], t.Indices(offsets)), 7, new Shape(5, 3));
        GradientCheck.Run((t, x) => t.SoftmaxSegments(x[0], t.Indices(offsets)), 8, new Shape(5));
    }

    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(2, true, 0)]
    [InlineData(2, true, 0.3)]
    public void Attention(int heads, bool causal, double dropout)
    {
        int[] offsets = [0, 3, 3, 8];
        GradientCheck.Run((t, x) => t.Attention(x[0], x[1], x[2], t.Indices(offsets), t.Indices(offsets), heads, causal, t.Indices([0, 0, 0, 1, 0, 0, 1, 0]), dropout), 1, new Shape(8, 6), new Shape(8, 6), new Shape(8, 6));
    }

    [Theory]
    [InlineData(RecurrentCell.Rnn)]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    public void Recurrent(RecurrentCell cell)
    {
        int[] offsets = [0, 1, 4, 4, 6]; // of several lengths, one empty
        var width = RecurrentOperations.GateCount(cell) * 3;
        GradientCheck.Run(
            (t, x) => t.Recurrent(cell, x[0], t.Indices(offsets), new RecurrentWeights(x[1], x[2], x[3], x[4]), x[5], cell == RecurrentCell.Lstm ? x[6] : default),
            1, new Shape(6, 2), new Shape(width, 2), new Shape(width, 3), new Shape(width), new Shape(width), new Shape(4, 3), new Shape(4, 3));
    }

    [Fact]
    public void Losses()
    {
        float[] targets = [1, 0, 1, 0.5f], weights = [1, 2, 0, 3];
        int[] classes = [2, -1, 0, 4];
        GradientCheck.Run((t, x) => t.BinaryCrossEntropy(x[0], targets, weights, 2), 1, new Shape(4));
        GradientCheck.Run((t, x) => t.MeanSquaredError(x[0], targets), 2, new Shape(4));
        GradientCheck.Run((t, x) => t.Huber(x[0], targets, 0.7), 3, new Shape(4));
        GradientCheck.Run((t, x) => t.Pinball(x[0], targets, 0.8), 4, new Shape(4));
        GradientCheck.Run((t, x) => t.Poisson(x[0], targets), 5, new Shape(4));
        GradientCheck.Run((t, x) => t.Bpr(x[0], x[1]), 6, new Shape(4), new Shape(4));
        GradientCheck.Run((t, x) => t.GeneralizedBinaryCrossEntropy(x[0], x[1], 50), 7, new Shape(4), new Shape(4, 3));
        GradientCheck.Run((t, x) => t.SampledSoftmax(x[0], x[1]), 10, new Shape(4), new Shape(4, 3));
        GradientCheck.Run((t, x) => t.CrossEntropy(x[0], t.Indices(classes), 0.1), 8, new Shape(4, 5));
        GradientCheck.Run((t, x) => t.SoftmaxOverTable(x[0], x[1], t.Indices(classes), 0.5, [0, 1, 0, -1, 0.5f]), 9, new Shape(4, 3), new Shape(5, 3));
    }

    [Fact]
    public void The_loss_over_a_table_is_that_of_all_logits()
    {
        var rng = new Rng(3);
        var (rows, classes, width) = (420, 6000, 8); // several blocks
        float[] hidden = Fill(rng, rows * width), table = Fill(rng, classes * width);
        var targets = Enumerable.Range(0, rows).Select(i => i % 7 == 0 ? -1 : rng.NextInt(classes)).ToArray();
        using var tape = new Tape(degree: 2);
        tape.Begin(training: true);
        var (h, t) = (tape.Input(hidden, new Shape(rows, width), true), tape.Input(table, new Shape(classes, width), true));
        var loss = tape.SoftmaxOverTable(h, t, tape.Indices(targets));
        tape.Backward(loss);
        float[] gradHidden = tape.GradientOf(h).ToArray(), gradTable = tape.GradientOf(t).ToArray();
        var value = loss.Scalar;

        tape.Begin(training: true);
        (h, t) = (tape.Input(hidden, new Shape(rows, width), true), tape.Input(table, new Shape(classes, width), true));
        var plain = tape.CrossEntropy(tape.MultiplyTransposed(h, t), tape.Indices(targets));
        tape.Backward(plain);
        Assert.Equal(plain.Scalar, value, 1e-4);
        Assert.All(gradHidden.Zip(tape.GradientOf(h).ToArray()), p => Assert.Equal(p.Second, p.First, 1e-5));
        Assert.All(gradTable.Zip(tape.GradientOf(t).ToArray()), p => Assert.Equal(p.Second, p.First, 1e-5));
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        var rng = new Rng(1);
        var (embedding, block, output) = (new Embedding("items", 50, 16, rng, 0.1), new TransformerBlock("block", new TransformerOptions(16, 2, 32, 0.1), rng), new LinearLayer("output", 16, 1, rng));
        var adam = new CampaignPortal.Learning.Optim.Adam();
        Parameter[] parameters = [.. embedding.Parameters, .. block.Parameters, .. output.Parameters];
        int[] items = [4, 1, 3, 3, 49, 2, 7, 8], offsets = [0, 3, 8];
        float[] targets = [1, 0];
        using var tape = new Tape();
        void Step(int number)
        {
            tape.Begin(training: true, number);
            var at = tape.Indices(offsets);
            var pooled = tape.PoolSegments(block.Forward(tape, embedding.Forward(tape, tape.Indices(items)), at, causal: true), at, mean: true);
            tape.Backward(tape.BinaryCrossEntropy(output.Forward(tape, pooled), targets));
            adam.Step(parameters, 0.01);
        }

        for (var i = 0; i < 40; i++) Step(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) Step(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_shapes()
    {
        using var tape = new Tape(limitBytes: 1 << 20);
        tape.Begin(training: true);
        Tensor a = tape.Input(new float[6], new Shape(2, 3), true), b = tape.Input(new float[4], new Shape(2, 2));
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => tape.Add(a, b)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tape.Linear(a, b));
        Assert.Throws<ArgumentException>(() => tape.Input(new float[5], new Shape(2, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => tape.Gather(a, tape.Indices([2])));
        Assert.Throws<ArgumentException>(() => tape.PoolSegments(a, tape.Indices([0, 1]), mean: true));
        Assert.Throws<InvalidOperationException>(() => tape.Backward(a));
        Assert.Throws<InvalidOperationException>(() => tape.Backward(tape.Mean(b)));
        Assert.Contains("batch", Assert.Throws<InvalidOperationException>(() => tape.Allocate(new Shape(1000, 1000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_training_nothing_is_recorded_and_dropout_does_nothing()
    {
        using var tape = new Tape();
        tape.Begin(training: false);
        var x = tape.Input([1, 2, 3], new Shape(3), needsGradient: true);
        Assert.Equal([1, 2, 3], tape.Dropout(x, 0.5).Values.ToArray());
        Assert.False(tape.Scale(x, 2).NeedsGradient);
        Assert.Throws<InvalidOperationException>(() => tape.Backward(tape.Mean(x)));
    }

    private static float[] Fill(Rng rng, int count)
    {
        var values = new float[count];
        foreach (ref var v in values.AsSpan()) v = (float)rng.NextNormal();
        return values;
    }
}
