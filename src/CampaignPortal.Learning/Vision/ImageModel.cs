using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Vision;

/// <summary>A fitted network for pictures of one size. Immutable and safe for concurrent use.</summary>
/// <remarks>A picture and its mirror image are both judged; logits and features are their means.</remarks>
public sealed class ImageModel : IStorable<ImageModel>
{
    private const int BatchSize = 64;

    private readonly ImageNetwork _network;
    private readonly float[] _mean, _scale;

    internal ImageModel(ImageNetwork network, int height, int width, int channels, int classCount, float[] mean, float[] scale) =>
        (_network, Height, Width, Channels, ClassCount, _mean, _scale) = (network, height, width, channels, classCount, mean, scale);

    /// <inheritdoc/>
    public static string Kind => "image-classifier";

    /// <summary>Rows of pixels that pictures must have.</summary>
    public int Height { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Numbers per pixel.</summary>
    public int Channels { get; }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>Length of a feature vector.</summary>
    public int EmbeddingLength => _network.Widths[^1];

    /// <summary>Probability of each class for each picture: pictures × classes.</summary>
    /// <exception cref="ArgumentException">Pictures of another size, or a span of another length.</exception>
    public void PredictMany(ImageSet images, Span<float> probabilities, int degree = 1)
    {
        ArgumentNullException.ThrowIfNull(images);
        Check(images, probabilities.Length, ClassCount);
        using var tape = new Tape(degree: degree);
        var features = new float[BatchSize * EmbeddingLength];
        for (var from = 0; from < images.Count; from += BatchSize)
        {
            var count = Math.Min(BatchSize, images.Count - from);
            var target = probabilities.Slice(from * ClassCount, count * ClassCount);
            target.Clear();
            foreach (var mirror in (ReadOnlySpan<bool>)[false, true])
            {
                tape.Begin(training: false);
                var logits = _network.Classify(tape, _network.Embed(tape, Input(tape, images, from, count, mirror)));
                Dense.Axpy(0.5f, logits.Values, target);
            }
            Softmax.Forward(target, target, ClassCount);
        }
    }

    /// <summary>Features of each picture, of length 1: their dot products are cosines, so similar pictures have large ones. Pictures × <see cref="EmbeddingLength"/>.</summary>
    /// <exception cref="ArgumentException">Pictures of another size, or a span of another length.</exception>
    public void EmbedMany(ImageSet images, Span<float> features, int degree = 1)
    {
        ArgumentNullException.ThrowIfNull(images);
        Check(images, features.Length, EmbeddingLength);
        using var tape = new Tape(degree: degree);
        for (var from = 0; from < images.Count; from += BatchSize)
        {
            var count = Math.Min(BatchSize, images.Count - from);
            var target = features.Slice(from * EmbeddingLength, count * EmbeddingLength);
            target.Clear();
            foreach (var mirror in (ReadOnlySpan<bool>)[false, true])
            {
                tape.Begin(training: false);
                Dense.Axpy(1, _network.Embed(tape, Input(tape, images, from, count, mirror)).Values, target);
            }
            for (var i = 0; i < count; i++)
            {
                var row = target.Slice(i * EmbeddingLength, EmbeddingLength);
                var norm = MathF.Sqrt(Dense.Dot(row, row));
                if (norm > 0) Dense.Axpy(1 / norm - 1, row.ToArray(), row);
            }
        }
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("size", new[] { Height, Width, Channels, ClassCount });
        part.Put("widths", _network.Widths.ToArray());
        part.Put("mean", _mean);
        part.Put("scale", _scale);
        part.PutParameters(_network.Parameters);
    }

    /// <inheritdoc/>
    public static ImageModel Restore(ModelPart part)
    {
        var (size, widths) = (part.Get<int>("size", 4), part.Get<int>("widths"));
        if (size.Any(s => s is < 1 or > 4096) || widths.Length is 0 or > 5 || widths.Any(w => w is < 1 or > 4096)) throw new InvalidDataException("The sizes of a stored image network make no sense.");
        long channels = size[2]; // the stored arrays are checked before layers of the claimed sizes are allocated
        for (var l = 0; l < 2 * widths.Length; channels = widths[l++ / 2])
        {
            var name = "layers." + l.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".conv.weight";
            if (part.Get<float>(name).Length != 9 * channels * widths[l / 2]) throw new InvalidDataException($"The array '{name}' does not have the size of its layer.");
        }
        var network = part.GetNetwork(() => new ImageNetwork(size[2], widths, size[3], dropout: 0, new Rng(0)));
        return new ImageModel(network, size[0], size[1], size[2], size[3], part.Get<float>("mean", size[2]), part.Get<float>("scale", size[2]));
    }

    private void Check(ImageSet images, int length, int perImage)
    {
        images.RequireSize(Height, Width, Channels);
        if (length != images.Count * perImage) throw new ArgumentException($"{images.Count} pictures need room for {images.Count * perImage} values; got {length}.", nameof(length));
    }

    private Tensor Input(Tape tape, ImageSet images, int from, int count, bool mirror)
    {
        var x = tape.Allocate(new Shape(count, Height, Width, Channels));
        var values = x.Values;
        for (var i = 0; i < count; i++)
        {
            var image = images[from + i];
            for (var p = 0; p < Height * Width; p++)
            {
                var source = mirror ? p / Width * Width + Width - 1 - p % Width : p;
                for (var c = 0; c < Channels; c++) values[(i * Height * Width + p) * Channels + c] = (image[source * Channels + c] - _mean[c]) * _scale[c];
            }
        }
        return x;
    }
}
