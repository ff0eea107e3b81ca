using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>Scores all items for user number <paramref name="user"/> of the sequences a model was fitted on.</summary>
internal delegate void UserScorer(int user, Span<float> scores);

/// <summary>A way to fit a model on sequences, with one setting.</summary>
internal sealed record SequenceModel(string Name, Func<IReadOnlyList<int[]>, UserScorer> Fit);

/// <summary>The models that the verb knows by name, each with the settings a validation may choose from.</summary>
/// <param name="ItemCount">Number of items.</param>
/// <param name="Ordered">Whether the order of a sequence means time. Without it nothing may be learnt from who comes last.</param>
/// <param name="Sampled">Whether lists are judged among few random rivals; the order then matters far down the catalogue.</param>
/// <param name="Seed">Seed of everything drawn.</param>
/// <param name="Degree">Threads.</param>
internal sealed record SequenceModels(int ItemCount, bool Ordered, bool Sampled, long Seed, int? Degree)
{
    private const int LargestCatalogueForEase = 8000; // items² weights: a quarter of a gigabyte there
    private const string Names = "popular, knn, markov, knn+markov, ials, bpr, ease, ranker, blend, sasrec, two-tower or auto";

    public IReadOnlyList<SequenceModel> Named(string name) => name switch
    {
        "popular" => [Of("popular", sequences => new FadedHistory(Popularity.Fit(Matrix(sequences))))],
        "knn" => Ordered ? [Knn("knn, newest ten, each 0.7 of the next", 0.7, 10), Knn("knn, all items alike")] : [Knn("knn, all items alike")],
        "markov" => [Of("markov", Markov)],
        "knn+markov" => [new("knn + markov", sequences => Sum(Neighbours(sequences, 0.7, 10), Markov(sequences), sequences))],
        "ials" => [.. AlsSettings.Select(Als)],
        "bpr" => [new("bpr", sequences =>
        {
            var model = Bpr.Fit(Matrix(sequences), new BprOptions { Dimension = 32, Epochs = 30 }, new Rng(Seed));
            return (user, scores) => model.Score(user, scores);
        })],
        "ease" when ItemCount > LargestCatalogueForEase => throw new ArgumentException($"EASE keeps a weight per pair of items: {ItemCount} items are more than {LargestCatalogueForEase}. Choose another --model."),
        "ease" => [.. new[] { 50.0, 200, 400, 800 }.Select(l2 => Of($"ease, l2 {l2}", sequences => new FadedHistory(Ease.Fit(Matrix(sequences), l2))))],
        "ranker" => [Of("ranker", Ranker)],
        "blend" => [Of("blend", sequences => SequenceBlend.Fit(sequences, ItemCount, Parts, new SequenceBlendOptions { Degree = Degree }, new Rng(Seed)))],
        "sasrec" => [Of("sasrec", sequences => SasRec.Fit(sequences, ItemCount, Choices(sequences), new Rng(Seed), new EpochLines()))],
        "two-tower" => [Of("two-tower", sequences => TwoTower.Fit(sequences, null, ItemCount, Towers, new Rng(Seed), new EpochLines()))],
        "auto" => [.. (Ordered ? new[] { "ranker", "knn+markov" } : ["blend", "ranker", "ials"]).SelectMany(Named)],
        _ => throw new ArgumentException($"Model '{name}' is not built; choose {Names}."),
    };

    private static SequenceModel Of(string name, Func<IReadOnlyList<int[]>, ISequenceRecommender> fit) => new(name, sequences => Scorer(fit(sequences), sequences));

    private static UserScorer Scorer(ISequenceRecommender model, IReadOnlyList<int[]> sequences) => (user, scores) => model.Score(sequences[user], scores);

    private Csr Matrix(IReadOnlyList<int[]> sequences) => SequenceHistories.ToMatrix(sequences, ItemCount);

    private SequenceModel Knn(string name, double fade = 1, int newest = int.MaxValue) => Of(name, sequences => Neighbours(sequences, fade, newest));

    private FadedHistory Neighbours(IReadOnlyList<int[]> sequences, double fade, int newest) => new(
        ItemKnn.Fit(Matrix(sequences), new ItemKnnOptions { Shrinkage = CosineShrinkage.Target, ValuesAreWeights = true, Degree = Degree }), fade, newest);

