using System.Globalization;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;
using static System.Numerics.Tensors.TensorPrimitives;

namespace CampaignPortal.Learning.Ranking;

/// <summary>The arithmetic of <see cref="NeuMf"/>: logit = w·[u∘i, layers of (u′, i′)].</summary>
internal sealed class NeuMfNetwork : Module
{
    private readonly Embedding _userFactors, _itemFactors, _userInputs, _itemInputs;
    private readonly Nn.Linear _user, _item, _output;
    private readonly Nn.Linear[] _layers;

    public NeuMfNetwork(int userCount, int itemCount, int factors, IReadOnlyList<int> hidden, Rng? rng) : base("")
    {
        (UserCount, ItemCount, Factors, Hidden) = (userCount, itemCount, factors, hidden);
        Embedding Table(string name, int rows, int width, int fork) => Add(rng is null ? new Embedding(name, rows, width) : new Embedding(name, rows, width, rng.Fork(fork), 0.05));
        Nn.Linear Layer(string name, int inputs, int outputs, int fork) => Add(rng is null ? new Nn.Linear(name, inputs, outputs) : new Nn.Linear(name, inputs, outputs, rng.Fork(fork)));
        (_userFactors, _itemFactors) = (Table("user_factors", userCount, factors, 1), Table("item_factors", itemCount, factors, 2));
        var half = hidden[0] / 2;
        (_userInputs, _itemInputs) = (Table("user_inputs", userCount, half, 3), Table("item_inputs", itemCount, half, 4));
        // The first layer over both vectors side by side is a sum of two layers, so the part of the items can be computed once for all users.
        (_user, _item) = (Layer("first.user", half, hidden[0], 5), Layer("first.item", half, hidden[0], 6));
        _layers = new Nn.Linear[hidden.Count - 1];
        for (var l = 0; l < _layers.Length; l++) _layers[l] = Layer("layers." + l.ToString(CultureInfo.InvariantCulture), hidden[l], hidden[l + 1], 10 + l);
        _output = Layer("output", factors + hidden[^1], 1, 7);
    }

    public int UserCount { get; }

    public int ItemCount { get; }

    public int Factors { get; }

    public IReadOnlyList<int> Hidden { get; }

    /// <summary>Takes factors as first vectors of the product part, so that a likely pair begins with a logit near 1 and an unlikely one near −3.</summary>
    public void StartFrom(ImplicitAlsModel factors, Csr interactions)
    {
        const float Stretch = 2; // on both sides: a product of 1 becomes 4
        for (var item = 0; item < ItemCount; item++) Multiply(factors.ItemFactors(item), Stretch, _itemFactors.Weight.Value.Slice(item * Factors, Factors));
        var own = new float[Factors];
        for (var user = 0; user < UserCount; user++)
        {
            factors.FoldIn(interactions.Row(user), own);
            Multiply(own, Stretch, _userFactors.Weight.Value.Slice(user * Factors, Factors));
        }
        _output.Weight.Value[..Factors].Fill(1);
        _output.Bias.Value[0] = -3;
    }

    /// <summary>One logit per pair.</summary>
    public Tensor Logits(Tape tape, in Indices users, in Indices items)
    {
        var product = tape.Hadamard(_userFactors.Forward(tape, users), _itemFactors.Forward(tape, items));
        var first = tape.Add(_user.Forward(tape, _userInputs.Forward(tape, users)), _item.Forward(tape, _itemInputs.Forward(tape, items)));
        return Join(tape, product, first);
    }

    /// <summary>One logit per item for one user.</summary>
    public Tensor AllItems(Tape tape, int user)
    {
        var own = tape.Indices([user]);
        var product = tape.Hadamard(tape.Use(_itemFactors.Weight), AsRow(_userFactors.Forward(tape, own)));
        var first = tape.Add(_item.Forward(tape, tape.Use(_itemInputs.Weight)), AsRow(_user.Forward(tape, _userInputs.Forward(tape, own))));
        return Join(tape, product, first);
    }

    private static Tensor AsRow(Tensor x) => x.Reshape(new Shape(x.Count));

    private Tensor Join(Tape tape, in Tensor product, in Tensor first)
    {
        var x = tape.Activate(first, Activation.Relu);
        foreach (var layer in _layers) x = layer.Forward(tape, x, Activation.Relu);
        return _output.Forward(tape, tape.Concat(product, x));
    }
}

/// <summary>A fitted <see cref="NeuMf"/>. Knows only the users it was fitted on. Safe for concurrent use.</summary>
public sealed class NeuMfModel : IStorable<NeuMfModel>
{
    private readonly NeuMfNetwork _network;

    internal NeuMfModel(NeuMfNetwork network) => _network = network;

    /// <inheritdoc/>
    public static string Kind => "neumf";

    /// <summary>Number of users.</summary>
    public int UserCount => _network.UserCount;

    /// <summary>Number of items.</summary>
    public int ItemCount => _network.ItemCount;

    /// <summary>Scores all items for a user of the fit.</summary>
    /// <param name="user">Row of the user.</param>
    /// <param name="scores">Receives one log-odds per item.</param>
    /// <exception cref="ArgumentException">The user is unknown or the length differs.</exception>
    public void Score(int user, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)user, (uint)UserCount, nameof(user));
        if (scores.Length != ItemCount) throw new ArgumentException($"{ItemCount} scores are due; got {scores.Length}.", nameof(scores));
        using var tape = TapePool.Rent();
        tape.Tape.Begin(training: false);
        _network.AllItems(tape.Tape, user).Values.CopyTo(scores);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        (part.Settings["users"], part.Settings["items"], part.Settings["factors"]) = (UserCount, ItemCount, _network.Factors);
        part.Put("hidden", [.. _network.Hidden]);
        part.PutParameters(_network.Parameters);
    }

    /// <inheritdoc/>
    public static NeuMfModel Restore(ModelPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var (users, items, factors, hidden) = (part.Setting<int>("users"), part.Setting<int>("items"), part.Setting<int>("factors"), part.Get<int>("hidden"));
        if (hidden.Length == 0) throw new InvalidDataException("The stored network has no hidden layer.");
        return new NeuMfModel(part.GetNetwork(() => new NeuMfNetwork(users, items, factors, hidden, rng: null)));
    }
}
