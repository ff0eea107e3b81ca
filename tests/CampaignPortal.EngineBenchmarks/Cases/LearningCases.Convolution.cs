using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Benchmarks.Cases;

// Reference cases of convolutions. They have the channels in front of height and width, the engine has them last.
public static partial class LearningCases
{
    private static Handler? ConvolutionHandler(string group, string stem) => (group, stem) switch
    {
        ("conv", "conv2d") => c => Convolve(c, flat: false),
        ("conv", "conv1d") => c => Convolve(c, flat: true),
        ("conv", "maxpool" or "maxpool2d") => c => Pooled(c, largest: true),
        ("conv", "avgpool" or "avgpool2d") => c => Pooled(c, largest: false),
        _ => null,
    };

    private static Dictionary<string, object> Convolve(LearningCase c, bool flat)
    {
        using var tape = new Tape();
        tape.Begin(training: true);
        var (x, weight) = (ChannelsLast(tape, c, "x"), ChannelsLast(tape, c, "weight"));
        var bias = tape.Input(c.Floats("bias"), new Shape(c.Shape("bias")[0]), needsGradient: true);
        var (stride, padding) = ((int)c.Option("stride", 1), (int)c.Option("padding", 0));
        var y = flat ? tape.Conv1d(x, weight, bias, stride, padding) : tape.Conv2d(x, weight, bias, stride, padding);
        tape.Backward(y, Moved(c.Floats("grad_y"), c.Shape("grad_y"), toLast: true));
        return new Dictionary<string, object>
        {
            ["y"] = Moved(y.Values, c.Shape("grad_y"), toLast: false),
            ["grad_x"] = Moved(tape.GradientOf(x), c.Shape("x"), toLast: false),
            ["grad_weight"] = Moved(tape.GradientOf(weight), c.Shape("weight"), toLast: false),
            ["grad_bias"] = tape.GradientOf(bias).ToArray(),
        };
    }

    private static Dictionary<string, object> Pooled(LearningCase c, bool largest)
    {
        using var tape = new Tape();
        tape.Begin(training: true);
        var x = ChannelsLast(tape, c, "x");
        var size = (int)c.Option("size", c.Option("kernel", c.Option("kernel_size", 2)));
        var stride = (int)c.Option("stride", size);
        var y = largest ? tape.MaxPool2d(x, size, stride) : tape.AveragePool2d(x, size, stride);
        tape.Backward(y, Moved(c.Floats("grad_y"), c.Shape("grad_y"), toLast: true));
        return new Dictionary<string, object>
        {
            ["y"] = Moved(y.Values, c.Shape("grad_y"), toLast: false),
            ["grad_x"] = Moved(tape.GradientOf(x), c.Shape("x"), toLast: false),
        };
    }

    private static Tensor ChannelsLast(Tape tape, LearningCase c, string name)
    {
        var shape = c.Shape(name);
        return tape.Input(Moved(c.Floats(name), shape, toLast: true), ShapeOf([shape[0], .. shape[2..], shape[1]]), needsGradient: true);
    }

    /// <summary>Moves the second axis of <paramref name="shape"/> to the end, or back.</summary>
    private static float[] Moved(ReadOnlySpan<float> values, int[] shape, bool toLast)
    {
        var (channels, pixels) = (shape[1], shape[2..].Aggregate(1, (a, b) => a * b));
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (n, channel, pixel) = (i / (channels * pixels), i / pixels % channels, i % pixels); // where i lies with the channels in front
            var last = (n * pixels + pixel) * channels + channel;
            if (toLast) result[last] = values[i];
            else result[i] = values[last];
        }
        return result;
    }
}
