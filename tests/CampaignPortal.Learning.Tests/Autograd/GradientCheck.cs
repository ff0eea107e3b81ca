using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Autograd;

/// <summary>Compares the gradients of a tape with central differences.</summary>
internal static class GradientCheck
{
    /// <summary>An operation on inputs.</summary>
    public delegate Tensor Operation(Tape tape, Tensor[] inputs);

    /// <summary>Checks every element of every input at a random point.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="seed">Of the point and of the slopes.</param>
    /// <param name="shapes">Of the inputs.</param>
    public static void Run(Operation operation, long seed, params Shape[] shapes)
    {
        var rng = new Rng(seed);
        var values = Array.ConvertAll(shapes, s => Normal(rng, s.Count));
        using var tape = new Tape(seed);
        var (inputs, y) = Forward(tape, operation, shapes, values);
        var slopes = Normal(rng, y.Count);
        tape.Backward(y, slopes);
        var gradients = Array.ConvertAll(inputs, i => tape.GradientOf(i).ToArray());
        const float Step = 1 / 128f;
        for (var i = 0; i < values.Length; i++)
        {
            for (var e = 0; e < values[i].Length; e++)
            {
                var kept = values[i][e];
                values[i][e] = kept + Step;
                var up = Weighted(tape, operation, shapes, values, slopes);
                values[i][e] = kept - Step;
                var down = Weighted(tape, operation, shapes, values, slopes);
                values[i][e] = kept;
                var expected = (up - down) / (2 * Step);
                Assert.True(Math.Abs(expected - gradients[i][e]) <= 0.01 * Math.Max(1, Math.Abs(expected)), $"input {i}, element {e}: the differences say {expected}, the tape {gradients[i][e]}");
            }
        }
    }

    private static double Weighted(Tape tape, Operation operation, Shape[] shapes, float[][] values, float[] slopes)
    {
        var (_, y) = Forward(tape, operation, shapes, values);
        double sum = 0;
        for (var i = 0; i < slopes.Length; i++) sum += (double)slopes[i] * y.Values[i];
        return sum;
    }

    private static (Tensor[] Inputs, Tensor Y) Forward(Tape tape, Operation operation, Shape[] shapes, float[][] values)
    {
        tape.Begin(training: true, 7);
        var inputs = new Tensor[shapes.Length];
        for (var i = 0; i < shapes.Length; i++) inputs[i] = tape.Input(values[i], shapes[i], needsGradient: true);
        return (inputs, operation(tape, inputs));
    }

    private static float[] Normal(Rng rng, int count)
    {
        var values = new float[count];
        foreach (ref var v in values.AsSpan()) v = (float)rng.NextNormal();
        return values;
    }
}
