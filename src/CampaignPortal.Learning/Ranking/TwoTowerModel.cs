using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Ranking;

/// <summary>The arithmetic of <see cref="TwoTower"/>: both towers end in vectors of length 1.</summary>
internal sealed class TwoTowerNetwork : Module
{
    private readonly Embedding _taken, _items;
    private readonly Embedding? _features;
    private readonly Nn.Linear _userHidden, _userOutput, _itemHidden, _itemOutput;

    public TwoTowerNetwork(int itemCount, Csr? features, TwoTowerOptions options, Rng? rng) : base("")
    {
        (ItemCount, Features, Options) = (itemCount, features, options);
        Embedding Table(string name, int rows, int fork) => Add(rng is null ? new Embedding(name, rows, options.Dimension) : new Embedding(name, rows, options.Dimension, rng.Fork(fork), 0.1));
        Nn.Linear Layer(string name, int inputs, int outputs, int fork) => Add(rng is null ? new Nn.Linear(name, inputs, outputs) : new Nn.Linear(name, inputs, outputs, rng.Fork(fork)));
        (_taken, _items) = (Table("taken", itemCount, 1), Table("items", itemCount, 2));
        _features = features is null ? null : Table("features", features.ColumnCount, 3);
        (_userHidden, _userOutput) = (Layer("user.hidden", options.Dimension, options.Hidden, 4), Layer("user.output", options.Hidden, options.Dimension, 5));
        var itemInputs = features is null ? options.Dimension : 2 * options.Dimension;
        (_itemHidden, _itemOutput) = (Layer("item.hidden", itemInputs, options.Hidden, 6), Layer("item.output", options.Hidden, options.Dimension, 7));
    }

    public int ItemCount { get; }

    public Csr? Features { get; }

    public TwoTowerOptions Options { get; }

    /// <summary>[users, dimension] from the items taken before, history after history.</summary>
    public Tensor Users(Tape tape, in Indices items, in Indices offsets)
    {
        var mean = _taken.ForwardBags(tape, items, offsets, BagMode.Mean);
        var hidden = tape.Dropout(_userHidden.Forward(tape, mean, Activation.Relu), Options.Dropout);
        return tape.Normalize(tape.Add(mean, _userOutput.Forward(tape, hidden)));
    }

    /// <summary>[items, dimension].</summary>
    public Tensor Items(Tape tape, ReadOnlySpan<int> items)
    {
        var own = _items.Forward(tape, tape.Indices(items));
        if (_features is not null)
        {
            own = tape.Concat(HideSome(tape, own, items), FeatureMeans(tape, items));
        }
        var hidden = tape.Dropout(_itemHidden.Forward(tape, own, Activation.Relu), Options.Dropout);
        var output = _itemOutput.Forward(tape, hidden);
        return tape.Normalize(_features is null ? tape.Add(own, output) : output);
    }

    /// <summary>Vectors of all items, row by row.</summary>
    public float[] ItemTable(Tape tape)
    {
        const int BlockItems = 4096;
        var table = new float[checked(ItemCount * Options.Dimension)];
        var numbers = Enumerable.Range(0, ItemCount).ToArray();
        for (var from = 0; from < ItemCount; from += BlockItems)
        {
            tape.Begin(training: false);
            Items(tape, numbers.AsSpan(from, Math.Min(BlockItems, ItemCount - from))).Values.CopyTo(table.AsSpan(from * Options.Dimension));
        }
        return table;
    }

    /// <summary>Cosines of one history with all items.</summary>
    public void Score(Tape tape, ReadOnlySpan<float> itemTable, ReadOnlySpan<int> history, Span<float> scores)
    {
        tape.Begin(training: false);
        var newest = history[^Math.Min(history.Length, Options.MaxHistory)..];
        var user = Users(tape, tape.Indices(newest), tape.Indices([0, newest.Length]));
        for (var item = 0; item < scores.Length; item++) scores[item] = Kernels.Dense.Dot(user.Values, itemTable.Slice(item * Options.Dimension, Options.Dimension));
    }

