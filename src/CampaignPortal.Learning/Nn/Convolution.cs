using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>Convolution of images [images, height, width, channels] with square kernels.</summary>
public sealed class Conv2d : Module
{
    private readonly int _stride, _padding;

    /// <summary>A layer with weights normal·√(2/fan-in) and zero biases (He et al. 2015).</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="size">Side of the kernel.</param>
    /// <param name="rng">Draws the weights.</param>
    /// <param name="stride">Pixels from window to window.</param>
    /// <param name="padding">Zeros around the image; null keeps height and width for odd kernels and stride 1.</param>
    public Conv2d(string name, int channels, int outputs, int size, Rng rng, int stride = 1, int? padding = null) : base(name)
    {
        (_stride, _padding) = (stride, padding ?? size / 2);
        (Weight, Bias) = (NewParameter("weight", outputs, size, size, channels), NewParameter("bias", outputs));
        Bias.IsDecayed = false;
        var deviation = Math.Sqrt(2.0 / (size * size * channels));
        foreach (ref var w in Weight.Value) w = (float)(rng.NextNormal() * deviation);
    }

    /// <summary>[outputs, size, size, channels].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs].</summary>
    public Parameter Bias { get; }

    /// <summary>[images, height, width, channels] to [images, rows, columns, outputs].</summary>
    public Tensor Forward(Tape tape, in Tensor x, bool rectify = false) => tape.Conv2d(x, tape.Use(Weight), tape.Use(Bias), _stride, _padding, rectify);
}

/// <summary>Convolution along sequences [sequences, length, channels].</summary>
public sealed class Conv1d : Module
{
    private readonly int _stride, _padding;

    /// <summary>A layer with weights normal·√(2/fan-in) and zero biases (He et al. 2015).</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="channels">Channels of a step.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="size">Length of the kernel.</param>
    /// <param name="rng">Draws the weights.</param>
    /// <param name="stride">Steps from window to window.</param>
    /// <param name="padding">Zeros before and behind the sequence; null keeps the length for odd kernels and stride 1.</param>
    public Conv1d(string name, int channels, int outputs, int size, Rng rng, int stride = 1, int? padding = null) : base(name)
    {
        (_stride, _padding) = (stride, padding ?? size / 2);
        (Weight, Bias) = (NewParameter("weight", outputs, size, channels), NewParameter("bias", outputs));
        Bias.IsDecayed = false;
        var deviation = Math.Sqrt(2.0 / (size * channels));
        foreach (ref var w in Weight.Value) w = (float)(rng.NextNormal() * deviation);
    }

    /// <summary>[outputs, size, channels].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs].</summary>
    public Parameter Bias { get; }

    /// <summary>[sequences, length, channels] to [sequences, steps, outputs].</summary>
    public Tensor Forward(Tape tape, in Tensor x, bool rectify = false) => tape.Conv1d(x, tape.Use(Weight), tape.Use(Bias), _stride, _padding, rectify);
}
