using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Choices of <see cref="TwoTower"/>.</summary>
public sealed record TwoTowerOptions
{
    /// <summary>Width of all vectors.</summary>
    public int Dimension { get; init; } = 64;

    /// <summary>How many of the newest items the user tower sees.</summary>
    public int Length { get; init; } = 50;

    /// <summary>Whether the order of a sequence means time: the user tower then sees what came before an item, and else everything but the item.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>Cosines are divided by it before the softmax.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>Share of hidden values that is dropped in training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Share of training items whose own vector is hidden, so that the side features learn to stand for an item nobody took yet. Without effect without side features.</summary>
    public double ColdShare { get; init; } = 0.2;

    /// <summary>Batches (the items of a batch are each other's negatives, so not too small), epochs, rate, patience, seed and threads.</summary>
    public TrainingOptions Training { get; init; } = new() { MaxEpochs = 20, BatchSize = 1024, LearningRate = 2e-3, Patience = 3 };

    /// <summary>Most users whose withheld last item decides when training stops.</summary>
    public int ValidationUsers { get; init; } = 2000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Length, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Temperature);
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "The share must lie in [0, 1).");
        if (!(ColdShare is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(ColdShare), ColdShare, "The share must lie in [0, 1).");
        Training.Validate();
        if (Training.Shards != 1) throw new ArgumentOutOfRangeException(nameof(Training), Training.Shards, "The items of a batch are each other's negatives: Shards must be 1.");
    }
}

/// <summary>Two towers (Covington, Adams &amp; Sargin 2016; Yi et al. 2019): one turns a history into a vector, one an item with its side features, and their cosine is the score.</summary>
/// <remarks>
/// Softmax over the items of the batch, whose logits are lowered by the logarithm of how often each is in a batch (log-Q correction, Yi et al. 2019, eq. 6),
/// since popular items would else be punished for being negatives so often. An item nobody has taken has a vector by its side features.
/// </remarks>
public static class TwoTower
{
    /// <summary>Trains both towers.</summary>
    /// <param name="sequences">Items of each user, oldest first. The last item of some users is withheld to know when to stop.</param>
    /// <param name="sides">Items × side features (a stored value means "has it"); null without.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="options">Sizes and training.</param>
    /// <param name="rng">First weights and the users that judge.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">No user has two items, there are side features for another number of items, or an option makes no sense.</exception>
    public static TwoTowerModel Fit(IReadOnlyList<int[]> sequences, Csr? sides, int itemCount, TwoTowerOptions options, Rng rng, IProgress<EpochReport>? progress = null, CancellationToken ct = default)
    {
        options.Validate();
        if (sides is not null && sides.RowCount != itemCount) throw new ArgumentException($"There are side features of {sides.RowCount} items; {itemCount} are needed.", nameof(sides));
        var network = new TwoTowerNetwork(itemCount, sides, options, rng.Fork(1));
        var judges = SequenceRanker.Teachers(sequences, options.ValidationUsers, rng).Where(user => sequences[user].Length >= 3).ToHashSet();
        var training = sequences.Select((sequence, user) => judges.Contains(user) ? sequence[..^1] : sequence).ToArray();
        var judged = judges.Order().Select(user => sequences[user]).ToArray();
        Trainer.Fit(new TwoTowerTraining(network, training, judged, options), options.Training, progress, ct);
        return TwoTowerModel.Of(network, options);
    }
}

/// <summary>The networks of both towers.</summary>
internal sealed class TwoTowerNetwork : Module
{
    private readonly Embedding _history, _last, _items;
    private readonly Embedding? _sides;
    private readonly Nn.Linear _userHidden, _userOut, _itemOut;
    private readonly Csr? _sideRows;
    private readonly TwoTowerOptions _options;

    public TwoTowerNetwork(int itemCount, Csr? sides, TwoTowerOptions options, Rng rng) : base("")
    {
        var (d, deviation) = (options.Dimension, 1 / Math.Sqrt(options.Dimension));
        (ItemCount, _sideRows, _options) = (itemCount, sides, options);
        _history = Add(new Embedding("user.history", itemCount, d, rng.Fork(1), deviation));
        _last = Add(new Embedding("user.last", itemCount, d, rng.Fork(2), deviation));
        _items = Add(new Embedding("item.own", itemCount + 1, d, rng.Fork(3), deviation, paddingIndex: itemCount)); // the padding row stands for an item nobody took
        _sides = sides is null ? null : Add(new Embedding("item.sides", sides.ColumnCount, d, rng.Fork(4), deviation));
        _userHidden = Add(new Nn.Linear("user.hidden", 2 * d, 2 * d, rng.Fork(5)));
        _userOut = Add(new Nn.Linear("user.out", 2 * d, d, rng.Fork(6), gain: 1));
        _itemOut = Add(new Nn.Linear("item.out", d, d, rng.Fork(7), gain: 1));
    }

    public int ItemCount { get; }

    public bool HasSides => _sides is not null;

    /// <summary>Unit vectors of histories, each of at least one item: [histories, dimension].</summary>
    public Tensor Users(Tape tape, in Indices items, in Indices offsets, in Indices last)
    {
        var x = tape.Concat(_history.ForwardBags(tape, items, offsets, BagMode.Mean), _last.Forward(tape, last));
        var hidden = tape.Dropout(_userHidden.Forward(tape, tape.Dropout(x, _options.Dropout), Activation.Relu), _options.Dropout);
        return tape.Normalize(_userOut.Forward(tape, hidden));
    }

    /// <summary>Unit vectors of items; own vectors are taken by <paramref name="own"/>, where the item count stands for "none".</summary>
    public Tensor ItemVectors(Tape tape, ReadOnlySpan<int> items, ReadOnlySpan<int> own)
    {
        var x = _items.Forward(tape, tape.Indices(own));
        if (_sides is not null) x = tape.Add(x, SideVectors(tape, items));
        return tape.Normalize(_itemOut.Forward(tape, x));
    }

    private Tensor SideVectors(Tape tape, ReadOnlySpan<int> items)
    {
        var (features, offsets) = (new List<int>(), new int[items.Length + 1]);
        for (var at = 0; at < items.Length; at++)
        {
            features.AddRange(_sideRows!.Row(items[at]).Columns); // called where there are sides
            offsets[at + 1] = features.Count;
        }
        return _sides!.ForwardBags(tape, tape.Indices(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(features)), tape.Indices(offsets), BagMode.Mean);
    }
}