    /// <summary>In training the own vector of some items becomes zero, so that features alone must do.</summary>
    private Tensor HideSome(Tape tape, in Tensor own, ReadOnlySpan<int> items)
    {
        if (!tape.IsTraining || Options.ColdShare == 0) return own;
        var keep = tape.Allocate(new Shape(items.Length));
        var stream = tape.NextStream();
        for (var i = 0; i < items.Length; i++) keep.Values[i] = CounterRng.Uniform(tape.Seed, stream, (ulong)i) < Options.ColdShare ? 0 : 1;
        return tape.ScaleRows(own, keep);
    }

    private Tensor FeatureMeans(Tape tape, ReadOnlySpan<int> items)
    {
        var offsets = tape.NewIndices(items.Length + 1, out var starts);
        starts[0] = 0;
        for (var i = 0; i < items.Length; i++) starts[i + 1] = starts[i] + Features!.CountOf(items[i]); // a table of features has features
        var columns = tape.NewIndices(starts[^1], out var values);
        for (var i = 0; i < items.Length; i++) Features!.Row(items[i]).Columns.CopyTo(values[starts[i]..]);
        return _features!.ForwardBags(tape, columns, offsets, BagMode.Mean); // asked for only with features
    }
}

/// <summary>Fitted towers with the vectors of all items. Immutable and safe for concurrent use.</summary>
public sealed class TwoTowerModel : ISequenceRecommender, IStorable<TwoTowerModel>
{
    private readonly TwoTowerNetwork _network;
    private readonly float[] _itemTable;

    internal TwoTowerModel(TwoTowerNetwork network)
    {
        _network = network;
        using var lease = TapePool.Rent();
        _itemTable = network.ItemTable(lease.Tape);
    }

    /// <inheritdoc/>
    public static string Kind => "two-tower";

    /// <inheritdoc/>
    public int ItemCount => _network.ItemCount;

    /// <summary>Width of a vector.</summary>
    public int Dimension => _network.Options.Dimension;

    /// <summary>The vector of an item, of length 1: near vectors are items that are taken by alike users.</summary>
    public ReadOnlySpan<float> ItemVector(int item) => _itemTable.AsSpan(item * Dimension, Dimension);

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (scores.Length != ItemCount) throw new ArgumentException($"{ItemCount} scores are due; got {scores.Length}.", nameof(scores));
        using var lease = TapePool.Rent();
        _network.Score(lease.Tape, _itemTable, sequence, scores);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var options = _network.Options;
        (part.Settings["items"], part.Settings["dimension"], part.Settings["hidden"], part.Settings["max_history"]) = (ItemCount, options.Dimension, options.Hidden, options.MaxHistory);
        part.Settings["features"] = _network.Features?.ColumnCount ?? -1;
        if (_network.Features is { } features)
        {
            part.Put<int>("feature_starts", features.Starts);
            part.Put<int>("feature_columns", features.Columns);
        }
        part.PutParameters(_network.Parameters);
    }

    /// <inheritdoc/>
    public static TwoTowerModel Restore(ModelPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var columns = part.Setting<int>("features");
        Csr? features = null;
        if (columns >= 0)
        {
            var own = part.Get<int>("feature_columns");
            features = Csr.FromParts(columns, part.Get<int>("feature_starts", part.Setting<int>("items") + 1), own, [.. Enumerable.Repeat(1f, own.Length)]);
        }
        var options = new TwoTowerOptions { Dimension = part.Setting<int>("dimension"), Hidden = part.Setting<int>("hidden"), MaxHistory = part.Setting<int>("max_history") };
        var items = part.Setting<int>("items");
        return new TwoTowerModel(part.GetNetwork(() => new TwoTowerNetwork(items, features, options, rng: null)));
    }
}
