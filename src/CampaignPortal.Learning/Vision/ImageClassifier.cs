using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Vision;

/// <summary>Learns to tell classes of small pictures apart, from scratch.</summary>
/// <remarks>
/// Made for some thousand pictures of about 32 × 32 pixels: every step varies its pictures anew (<see cref="Augmentation"/>), targets are smoothed, the
/// learning rate rises and falls over a fixed number of epochs, and the last weights are kept. Cost per epoch of the default network: some
/// 0.2 GFLOP per picture.
/// </remarks>
public static class ImageClassifier
{
    /// <summary>Fits a model.</summary>
    /// <param name="images">Pictures.</param>
    /// <param name="labels">Class of each picture, from 0.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is negative, or there is one class only.</exception>
    public static ImageModel Fit(ImageSet images, ReadOnlySpan<int> labels, ImageClassifierOptions options, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var classCount = ClassCount(images, labels);
        var (mean, scale) = Moments(images);
        var network = new ImageNetwork(images.Channels, options.Widths, classCount, options.Dropout, new Rng(options.Seed).Fork(1));
        var task = new Pictures(images, labels.ToArray(), network, mean, scale, options);
        var training = new TrainingOptions
        {
            MaxEpochs = options.Epochs, BatchSize = options.BatchSize, LearningRate = options.LearningRate, WeightDecay = options.WeightDecay,
            Schedule = LearningRateSchedule.WarmUpLinear, Degree = options.Degree, Seed = options.Seed,
        };
        Trainer.Fit(task, training, progress, ct);
        return new ImageModel(network, images.Height, images.Width, images.Channels, classCount, mean, scale);
    }

    private static int ClassCount(ImageSet images, ReadOnlySpan<int> labels)
    {
        if (labels.Length != images.Count) throw new ArgumentException($"{images.Count} pictures need as many labels; got {labels.Length}.", nameof(labels));
        var most = -1;
        foreach (var label in labels)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label, nameof(labels));
            most = Math.Max(most, label);
        }
        if (most < 1 || !labels.ContainsAnyExcept(labels[0])) throw new ArgumentException("Pictures of at least two classes are needed.", nameof(labels));
        return most + 1;
    }

    /// <summary>Mean and 1 / deviation of every channel over all pictures.</summary>
    private static (float[] Mean, float[] Scale) Moments(ImageSet images)
    {
        var (sums, squares) = (new double[images.Channels], new double[images.Channels]);
        for (var i = 0; i < images.Pixels.Length; i++)
        {
            double v = images.Pixels[i];
            sums[i % images.Channels] += v;
            squares[i % images.Channels] += v * v;
        }
        var count = images.Pixels.Length / images.Channels;
        var mean = Array.ConvertAll(sums, s => (float)(s / count));
        return (mean, [.. squares.Select((s, c) => (float)(1 / Math.Sqrt(Math.Max(1, s / count - Math.Pow(sums[c] / count, 2)))))]); // a plain channel is not blown up
    }

    private sealed class Pictures(ImageSet images, int[] labels, ImageNetwork network, float[] mean, float[] scale, ImageClassifierOptions options) : ITrainingTask
    {
        public IReadOnlyList<Parameter> Parameters => network.Parameters;

        public int ExampleCount => images.Count;

        public bool NeedsWholeBatches => true; // batch norm

        public unsafe Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            var x = tape.Allocate(new Shape(examples.Length, images.Height, images.Width, images.Channels));
            var targets = new int[examples.Length];
            for (var i = 0; i < examples.Length; i++) targets[i] = labels[examples[i]];
            var (order, stream) = (examples.ToArray(), tape.NextStream());
            Workers.For(order.Length, tape.Degree, i => options.Augmentation.Apply(
                images, images[order[i]], mean, scale, (ulong)options.Seed, CounterRng.Mix(stream) + (ulong)i, new Span<float>(x.Data + (long)i * images.ImageSize, images.ImageSize)));
            return tape.CrossEntropy(network.Classify(tape, network.Embed(tape, x)), tape.Indices(targets), options.Smoothing);
        }

        // The last weights are kept: with a falling rate they are the best, and nothing of the training pictures is held back.
        public Evaluation? Evaluate(Tape tape) => null;
    }
}
