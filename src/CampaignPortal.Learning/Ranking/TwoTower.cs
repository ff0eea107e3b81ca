using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Ranking;

/// <summary>Choices of <see cref="TwoTower"/>.</summary>
public sealed record TwoTowerOptions
{
    /// <summary>Width of the vectors that are compared.</summary>
    public int Dimension { get; init; } = 64;

    /// <summary>Width of the hidden layer of each tower.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Newest items of a history that count.</summary>
    public int MaxHistory { get; init; } = 50;

    /// <summary>Cosines are divided by it before the softmax.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>Share of hidden units dropped in training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Share of item vectors replaced by their features alone in training, so that an item nobody has taken can be scored by its features. Without features it must be 0.</summary>
    public double ColdShare { get; init; } = 0.1;

    /// <summary>Share of the users of whom the last item is withheld to decide when to stop.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Steps, passes and seed. The items of a batch are each other's negatives, so a batch is large and not sharded.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 30, BatchSize = 512, LearningRate = 2e-3, WeightDecay = 1e-4, Patience = 3 };

    /// <summary>Throws when an option makes no sense.</summary>
    /// <exception cref="ArgumentException">Names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Dimension, "options.Dimension");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Hidden, "options.Hidden");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxHistory, "options.MaxHistory");
        if (!(Temperature > 0)) throw new ArgumentOutOfRangeException("options.Temperature", Temperature, "The temperature must be positive.");
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Dropout", Dropout, "Dropout must lie in [0, 1).");
        if (!(ColdShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ColdShare", ColdShare, "The share must lie in [0, 1).");
        if (!(ValidationShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ValidationShare", ValidationShare, "The share must lie in [0, 1).");
        Training.Validate();
        if (Training.Shards is not (null or 1)) throw new ArgumentException("The items of a whole batch are each other's negatives: Shards must be 1.", "options.Training");
    }
}

/// <summary>Two towers (Covington et al. 2016; Yi et al. 2019): one network turns a history into a vector, another turns an item with its features into one; their cosine is the score.</summary>
/// <remarks>
/// Trained by softmax over the items of the batch, each logit lowered by the logarithm of how often its item is drawn (log-Q correction, Yi et al. 2019,
/// eq. 4), which undoes that popular items are negatives more often. A user is the mean of the items taken before, so a user of a minute ago is scored
/// like any other; an item nobody has taken is scored by its features.
/// </remarks>
public static class TwoTower
{
    /// <summary>Fits both towers.</summary>
    /// <param name="sequences">Items of each user, oldest first.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="features">Items × feature columns, nonnegative weights; null for none.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">First weights, withheld users and order.</param>
    /// <param name="progress">Told after each pass; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">An option makes no sense, an item is unknown, or no user took two items.</exception>
    public static TwoTowerModel Fit(IReadOnlyList<int[]> sequences, int itemCount, Csr? features, TwoTowerOptions options, Rng rng, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        options.Validate();
        if (features is not null && features.RowCount != itemCount) throw new ArgumentException($"{itemCount} items need as many rows of features; got {features.RowCount}.", nameof(features));
        var network = new TwoTowerNetwork(itemCount, features, options, rng.Fork(1));
        var task = new Task(sequences, network, options, rng.Fork(2));
        if (task.ExampleCount == 0) throw new ArgumentException("No user took two items: there is nothing to learn from.", nameof(sequences));
        Trainer.Fit(task, options.Training with { Seed = (long)rng.Fork(3).NextBits() }, progress, ct);
        return new TwoTowerModel(network);
    }

    private sealed class Task : ITrainingTask
    {
        private readonly IReadOnlyList<int[]> _sequences;
        private readonly TwoTowerNetwork _network;
        private readonly TwoTowerOptions _options;
        private readonly float[] _minusLogQ;
        private readonly (int User, int At)[] _trained;
        private readonly (int User, int At)[] _withheld;

        public Task(IReadOnlyList<int[]> sequences, TwoTowerNetwork network, TwoTowerOptions options, Rng rng)
        {
            (_sequences, _network, _options) = (sequences, network, options);
            List<(int User, int At)> trained = [], withheld = [];
            for (var user = 0; user < sequences.Count; user++)
            {
                var length = sequences[user].Length;
                foreach (var item in sequences[user]) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)item, (uint)network.ItemCount, nameof(sequences));
                var withhold = length >= 3 && rng.NextDouble() < options.ValidationShare;
                for (var at = 1; at < length; at++) (withhold && at == length - 1 ? withheld : trained).Add((user, at));
            }
            (_trained, _withheld) = ([.. trained], [.. withheld]);
            var counts = new double[network.ItemCount];
            foreach (var (user, at) in _trained) counts[sequences[user][at]]++;
            _minusLogQ = Array.ConvertAll(counts, c => (float)-Math.Log(Math.Max(1, c) / Math.Max(1, _trained.Length)));
        }

        public IReadOnlyList<Parameter> Parameters => _network.Parameters;

        public int ExampleCount => _trained.Length;

        public bool NeedsWholeBatches => true;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            // One column per different item of the batch: an item that two users took is no negative of either.
            var columnOf = new Dictionary<int, int>();
            var targets = tape.NewIndices(examples.Length, out var target);
            var drawn = new List<int>();
            for (var e = 0; e < examples.Length; e++)
            {
                var (user, at) = _trained[examples[e]];
                var item = _sequences[user][at];
                if (!columnOf.TryGetValue(item, out var column))
                {
                    columnOf.Add(item, column = drawn.Count);
                    drawn.Add(item);
                }
                target[e] = column;
            }
            var items = drawn.ToArray();
            var users = _network.Users(tape, Histories(tape, examples, out var offsets), offsets);
            return tape.SoftmaxOverTable(users, _network.Items(tape, items), targets, _options.Temperature, Array.ConvertAll(items, i => _minusLogQ[i]));
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (_withheld.Length == 0) return null;
            var table = _network.ItemTable(tape);
            double ndcg = 0;
            var scores = new float[_network.ItemCount];
            foreach (var (user, at) in _withheld)
            {
                _network.Score(tape, table, _sequences[user].AsSpan(0, at), scores);
                foreach (var item in _sequences[user].AsSpan(0, at)) scores[item] = float.NegativeInfinity;
                var (own, better) = (scores[_sequences[user][at]], 0);
                foreach (var score in scores) better += score > own ? 1 : 0;
                if (better < 10) ndcg += 1 / Math.Log2(better + 2);
            }
            return new Evaluation(1 - ndcg / _withheld.Length, ndcg / _withheld.Length);
        }

        private Indices Histories(Tape tape, ReadOnlySpan<int> examples, out Indices offsets)
        {
            offsets = tape.NewIndices(examples.Length + 1, out var starts);
            starts[0] = 0;
            for (var e = 0; e < examples.Length; e++) starts[e + 1] = starts[e] + Math.Min(_trained[examples[e]].At, _options.MaxHistory);
            var items = tape.NewIndices(starts[^1], out var values);
            for (var e = 0; e < examples.Length; e++)
            {
                var (user, at) = _trained[examples[e]];
                var count = starts[e + 1] - starts[e];
                _sequences[user].AsSpan(at - count, count).CopyTo(values[starts[e]..]);
            }
            return items;
        }
    }
}
