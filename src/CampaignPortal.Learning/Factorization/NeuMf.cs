using System.Collections.Concurrent;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Choices of <see cref="NeuMf"/>.</summary>
public sealed record NeuMfOptions
{
    /// <summary>Width of the vectors that are multiplied element by element.</summary>
    public int ProductDimension { get; init; } = 64;

    /// <summary>Width of the vectors that go through the hidden layers.</summary>
    public int HiddenDimension { get; init; } = 32;

    /// <summary>Widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 32, 16];

    /// <summary>Items a user did not take, drawn anew for every pair in every epoch.</summary>
    public int NegativesPerPair { get; init; } = 4;

    /// <summary>Starts the product vectors from factors by alternating least squares (He et al. 2017, section 3.4.1, start from a trained factorisation too); null draws them.</summary>
    public ImplicitAlsOptions? Start { get; init; } = new() { Dimension = 64, UnobservedWeight = 0.3, Regularization = 0.007 };

    /// <summary>Batches (of pairs), epochs, rate, patience, seed and threads.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 20, BatchSize = 512, LearningRate = 5e-4, Patience = 2 };

    /// <summary>Most users of whom one pair is withheld, to be found among 100 random items, to know when to stop.</summary>
    public int ValidationUsers { get; init; } = 2000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ProductDimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(HiddenDimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(NegativesPerPair, 1);
        if (Hidden.Count == 0 || Hidden.Any(width => width < 1)) throw new ArgumentException("NeuMF needs at least one hidden layer, each of at least one value.", nameof(Hidden));
        if (Start is not null && Start.Dimension != ProductDimension) throw new ArgumentException($"Factors of {Start.Dimension} cannot start vectors of {ProductDimension}.", nameof(Start));
        Training.Validate();
    }
}

/// <summary>Neural matrix factorisation (He, Liao, Zhang, Nie, Hu &amp; Chua 2017): a weighted product of vectors and a network over other vectors, joined in one logit.</summary>
public static class NeuMf
{
    /// <summary>Fits vectors of the users of the matrix and of all items.</summary>
    /// <param name="interactions">Users × items; a stored value means "took it".</param>
    /// <param name="options">Sizes and training.</param>
    /// <param name="rng">First weights and withheld pairs.</param>
    /// <param name="progress">Told after each epoch, with NDCG@10 of the withheld pairs; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">There is no pair, or an option makes no sense.</exception>
    public static NeuMfModel Fit(Csr interactions, NeuMfOptions options, Rng rng, IProgress<EpochReport>? progress = null, CancellationToken ct = default)
    {
        options.Validate();
        if (interactions.Count == 0) throw new ArgumentException("There is no pair to learn from.", nameof(interactions));
        var network = new NeuMfNetwork(interactions.RowCount, interactions.ColumnCount, options, rng.Fork(1));
        var task = new NeuMfTraining(network, interactions, options, rng);
        if (options.Start is { } start) network.StartFrom(ImplicitAls.Fit(task.Training, start with { Degree = options.Training.Degree }, rng.Fork(2), ct), task.Training);
        Trainer.Fit(task, options.Training, progress, ct);
        return new NeuMfModel(network);
    }
}

/// <summary>Both branches and the layer that joins them.</summary>
internal sealed class NeuMfNetwork : Module
{
    private readonly Embedding _userProduct, _itemProduct, _userHidden, _itemHidden;
    private readonly Nn.Linear[] _layers;
    private readonly Nn.Linear _out;
    private readonly int _productDimension;

