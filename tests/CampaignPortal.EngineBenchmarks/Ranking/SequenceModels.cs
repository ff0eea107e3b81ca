using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>Scores all items for user number <paramref name="user"/> of the sequences a model was fitted on.</summary>
internal delegate void UserScorer(int user, Span<float> scores);

/// <summary>A way to fit a model on sequences, with one setting.</summary>
internal sealed record SequenceModel(string Name, Func<IReadOnlyList<int[]>, int, UserScorer> Fit);

/// <summary>The models that the verb knows by name, each with the settings a validation may choose from.</summary>
internal static class SequenceModels
{
    private const int LargestCatalogueForEase = 8000; // items² weights: a quarter of a gigabyte there

    private static readonly string[] Candidates = ["popular", "knn", "markov", "knn+markov", "ials", "ease"];

    public static IReadOnlyList<SequenceModel> Named(string name, int itemCount, long seed, int? degree) => name switch
    {
        "popular" => [new("popular", (sequences, items) => ByHistory(Popularity.Fit(Matrix(sequences, items)), sequences, _ => 1))],
        "knn" => [Knn("knn, all items alike", 1, int.MaxValue, degree), Knn("knn, newest ten, each 0.7 of the next", 0.7, 10, degree)],
        "markov" => [new("markov", (sequences, items) => ByHistory(ItemTransitions.Fit(sequences, items), sequences, Faded(0, 1)))],
        "ials" => [.. new (double A0, double Lambda)[] { (0.3, 0.01), (0.1, 0.01), (0.003, 0.01), (0.001, 0.1) }.Select(s => Als(s.A0, s.Lambda, seed, degree))],
        "bpr" => [new("bpr", (sequences, items) =>
        {
            var model = Bpr.Fit(Matrix(sequences, items), new BprOptions { Dimension = 32, Epochs = 30 }, new Rng(seed));
            return (user, scores) => model.Score(user, scores);
        })],
        "ease" when itemCount > LargestCatalogueForEase => throw new ArgumentException($"EASE keeps a weight per pair of items: {itemCount} items are more than {LargestCatalogueForEase}. Choose another --model."),
        "ease" => [.. new[] { 50.0, 200, 800 }.Select(l2 => new SequenceModel($"ease, l2 {l2}", (sequences, items) => ByHistory(Ease.Fit(Matrix(sequences, items), l2), sequences, _ => 1)))],
        "knn+markov" => [new("knn + markov", (sequences, items) =>
        {
            var knn = Knn("knn", 0.7, 10, degree).Fit(sequences, items);
            var markov = ByHistory(ItemTransitions.Fit(sequences, items), sequences, Faded(0, 1));
            return (user, scores) =>
            {
                var second = new float[scores.Length];
                knn(user, scores);
                markov(user, second);
                var (first, other) = (Hybrid.InverseOfHighest(scores), Hybrid.InverseOfHighest(second));
                for (var item = 0; item < scores.Length; item++) scores[item] = first * scores[item] + other * second[item];
            };
        })],
        "auto" => [.. Candidates.Where(each => each != "ease" || itemCount <= LargestCatalogueForEase).SelectMany(each => Named(each, itemCount, seed, degree))],
        _ => throw new ArgumentException($"Model '{name}' is not built; choose popular, knn, markov, knn+markov, ials, bpr, ease or auto."),
    };

    private static SequenceModel Knn(string name, double fade, int newest, int? degree) => new(name, (sequences, items) => ByHistory(
        ItemKnn.Fit(Matrix(sequences, items), new ItemKnnOptions { ValuesAreWeights = true, Degree = degree }), sequences, Faded(fade, newest)));

    private static SequenceModel Als(double unobserved, double regularization, long seed, int? degree) => new($"ials, a0 {unobserved}, lambda {regularization}", (sequences, items) =>
        ByHistory(ImplicitAls.Fit(Matrix(sequences, items), new ImplicitAlsOptions { UnobservedWeight = unobserved, Regularization = regularization, Sweeps = 10, Degree = degree }, new Rng(seed)), sequences, _ => 1));

    /// <summary>Weight of the item that is <c>age</c> steps from the newest: fade^age among the newest ones, else none.</summary>
    private static Func<int, double> Faded(double fade, int newest) => age => age < newest ? Math.Pow(fade, age) : 0;

    private static UserScorer ByHistory(IRecommender model, IReadOnlyList<int[]> sequences, Func<int, double> weight) => (user, scores) =>
    {
        var sequence = sequences[user];
        var history = sequence.Select((item, at) => (item, weight: weight(sequence.Length - 1 - at))).Where(entry => entry.weight > 0)
            .GroupBy(entry => entry.item, entry => entry.weight).OrderBy(group => group.Key).ToArray();
        model.Score(new SparseRow([.. history.Select(group => group.Key)], [.. history.Select(group => (float)group.Max())]), scores);
    };

    private static Csr Matrix(IReadOnlyList<int[]> sequences, int itemCount)
    {
        var (users, items) = (new List<int>(), new List<int>());
        for (var user = 0; user < sequences.Count; user++)
        {
            foreach (var item in sequences[user].Distinct())
            {
                users.Add(user);
                items.Add(item);
            }
        }
        return Csr.FromTriplets(sequences.Count, itemCount, users.ToArray(), items.ToArray(), [.. users.Select(_ => 1f)]);
    }
}
