using System.Globalization;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Vision;

/// <summary>Stages of two 3×3 convolutions with batch norm (the pattern of Simonyan and Zisserman 2015), the mean over all pixels, and one linear layer.</summary>
internal sealed class ImageNetwork : Module
{
    private readonly (Conv2d Conv, BatchNorm Norm)[] _layers;
    private readonly Nn.Linear _output;
    private readonly double _dropout;

    public ImageNetwork(int channels, IReadOnlyList<int> widths, int classCount, double dropout, Rng rng) : base("")
    {
        (Widths, _dropout) = (widths, dropout);
        _layers = new (Conv2d, BatchNorm)[2 * widths.Count];
        for (var l = 0; l < _layers.Length; l++)
        {
            var (name, width) = ("layers." + l.ToString(CultureInfo.InvariantCulture), widths[l / 2]);
            _layers[l] = (Add(new Conv2d(name + ".conv", channels, width, 3, rng)), Add(new BatchNorm(name + ".norm", width)));
            channels = width;
        }
        _output = Add(new Nn.Linear("output", channels, classCount, rng, gain: 1));
    }

    public IReadOnlyList<int> Widths { get; }

    /// <summary>Features of pictures [n, height, width, channels]: [n, last width].</summary>
    public Tensor Embed(Tape tape, Tensor x)
    {
        for (var l = 0; l < _layers.Length; l++)
        {
            x = _layers[l].Norm.Forward(tape, _layers[l].Conv.Forward(tape, x), rectify: true);
            if (l % 2 == 1 && l < _layers.Length - 1 && x.Shape[1] > 1 && x.Shape[2] > 1) x = tape.MaxPool2d(x, 2);
        }
        return tape.GlobalAveragePool(x);
    }

    /// <summary>Logits of features.</summary>
    public Tensor Classify(Tape tape, in Tensor features) => _output.Forward(tape, tape.Dropout(features, _dropout));
}