    public NeuMfNetwork(int userCount, int itemCount, NeuMfOptions options, Rng rng) : base("")
    {
        (UserCount, ItemCount, _productDimension) = (userCount, itemCount, options.ProductDimension);
        const double Deviation = 0.05;
        _userProduct = Add(new Embedding("user.product", userCount, options.ProductDimension, rng.Fork(1), Deviation));
        _itemProduct = Add(new Embedding("item.product", itemCount, options.ProductDimension, rng.Fork(2), Deviation));
        _userHidden = Add(new Embedding("user.hidden", userCount, options.HiddenDimension, rng.Fork(3), Deviation));
        _itemHidden = Add(new Embedding("item.hidden", itemCount, options.HiddenDimension, rng.Fork(4), Deviation));
        _layers = new Nn.Linear[options.Hidden.Count];
        var width = 2 * options.HiddenDimension;
        for (var at = 0; at < _layers.Length; at++)
        {
            _layers[at] = Add(new Nn.Linear(FormattableString.Invariant($"layers.{at}"), width, options.Hidden[at], rng.Fork(10 + at)));
            width = options.Hidden[at];
        }
        _out = Add(new Nn.Linear("out", options.ProductDimension + width, 1, rng.Fork(5), gain: 1));
        _out.Weight.Value[..options.ProductDimension].Fill(1); // a plain product at first
    }

    public int UserCount { get; }

    public int ItemCount { get; }

    /// <summary>Takes factors as first product vectors, times what brings a product of 1 to a logit of about 4.</summary>
    public void StartFrom(ImplicitAlsModel factors, Csr interactions)
    {
        const float Root = 2;
        for (var item = 0; item < ItemCount; item++) Scaled(factors.ItemFactors(item), Root, _itemProduct.Weight.Value.Slice(item * _productDimension, _productDimension));
        var own = new float[_productDimension];
        for (var user = 0; user < UserCount; user++)
        {
            factors.FoldIn(interactions.Row(user), own);
            Scaled(own, Root, _userProduct.Weight.Value.Slice(user * _productDimension, _productDimension));
        }
        _out.Bias.Value[0] = -3; // unseen pairs are the rule
    }

    private static void Scaled(ReadOnlySpan<float> from, float factor, Span<float> to) => System.Numerics.Tensors.TensorPrimitives.Multiply(from, factor, to);

    /// <summary>Logits of pairs: [pairs, 1].</summary>
    public Tensor Forward(Tape tape, in Indices users, in Indices items)
    {
        var product = tape.Hadamard(_userProduct.Forward(tape, users), _itemProduct.Forward(tape, items));
        var hidden = tape.Concat(_userHidden.Forward(tape, users), _itemHidden.Forward(tape, items));
        foreach (var layer in _layers) hidden = layer.Forward(tape, hidden, Activation.Relu);
        return _out.Forward(tape, tape.Concat(product, hidden));
    }

    /// <summary>Logits of one user with every item, outside training.</summary>
    public void Logits(Tape tape, int user, Span<float> logits)
    {
        const int Block = 1024;
        for (var from = 0; from < ItemCount; from += Block)
        {
            tape.Begin(training: false);
            var count = Math.Min(Block, ItemCount - from);
            var users = Sequences.StepIndices.Room(tape, count, out var userSpan);
            var items = Sequences.StepIndices.Room(tape, count, out var itemSpan);
            userSpan.Fill(user);
            for (var at = 0; at < count; at++) itemSpan[at] = from + at;
            Forward(tape, users, items).Values.CopyTo(logits[from..]);
        }
    }
}

/// <summary>Pairs with drawn negatives, judged on withheld pairs.</summary>
internal sealed class NeuMfTraining : ITrainingTask
{
    private const int Rivals = 100;
    private readonly NeuMfNetwork _network;
    private readonly NeuMfOptions _options;
    private readonly Csr _all;
    private readonly (int User, int Item)[] _withheld;
    private readonly int[] _userOf;

    public NeuMfTraining(NeuMfNetwork network, Csr interactions, NeuMfOptions options, Rng rng)
    {
        (_network, _options, _all) = (network, options, interactions);
        var users = Enumerable.Range(0, interactions.RowCount).Where(user => interactions.CountOf(user) >= 3).ToArray();
        rng.Shuffle(users.AsSpan());
        _withheld = [.. users.Take(options.ValidationUsers).Select(user => (user, interactions.Row(user).Columns[rng.NextInt(interactions.CountOf(user))]))];
        Training = Without(interactions, _withheld.ToDictionary(pair => pair.User, pair => pair.Item));
        _userOf = new int[Training.Count];
        for (var user = 0; user < Training.RowCount; user++) _userOf.AsSpan(Training.Starts[user], Training.CountOf(user)).Fill(user);
    }

    /// <summary>The pairs without the withheld ones.</summary>
    public Csr Training { get; }

