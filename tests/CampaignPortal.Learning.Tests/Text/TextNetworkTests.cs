using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Text;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Text;

public sealed class TextNetworkTests
{
    private static readonly TextNetworkOptions Small = new()
    {
        Width = 16,
        Hidden = 16,
        Windows = [1, 2],
        Training = new TrainingOptions { MaxEpochs = 30, BatchSize = 32, LearningRate = 1e-2, Patience = 30, Seed = 1, Degree = 1 },
    };

    [Theory]
    [InlineData(TextNetworkKind.Bag, 2)]
    [InlineData(TextNetworkKind.Bag, 3)]
    [InlineData(TextNetworkKind.Convolution, 2)]
    [InlineData(TextNetworkKind.Convolution, 3)]
    [InlineData(TextNetworkKind.Recurrent, 2)]
    [InlineData(TextNetworkKind.Recurrent, 3)]
    public void Words_of_a_class_are_found_and_storing_changes_nothing(TextNetworkKind kind, int classes)
    {
        var (texts, labels) = Planted(240, row => ((char)('x' + row % classes)).ToString(), classes, seed: 1);
        var model = TextNetworkClassifier.Fit(texts, labels, Small with { Kind = kind }, null, CancellationToken.None);
        using var folder = new TemporaryFolder();
        model.Save(Path.Combine(folder.Path, "network"));
        var loaded = ModelFolder.Load<TextNetworkModel>(Path.Combine(folder.Path, "network"));
        var (fresh, expected) = Planted(100, row => ((char)('x' + row % classes)).ToString(), classes, seed: 2);

        Assert.True(model.ClassifyMany(fresh).Zip(expected).Count(pair => pair.First == pair.Second) >= 95);
        Assert.Equal(Scores(model, fresh), Scores(loaded, fresh));
    }

    [Fact]
    public void Only_a_network_that_sees_the_order_can_tell_words_in_another_order()
    {
        string Words(int row) => row % 2 == 0 ? "x y" : "y x";
        var (texts, labels) = Planted(300, Words, 2, seed: 3);
        var (fresh, expected) = Planted(200, Words, 2, seed: 4);
        double Share(TextNetworkKind kind) =>
            TextNetworkClassifier.Fit(texts, labels, Small with { Kind = kind, TermDropout = 0 }, null, CancellationToken.None).ClassifyMany(fresh).Zip(expected).Average(pair => pair.First == pair.Second ? 1.0 : 0);

        Assert.InRange(Share(TextNetworkKind.Convolution), 0.95, 1);
        Assert.InRange(Share(TextNetworkKind.Recurrent), 0.95, 1);
        Assert.InRange(Share(TextNetworkKind.Bag), 0.3, 0.7);
    }

    [Fact]
    public void Threads_change_no_bit_of_it()
    {
        var (texts, labels) = Planted(120, row => row % 2 == 0 ? "x" : "y", 2, seed: 5);
        float[] Of(int degree) => Scores(TextNetworkClassifier.Fit(texts, labels, Small with { Training = Small.Training with { MaxEpochs = 3, Degree = degree, Shards = 2 } }, null, CancellationToken.None), texts);

        Assert.Equal(Of(1), Of(2));
        Assert.Equal(Of(1), Of(3));
    }

    [Theory]
    [InlineData(TextNetworkKind.Bag)]
    [InlineData(TextNetworkKind.Convolution)]
    [InlineData(TextNetworkKind.Recurrent)]
    public void A_warm_step_allocates_nothing(TextNetworkKind kind)
    {
        var (texts, _) = Planted(64, _ => "x y", 2, seed: 6);
        var vocabulary = Vocabulary.Fit(texts, Small.Terms, out _);
        var sequences = TermSequences.Of(vocabulary, texts, 50);
        var network = new TextNetwork("", Small with { Kind = kind }, TermSequences.RowCount(vocabulary), 1, new Rng(1));
        var rows = Enumerable.Range(0, 64).ToArray();
        var targets = new float[64];
        using var tape = new Tape();
        void Step(int number)
        {
            tape.Begin(training: true, number);
            tape.Backward(tape.BinaryCrossEntropy(network.Forward(tape, sequences, rows), targets));
        }
        for (var step = 0; step < 3; step++) Step(step);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step(3);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Texts_without_known_terms_have_a_score()
    {
        var (texts, labels) = Planted(60, row => row % 2 == 0 ? "x" : "y", 2, seed: 7);
        var model = TextNetworkClassifier.Fit(texts, labels, Small with { Training = Small.Training with { MaxEpochs = 1 } }, null, CancellationToken.None);

        Assert.All(Scores(model, ["", "unheard of", "🙂"]), score => Assert.True(float.IsFinite(score)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextNetworkClassifier.Fit(texts, labels, Small with { Windows = [] }, null, CancellationToken.None));
    }

    [Theory]
    [InlineData("\"width\": 16", "\"width\": 2000000000")]
    [InlineData("\"hidden\": 16", "\"hidden\": 1000000")]
    [InlineData("\"hidden\": 16", "\"hidden\": -1")]
    [InlineData("\"networks\": 1", "\"networks\": 2")]
    [InlineData("\"classes\": 2", "\"classes\": 3")]
    public void A_manifest_that_does_not_fit_the_weights_is_refused(string right, string wrong)
    {
        var (texts, labels) = Planted(60, row => row % 2 == 0 ? "x" : "y", 2, seed: 8);
        using var temporary = new TemporaryFolder();
        var folder = Path.Combine(temporary.Path, "network");
        TextNetworkClassifier.Fit(texts, labels, Small with { Training = Small.Training with { MaxEpochs = 1 } }, null, CancellationToken.None).Save(folder);
        var manifest = Path.Combine(folder, "manifest.json");
        var text = File.ReadAllText(manifest);
        Assert.Contains(right, text);
        File.WriteAllText(manifest, text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Throws<InvalidDataException>(() => ModelFolder.Load<TextNetworkModel>(folder));
    }

    private static float[] Scores(TextNetworkModel model, string[] texts)
    {
        var scores = new float[texts.Length * model.OutputCount];
        model.Score(texts, scores);
        return scores;
    }

    // What speaks for the class, among eight words that mean nothing.
    private static (string[] Texts, int[] Labels) Planted(int count, Func<int, string> words, int classes, long seed)
    {
        var rng = new Rng(seed);
        var (texts, labels) = (new string[count], new int[count]);
        for (var row = 0; row < count; row++)
        {
            var place = rng.NextInt(8);
            texts[row] = string.Join(' ', Enumerable.Range(0, 8).Select(at => at == place ? words(row) : $"w{rng.NextInt(20)}"));
            labels[row] = row % classes;
        }
        return (texts, labels);
    }
}