    private FadedHistory Markov(IReadOnlyList<int[]> sequences) => new(ItemTransitions.Fit(sequences, ItemCount, new ItemTransitionOptions()), 1, 1);

    private static UserScorer Sum(FadedHistory knn, FadedHistory markov, IReadOnlyList<int[]> sequences) => (user, scores) =>
    {
        var second = new float[scores.Length];
        knn.Score(sequences[user], scores);
        markov.Score(sequences[user], second);
        var (first, other) = (Hybrid.InverseOfHighest(scores), Hybrid.InverseOfHighest(second));
        for (var item = 0; item < scores.Length; item++) scores[item] = first * scores[item] + other * second[item];
    };

    private TwoTowerOptions Towers
    {
        get
        {
            var options = new TwoTowerOptions { Ordered = Ordered };
            return options with { Training = options.Training with { Seed = Seed, Degree = Degree } };
        }
    }

    private SasRecOptions Choices(IReadOnlyList<int[]> sequences)
    {
        string E(string k, string d) => Environment.GetEnvironmentVariable(k) ?? d;
        double D(string k, double d) => double.Parse(E(k, d.ToString(System.Globalization.CultureInfo.InvariantCulture)), System.Globalization.CultureInfo.InvariantCulture);
        var o = new SasRecOptions();
        o = o with { Dimension = (int)D("DIM", 64), Heads = (int)D("HEADS", 1), Blocks = (int)D("BLOCKS", 2), Dropout = D("DROP", .2), Loss = Enum.Parse<NextItemLoss>(E("LOSS", "Automatic")), NegativeCount = (int)D("NEG", 512), Training = o.Training with { LearningRate = D("LR", 1e-3), WeightDecay = D("WD", 0), BatchSize = (int)D("BS", 128), MaxEpochs = (int)D("EP", 60), Seed = Seed, Degree = Degree } };
        if (D("START", 1) == 0) return o;
        var als = ImplicitAls.Fit(Matrix([.. sequences.Select(s => s[..^1])]), new ImplicitAlsOptions { Dimension = o.Dimension, UnobservedWeight = 0.003, Regularization = 0.01, Sweeps = 5, Degree = Degree }, new Rng(Seed));
        return o with { StartVectors = Enumerable.Range(0, ItemCount).SelectMany(item => als.ItemFactors(item).ToArray()).ToArray() };
    }

    private sealed class EpochLines : IProgress<CampaignPortal.Learning.Nn.EpochReport>
    {
        public void Report(CampaignPortal.Learning.Nn.EpochReport value) => Console.Error.WriteLine(value);
    }

    // Dense data want weight on unseen pairs and many dimensions, sparse data little weight; a catalogue of some thousand items tells by its validation.
    private static readonly ImplicitAlsOptions[] AlsSettings =
    [
        new() { Dimension = 192, UnobservedWeight = 0.3, Regularization = 0.007, Sweeps = 12 },
        new() { Dimension = 64, UnobservedWeight = 0.3, Regularization = 0.01, Sweeps = 10 },
        new() { Dimension = 32, UnobservedWeight = 0.1, Regularization = 0.01, Sweeps = 10 },
        new() { Dimension = 128, UnobservedWeight = 0.003, Regularization = 0.01, Sweeps = 10 },
        new() { Dimension = 64, UnobservedWeight = 0.001, Regularization = 0.1, Sweeps = 10 },
    ];

    private SequenceModel Als(ImplicitAlsOptions options) => Of(
        FormattableString.Invariant($"ials, d {options.Dimension}, a0 {options.UnobservedWeight}, lambda {options.Regularization}"),
        sequences => new FadedHistory(ImplicitAls.Fit(Matrix(sequences), options with { Degree = Degree }, new Rng(Seed))));

    private SequencePartsFit Parts => Ordered ? SequenceParts.CountingAndLinear(Seed, Degree) : SequenceParts.Unordered(Seed, Degree);

    private SequenceRankerModel Ranker(IReadOnlyList<int[]> sequences)
    {
        var count = Sampled ? Math.Max(100, ItemCount / 8) : 100; // ten of a hundred random rivals lie within the first tenth of the catalogue
        return SequenceRanker.Fit(sequences, ItemCount, Parts, new SequenceRankerOptions { CandidateCount = count, Degree = Degree }, new Rng(Seed));
    }
}