    public IReadOnlyList<Parameter> Parameters => _network.Parameters;

    public int ExampleCount => Training.Count;

    /// <inheritdoc/>
    public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
    {
        var rows = 1 + _options.NegativesPerPair;
        var users = Sequences.StepIndices.Room(tape, examples.Length * rows, out var userSpan);
        var items = Sequences.StepIndices.Room(tape, examples.Length * rows, out var itemSpan);
        var labels = new float[examples.Length * rows];
        var stream = tape.NextStream();
        for (var e = 0; e < examples.Length; e++)
        {
            var user = _userOf[examples[e]];
            userSpan.Slice(e * rows, rows).Fill(user);
            itemSpan[e * rows] = Training.Columns[examples[e]];
            labels[e * rows] = 1;
            for (var at = 1; at < rows; at++) itemSpan[e * rows + at] = Negative(user, tape.Seed, CounterRng.Mix(stream) + (ulong)(e * rows + at));
        }
        return tape.BinaryCrossEntropy(_network.Forward(tape, users, items), labels);
    }

    // After a few tries a user who took nearly everything keeps what was drawn.
    private int Negative(int user, ulong seed, ulong stream)
    {
        var item = 0;
        for (ulong attempt = 0; attempt < 20; attempt++)
        {
            item = (int)(CounterRng.Uniform(seed, stream, attempt) * _network.ItemCount);
            if (_all.Row(user).Columns.BinarySearch(item) < 0) break;
        }
        return item;
    }

    /// <inheritdoc/>
    public Evaluation? Evaluate(Tape tape)
    {
        if (_withheld.Length == 0) return null;
        var (users, items) = (new int[Rivals + 1], new int[Rivals + 1]);
        double ndcg = 0;
        foreach (var (user, item) in _withheld)
        {
            Array.Fill(users, user);
            items[0] = item;
            for (var at = 1; at < items.Length; at++) items[at] = Negative(user, 0x5EED, CounterRng.Mix((ulong)user) + (ulong)at);
            tape.Begin(training: false);
            var logits = _network.Forward(tape, tape.Indices(users), tape.Indices(items)).Values;
            var above = 0;
            foreach (var logit in logits[1..]) above += logit >= logits[0] ? 1 : 0;
            ndcg += above < 10 ? 1 / Math.Log2(above + 2) : 0;
        }
        return new Evaluation(0, ndcg / _withheld.Length);
    }

    private static Csr Without(Csr matrix, Dictionary<int, int> withheld)
    {
        var (starts, columns, values) = (new int[matrix.RowCount + 1], new List<int>(matrix.Count), new List<float>(matrix.Count));
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var entries = matrix.Row(row);
            for (var at = 0; at < entries.Count; at++)
            {
                if (withheld.TryGetValue(row, out var item) && item == entries.Columns[at]) continue;
                columns.Add(entries.Columns[at]);
                values.Add(entries.Values[at]);
            }
            starts[row + 1] = columns.Count;
        }
        return Csr.FromParts(matrix.ColumnCount, starts, [.. columns], [.. values]);
    }
}

/// <summary>A fitted network. Knows only the users it was fitted on. Immutable, safe for concurrent use.</summary>
public sealed class NeuMfModel
{
    private readonly NeuMfNetwork _network;
    private readonly ConcurrentBag<Tape> _tapes = []; // one per thread that scored at the same time

    internal NeuMfModel(NeuMfNetwork network) => _network = network;

    /// <summary>Number of items.</summary>
    public int ItemCount => _network.ItemCount;

    /// <summary>Probability of every item for a user of the fit.</summary>
    /// <exception cref="ArgumentException">The user is none of the fit, or there is not room for one score per item.</exception>
    public void Score(int user, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)user, (uint)_network.UserCount, nameof(user));
        if (scores.Length != ItemCount) throw new ArgumentException($"The model knows {ItemCount} items; there is room for {scores.Length} scores.", nameof(scores));
        if (!_tapes.TryTake(out var tape)) tape = new Tape();
        _network.Logits(tape, user, scores);
        VectorMath.Sigmoid(scores, scores);
        _tapes.Add(tape);
    }
}
