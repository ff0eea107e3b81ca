using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Ranking;

/// <summary>Choices of <see cref="NeuMf"/>.</summary>
public sealed record NeuMfOptions
{
    /// <summary>Width of the vectors of the product part.</summary>
    public int Factors { get; init; } = 64;

    /// <summary>Starts the product part from factors by alternating least squares, as He et al. 2017 (sec. 3.4.1) start from a trained factorisation; false draws them.</summary>
    public bool StartFromFactors { get; init; } = true;

    /// <summary>Widths of the layers of the perceptron part; the vectors of users and items there are half of the first width.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 32, 16];

    /// <summary>Items drawn for each taken one, anew in every pass.</summary>
    public int NegativesPerPositive { get; init; } = 4;

    /// <summary>Share of the users of whom one item is withheld to decide when to stop.</summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>Steps, passes and seed; batches count taken items. Two shards, so that two threads can share a batch.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 20, BatchSize = 512, LearningRate = 5e-4, Optimizer = OptimizerKind.Adam, WeightDecay = 1e-6, Patience = 3, Shards = 2 };

    /// <summary>Throws when an option makes no sense.</summary>
    /// <exception cref="ArgumentException">Names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Factors, "options.Factors");
        if (Hidden.Count == 0 || Hidden.Any(h => h < 1) || Hidden[0] < 2) throw new ArgumentException($"Hidden needs at least one width, the first 2 or more; got [{string.Join(", ", Hidden)}].", "options.Hidden");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(NegativesPerPositive, "options.NegativesPerPositive");
        if (!(ValidationShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.ValidationShare", ValidationShare, "The share must lie in [0, 1).");
        Training.Validate();
    }
}

/// <summary>Neural matrix factorisation (He et al. 2017, sec. 3.4): a product of vectors and a perceptron over other vectors, joined in one logit.</summary>
/// <remarks>Binary cross-entropy against items drawn evenly from those the user did not take. Knows only the users it was fitted on.</remarks>
public static class NeuMf
{
    /// <summary>Fits vectors and layers.</summary>
    /// <param name="interactions">Users × items; a stored value means "took it".</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">First weights, withheld items and drawn items.</param>
    /// <param name="progress">Told after each pass; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or nothing was taken.</exception>
    public static NeuMfModel Fit(Csr interactions, NeuMfOptions options, Rng rng, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        options.Validate();
        var network = new NeuMfNetwork(interactions.RowCount, interactions.ColumnCount, options.Factors, options.Hidden, rng.Fork(1));
        var task = new Task(interactions, network, options, rng.Fork(2));
        if (options.StartFromFactors)
        {
            var trained = task.Trained();
            network.StartFrom(Factors(trained, options, rng.Fork(4), ct), trained);
        }
        Trainer.Fit(task, options.Training with { Seed = (long)rng.Fork(3).NextBits() }, progress, ct);
        return new NeuMfModel(network);
    }

    private static ImplicitAlsModel Factors(Csr trained, NeuMfOptions options, Rng rng, CancellationToken ct) =>
        ImplicitAls.Fit(trained, ImplicitAlsOptions.ForDensity(trained.Density) with { Dimension = options.Factors, Regularization = 0.01, Degree = options.Training.Degree }, rng, ct);

    private sealed class Task : ITrainingTask
    {
        private const int ValidationRivals = 100;

        private readonly Csr _interactions;
        private readonly NeuMfNetwork _network;
        private readonly NeuMfOptions _options;
        private readonly ulong _seed;
        private readonly int[] _pairs;      // places in the matrix that are trained on
        private readonly int[] _userOf;     // user of each place
        private readonly int[] _validation; // withheld places

        public Task(Csr interactions, NeuMfNetwork network, NeuMfOptions options, Rng rng)
        {
            (_interactions, _network, _options, _seed) = (interactions, network, options, rng.Fork(1).NextBits());
            _userOf = new int[interactions.Count];
            List<int> trained = [], withheld = [];
            for (var user = 0; user < interactions.RowCount; user++)
            {
                var (start, count) = (interactions.Starts[user], interactions.CountOf(user));
                _userOf.AsSpan(start, count).Fill(user);
                var withheldPlace = count > 2 && rng.NextDouble() < options.ValidationShare ? start + rng.NextInt(count) : -1;
                if (withheldPlace >= 0) withheld.Add(withheldPlace);
                for (var at = start; at < start + count; at++)
                {
                    if (at != withheldPlace) trained.Add(at);
                }
            }
            (_pairs, _validation) = ([.. trained], [.. withheld]);
        }

        /// <summary>The matrix without the withheld places.</summary>
        public Csr Trained() => Csr.FromTriplets(_interactions.RowCount, _interactions.ColumnCount, [.. _pairs.Select(place => _userOf[place])], [.. _pairs.Select(place => _interactions.Columns[place])], [.. _pairs.Select(_ => 1f)]);

        public IReadOnlyList<Parameter> Parameters => _network.Parameters;

        public int ExampleCount => _pairs.Length;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            var each = 1 + _options.NegativesPerPositive;
            var users = tape.NewIndices(examples.Length * each, out var userRows);
            var items = tape.NewIndices(examples.Length * each, out var itemRows);
            var labels = tape.Allocate(new Shape(examples.Length * each)).Values;
            for (var e = 0; e < examples.Length; e++)
            {
                var place = _pairs[examples[e]];
                for (var k = 0; k < each; k++)
                {
                    var at = e * each + k;
                    userRows[at] = _userOf[place];
                    itemRows[at] = k == 0 ? _interactions.Columns[place] : Negative(_userOf[place], tape.StepNumber, (long)place * each + k);
                    labels[at] = k == 0 ? 1 : 0;
                }
            }
            return tape.BinaryCrossEntropy(_network.Logits(tape, users, items), labels);
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (_validation.Length == 0) return null;
            double ndcg = 0, loss = 0;
            foreach (var place in _validation)
            {
                var user = _userOf[place];
                tape.Begin(training: false);
                var items = new int[1 + ValidationRivals];
                items[0] = _interactions.Columns[place];
                for (var k = 1; k < items.Length; k++) items[k] = Negative(user, -1, (long)place * items.Length + k);
                var logits = _network.Logits(tape, tape.Indices([.. Enumerable.Repeat(user, items.Length)]), tape.Indices(items)).Values;
                var better = 0;
                for (var k = 1; k < items.Length; k++) better += logits[k] >= logits[0] ? 1 : 0;
                if (better < 10) ndcg += 1 / Math.Log2(better + 2);
                loss += Math.Log(1 + Math.Exp(-logits[0]));
            }
            return new Evaluation(loss / _validation.Length, ndcg / _validation.Length);
        }

        /// <summary>An item that the user did not take, a function of step and number; after 50 misses any item.</summary>
        private int Negative(int user, long step, long number)
        {
            var taken = _interactions.Row(user).Columns;
            var item = 0;
            for (var attempt = 0; attempt < 50; attempt++)
            {
                item = (int)(CounterRng.Bits(_seed + (ulong)step, (ulong)attempt, (ulong)number) % (ulong)_interactions.ColumnCount);
                if (taken.BinarySearch(item) < 0) return item;
            }
            return item;
        }
    }
}
