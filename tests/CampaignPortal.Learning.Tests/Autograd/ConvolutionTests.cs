using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Autograd;

public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 0)]
    [InlineData(2, 1, 2)]
    [InlineData(1, 1, 0)]
    public void Gradients_of_convolutions_agree_with_differences(int kernel, int stride, int padding)
    {
        GradientCheck.Run((tape, x) => tape.Conv2d(x[0], x[1], x[2], stride, padding), 1, new Shape(2, 5, 4, 3), new Shape(2, kernel, kernel, 3), new Shape(2));
        GradientCheck.Run((tape, x) => tape.Conv1d(x[0], x[1], x[2], stride, padding), 2, new Shape(3, 6, 2), new Shape(4, kernel, 2), new Shape(4));
    }

    [Theory]
    [InlineData(17, 33)] // remainders of both widths of vectors
    [InlineData(1, 5)]
    public void A_convolution_is_the_plain_sum_over_its_window(int channels, int outputs)
    {
        var rng = new Rng(3);
        var (x, w, b) = (Samples.Normals(rng, 2 * 7 * 6 * channels), Samples.Normals(rng, outputs * 9 * channels), Samples.Normals(rng, outputs));
        using var tape = new Tape(degree: 2);
        tape.Begin(training: false);
        var y = tape.Conv2d(tape.Input(x, new Shape(2, 7, 6, channels)), tape.Input(w, new Shape(outputs, 3, 3, channels)), tape.Input(b, new Shape(outputs)), padding: 1, rectify: true);
        Assert.Equal(new Shape(2, 7, 6, outputs), y.Shape);
        for (var i = 0; i < y.Count; i++)
        {
            var (image, row, column, o) = (i / outputs / 42, i / outputs / 6 % 7, i / outputs % 6, i % outputs);
            double sum = b[o];
            for (var t = 0; t < 9 * channels; t++)
            {
                var (sy, sx) = (row + t / channels / 3 - 1, column + t / channels % 3 - 1);
                if (sy is >= 0 and < 7 && sx is >= 0 and < 6) sum += (double)w[o * 9 * channels + t] * x[((image * 7 + sy) * 6 + sx) * channels + t % channels];
            }
            Assert.Equal(Math.Max(0, sum), y.Values[i], 2e-5);
        }
    }

    [Fact]
    public void Gradients_of_pooling_agree_with_differences()
    {
        GradientCheck.Run((tape, x) => tape.MaxPool2d(x[0], 2), 4, new Shape(2, 5, 4, 3));
        GradientCheck.Run((tape, x) => tape.MaxPool2d(x[0], 2, 1), 51, new Shape(1, 3, 2, 17));
        GradientCheck.Run((tape, x) => tape.AveragePool2d(x[0], 2, 1), 6, new Shape(2, 4, 4, 17));
        GradientCheck.Run((tape, x) => tape.GlobalAveragePool(x[0]), 7, new Shape(2, 3, 4, 5));
    }

    [Fact]
    public void Of_several_largest_pixels_the_first_takes_the_gradient()
    {
        using var tape = new Tape();
        tape.Begin(training: true);
        var x = tape.Input([3, 1, 3, 3], new Shape(1, 2, 2, 1), needsGradient: true);
        tape.Backward(tape.MaxPool2d(x, 2), [1]);
        Assert.Equal([1, 0, 0, 0], tape.GradientOf(x).ToArray());
    }

    [Fact]
    public void Batch_norm_with_a_rectifier_agrees_with_differences()
    {
        var norm = new BatchNorm("norm", 19);
        var rng = new Rng(8);
        foreach (ref var w in norm.Weight.Value) w = 1 + 0.2f * (float)rng.NextNormal();
        foreach (ref var b in norm.Bias.Value) b = 3; // far from the kink
        GradientCheck.Run((tape, x) => norm.Forward(tape, x[0], rectify: true), 9, new Shape(6, 19));
    }

    [Fact]
    public void A_network_has_the_same_gradients_for_every_degree_and_a_warm_step_allocates_nothing()
    {
        var first = Gradients(1);
        Assert.Equal(first, Gradients(2));
        Assert.Equal(first, Gradients(3));
    }

    private static float[] Gradients(int degree)
    {
        var rng = new Rng(10);
        var (conv, norm) = (new Conv2d("conv", 3, 20, 3, rng), new BatchNorm("norm", 20));
        var images = Samples.Normals(rng, 12 * 16 * 16 * 3);
        var targets = Enumerable.Range(0, 12).Select(i => i % 20).ToArray();
        using var tape = new Tape(degree: degree);
        for (var step = 0; step < 3; step++)
        {
            foreach (var parameter in conv.Parameters) parameter.Gradient.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            tape.Begin(training: true, step);
            var x = tape.MaxPool2d(norm.Forward(tape, conv.Forward(tape, tape.Input(images, new Shape(12, 16, 16, 3)))), 2);
            tape.Backward(tape.CrossEntropy(tape.GlobalAveragePool(x), tape.Indices(targets)));
            if (step == 2) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return [.. conv.Weight.Gradient, .. conv.Bias.Gradient];
    }
}
