using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Vision;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Vision;

public sealed class ImageClassifierTests
{
    private const int Side = 8, Classes = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ImageClassifierOptions Options(int epochs) =>
        new() { Widths = [6, 8], Epochs = epochs, BatchSize = 20, LearningRate = 0.02, Dropout = 0, Degree = 1, Augmentation = new Augmentation { Hole = 0 } };

    [Fact]
    public void Planted_shapes_are_learned_and_similar_pictures_have_similar_features()
    {
        var (images, labels) = Shapes(150, 1);
        var model = ImageClassifier.Fit(images, labels, Options(8), null, Ct);
        var (fresh, truth) = Shapes(60, 2);
        var probabilities = new float[60 * Classes];
        model.PredictMany(fresh, probabilities);
        var right = Enumerable.Range(0, 60).Count(i => probabilities.AsSpan(i * Classes, Classes).ToArray() is var p && Array.IndexOf(p, p.Max()) == truth[i]);
        Assert.InRange(right, 54, 60);
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(1, probabilities.AsSpan(i * Classes, Classes).ToArray().Sum(), 1e-5f));

        var features = new float[60 * model.EmbeddingLength];
        model.EmbedMany(fresh, features);
        double Cosine(int a, int b) => Enumerable.Range(0, model.EmbeddingLength).Sum(j => (double)features[a * model.EmbeddingLength + j] * features[b * model.EmbeddingLength + j]);
        Assert.Equal(1, Cosine(0, 0), 1e-5);
        var pairs = from a in Enumerable.Range(0, 60) from b in Enumerable.Range(0, a) select (Same: truth[a] == truth[b], Cosine: Cosine(a, b));
        var byClass = pairs.ToLookup(p => p.Same, p => p.Cosine);
        Assert.True(byClass[true].Average() > byClass[false].Average() + 0.1);
    }

    [Fact]
    public void A_fit_has_the_same_bits_for_every_degree_and_after_saving()
    {
        var (images, labels) = Shapes(40, 3);
        float[] Predict(ImageModel model)
        {
            var probabilities = new float[images.Count * Classes];
            model.PredictMany(images, probabilities, degree: 2);
            return probabilities;
        }
        var model = ImageClassifier.Fit(images, labels, Options(2), null, Ct);
        foreach (var degree in new[] { 2, 3 }) Assert.Equal(Predict(model), Predict(ImageClassifier.Fit(images, labels, Options(2) with { Degree = degree }, null, Ct)));
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        Assert.Equal(Predict(model), Predict(ModelFolder.Load<ImageModel>(folder.Path)));
    }

    [Fact]
    public void Without_variation_a_picture_is_only_normalised_and_with_it_depends_on_its_stream_alone()
    {
        var (images, _) = Shapes(1, 4);
        float[] Varied(Augmentation augmentation, ulong stream)
        {
            var target = new float[Side * Side];
            augmentation.Apply(images, images[0], [100f], [0.01f], 7, stream, target);
            return target;
        }
        Assert.Equal(images[0].ToArray().Select(b => (b - 100) * 0.01f), Varied(Augmentation.None, 1));
        Assert.Equal(Varied(new Augmentation(), 5), Varied(new Augmentation(), 5));
        Assert.NotEqual(Varied(new Augmentation(), 5), Varied(new Augmentation(), 6));
    }

    [Fact]
    public void Bad_input_is_refused_with_what_is_wrong()
    {
        var (images, labels) = Shapes(10, 5);
        Assert.Contains("two classes", Assert.Throws<ArgumentException>(() => ImageClassifier.Fit(images, new int[10], Options(1), null, Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("10", Assert.Throws<ArgumentException>(() => ImageClassifier.Fit(images, labels.AsSpan(1), Options(1), null, Ct)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ImageSet(8, 8, 3, new byte[100]));
        var model = ImageClassifier.Fit(images, labels, Options(1), null, Ct);
        var e = Assert.Throws<ArgumentException>(() => model.PredictMany(new ImageSet(9, 8, 1, new byte[72]), new float[Classes]));
        Assert.Contains("9×8×1", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Stripes along the rows, stripes along the columns, or a square, somewhere in noise.</summary>
    private static (ImageSet Images, int[] Labels) Shapes(int count, long seed)
    {
        var rng = new Rng(seed);
        var (pixels, labels) = (new byte[count * Side * Side], new int[count]);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, y, x) = (i / (Side * Side), i / Side % Side, i % Side);
            labels[image] = image % Classes;
            var isBright = (image % Classes) switch { 0 => y % 4 < 2, 1 => x % 4 < 2, _ => y is >= 2 and < 6 && x is >= 2 and < 6 };
            pixels[i] = (byte)Math.Clamp((isBright ? 180 : 70) + 20 * rng.NextNormal(), 0, 255);
        }
        return (new ImageSet(Side, Side, 1, pixels), labels);
    }
}
