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
    private const string Names = "popular, knn, markov, knn+markov, ials, bpr, ease, neumf, two-tower, gru, sasrec, ranker, blend or auto";

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
        "neumf" => [new("neumf", sequences =>
        {
            var model = NeuMf.Fit(Matrix(sequences), new NeuMfOptions { Training = new NeuMfOptions().Training with { Degree = Degree } }, new Rng(Seed), new EpochLines(), CancellationToken.None);
            return (user, scores) => model.Score(user, scores);
        })],
        "two-tower" => [Of("two-tower", sequences => TwoTower.Fit(sequences, ItemCount, null, new TwoTowerOptions { Training = new TwoTowerOptions().Training with { Degree = Degree } }, new Rng(Seed), new EpochLines(), CancellationToken.None))],
        "gru" => [Of("gru", sequences => Gru4Rec.Fit(sequences, ItemCount, Gates, new Rng(Seed), new EpochLines()))],
        "ranker" => [Of("ranker", sequences => Ranker(sequences, Parts))],
        "blend" => [Of("blend", sequences => SequenceBlend.Fit(sequences, ItemCount, Parts, new SequenceBlendOptions { Degree = Degree }, new Rng(Seed)))],
        "sasrec" => [Of("sasrec", sequences => SasRec.Fit(sequences, ItemCount, Attention, new Rng(Seed), new EpochLines()))],
        // The combination learns on withheld items what each part is worth, so no part needs a trial of its own.
        "auto" when Ordered => [Of("ranker with network", sequences => Ranker(sequences, PartsAndNetwork))],
        "auto" => [.. Named("blend"), .. Named("ranker"), .. Named("neumf"), .. AlsSettings[..3].Select(Als)],
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

    private Gru4RecOptions Gates
    {
        get
        {
            var options = new Gru4RecOptions();
            return options with { Training = options.Training with { Seed = Seed, Degree = Degree } };
        }
    }

    private SasRecOptions Attention
    {
        get
        {
            var options = new SasRecOptions();
            return options with { Training = options.Training with { Seed = Seed, Degree = Degree } };
        }
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

    private SequencePartsFit PartsAndNetwork => SequenceParts.WithNetwork(Parts, Attention with { Loss = NextItemLoss.SampledSoftmax }, Seed, new EpochLines()); // a third of the time of an epoch over all items

    private SequenceRankerModel Ranker(IReadOnlyList<int[]> sequences, SequencePartsFit parts)
    {
        var count = Sampled ? Math.Max(100, ItemCount / 8) : 100; // ten of a hundred random rivals lie within the first tenth of the catalogue
        return SequenceRanker.Fit(sequences, ItemCount, parts, new SequenceRankerOptions { CandidateCount = count, Degree = Degree }, new Rng(Seed));
    }
}
