using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>The generated pairs, one of each user left out, and a hundred other items to rank it among.</summary>
internal sealed class LeftOutPairs
{
    public const int Users = 6040, Items = 3706, Candidates = 100;

    private readonly int[] _leftOut = new int[Users];
    private readonly int[] _candidates = Recipes.Integers(1, 63, Users * Candidates, Items);

    public LeftOutPairs()
    {
        var (user, item) = Recipes.Implicit(1, Users, Items);
        var pick = Recipes.Uniform(1, 60, Users);
        var (starts, columns) = (new int[Users + 1], new List<int>(item.Length));
        var first = 0;
        for (var u = 0; u < Users; u++)
        {
            var count = 0;
            while (first + count < user.Length && user[first + count] == u) count++;
            var left = (int)(count * pick[u]);
            _leftOut[u] = item[first + left];
            for (var i = 0; i < count; i++)
            {
                if (i != left) columns.Add(item[first + i]);
            }
            starts[u + 1] = columns.Count;
            first += count;
        }
        Train = Csr.FromParts(Items, starts, [.. columns], [.. Enumerable.Repeat(1f, columns.Count)]);
    }

    public Csr Train { get; }

    /// <summary>Share of users whose left-out item is among the ten best; scores fill a span for a user.</summary>
    public double HitRate(Action<int, float[]> score)
    {
        var (scores, hits) = (new float[Items], 0);
        for (var u = 0; u < Users; u++)
        {
            score(u, scores);
            var better = 0;
            foreach (var candidate in _candidates.AsSpan(u * Candidates, Candidates))
            {
                if (candidate != _leftOut[u] && scores[candidate] > scores[_leftOut[u]]) better++;
            }
            if (better < 10) hits++;
        }
        return hits / (double)Users;
    }
}

/// <summary>Sweeps of implicit alternating least squares in 64 dimensions.</summary>
internal sealed class IalsEpochRow : ISpeedRow
{
    private const int Sweeps = 8;

    private LeftOutPairs? _pairs;
    private ImplicitAlsModel? _model;
    private ImplicitAlsOptions _options = new();

    public string Job => "ials-epoch";

    public void Prepare(int degree) =>
        (_pairs, _options) = (new LeftOutPairs(), new ImplicitAlsOptions { Dimension = 64, Sweeps = Sweeps, UnobservedWeight = 0.1, Regularization = 0.003, CountBoost = 0, Degree = degree });

    public IReadOnlyList<double> Run() => [Timed.Seconds(() => _model = ImplicitAls.Fit(_pairs!.Train, _options, new Rng(1), CancellationToken.None)) / Sweeps]; // Prepare came first

    public SpeedOutcome Outcome() => SpeedOutcome.Of(("hr10", _pairs!.HitRate((user, scores) => _model!.Score(_pairs.Train.Row(user), scores)))); // Run came first
}

/// <summary>Ten best of 3706 items for 6040 users in 64 dimensions.</summary>
internal sealed class TopScoresRow : ISpeedRow
{
    private const int Count = 10, Dimension = 64;

    private float[] _users = [], _items = [];
    private readonly int[] _best = new int[LeftOutPairs.Users * Count];
    private readonly float[] _scores = new float[LeftOutPairs.Users * Count];
    private int _degree;

    public string Job => "topn-scoring";

    public void Prepare(int degree)
    {
        static float[] Factors(ulong stream, int rows) => Array.ConvertAll(Recipes.Normal(1, stream, rows * Dimension), z => (float)(0.1 * z));
        (_users, _items, _degree) = (Factors(61, LeftOutPairs.Users), Factors(62, LeftOutPairs.Items), degree);
    }

    public IReadOnlyList<double> Run() => [Timed.Seconds(() => TopScores.Select(_users, _items, Dimension, Count, _best, _scores, _degree))];

    /// <summary>Lists of some users against a sort of all scores.</summary>
    public SpeedOutcome Outcome()
    {
        var (scores, wrong) = (new float[LeftOutPairs.Items], 0);
        for (var user = 0; user < LeftOutPairs.Users; user += 97)
        {
            for (var item = 0; item < scores.Length; item++) scores[item] = Dense.Dot(_users.AsSpan(user * Dimension, Dimension), _items.AsSpan(item * Dimension, Dimension));
            var expected = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(Count);
            if (!expected.SequenceEqual(_best.AsSpan(user * Count, Count).ToArray())) wrong++;
        }
        return new SpeedOutcome(new Dictionary<string, double> { ["wrong_lists"] = wrong }, wrong == 0 ? null : $"{wrong} lists are not the ten best");
    }
}

/// <summary>Epochs of Bayesian personalised ranking in 32 dimensions.</summary>
internal sealed class BprEpochRow : ISpeedRow
{
    private const int Epochs = 5;

    private LeftOutPairs? _pairs;
    private BprModel? _model;

    public string Job => "bpr-epoch";

    public void Prepare(int degree) => _pairs = new LeftOutPairs();

    public IReadOnlyList<double> Run() => [Timed.Seconds(() => _model = Bpr.Fit(_pairs!.Train, new BprOptions { Dimension = 32, Epochs = Epochs }, new Rng(1), CancellationToken.None)) / Epochs]; // Prepare came first

    public SpeedOutcome Outcome() => SpeedOutcome.Of(("hr10", _pairs!.HitRate((user, scores) => _model!.Score(user, scores)))); // Run came first
}
