using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;
using LinearLayer = CampaignPortal.Learning.Nn.Linear;

namespace CampaignPortal.Learning.Ctr;

/// <summary>Local activation unit (Zhou et al. 2018, sec. 4.3): the weight of an event is w₂·f(W₁·[h, c, h − c, h∘c] + b₁) + b₂, without softmax, and the history is the weighted sum of its events.</summary>
public sealed class InterestUnit : Module
{
    private readonly LinearLayer _hidden, _output;
    private readonly InterestActivation _activation;

    /// <summary>A unit over vectors of a width.</summary>
    public InterestUnit(string name, int width, int hidden, bool useDice, Rng? rng) : base(name)
    {
        _hidden = Add(rng is null ? new LinearLayer(Path("hidden"), 4 * width, hidden) : new LinearLayer(Path("hidden"), 4 * width, hidden, rng.Fork(1), gain: 1));
        _activation = Add(new InterestActivation(Path("activation"), hidden, useDice));
        _output = Add(rng is null ? new LinearLayer(Path("output"), hidden, 1) : new LinearLayer(Path("output"), hidden, 1, rng.Fork(2), gain: 0.3));
        // The history begins as the plain sum of its events: with weights around 0 its products with the candidate would begin as noise.
        if (rng is not null) _output.Bias.Value[0] = 1;
    }

    /// <summary>[histories, width] from events [events, width] and candidates [histories, width].</summary>
    public Tensor Forward(Tape tape, in Tensor events, in Tensor candidates, in Indices offsets)
    {
        var hidden = tape.InterestHidden(events, candidates, offsets, tape.Use(_hidden.Weight), tape.Use(_hidden.Bias));
        var weights = _output.Forward(tape, _activation.Forward(tape, hidden));
        return tape.WeightedSegments(events, weights.Reshape(new Shape(weights.Rows)), offsets);
    }
}

/// <summary>PReLU with one learned slope, or Dice (Zhou et al. 2018, eq. 3): p·x + (1 − p)·a·x with p = sigmoid of the batch-normalised x and a slope per column.</summary>
public sealed class InterestActivation : Module
{
    private readonly Parameter _slope;
    private readonly BatchNorm? _norm;

    /// <summary>An activation over rows of a width; slopes begin at 0.25 (PReLU) or 0 (Dice).</summary>
    public InterestActivation(string name, int width, bool useDice) : base(name)
    {
        _slope = NewParameter("slope", useDice ? width : 1);
        _slope.IsDecayed = false;
        if (!useDice)
        {
            _slope.Value[0] = 0.25f;
            return;
        }
        _norm = Add(new BatchNorm(Path("norm"), width));
    }

    /// <summary>Rows of the same shape.</summary>
    public Tensor Forward(Tape tape, in Tensor x)
    {
        if (_norm is null) return tape.Prelu(x, tape.Use(_slope));
        var p = tape.Activate(tape.BatchNorm(x, _norm), Activation.Sigmoid);
        var kept = tape.Hadamard(p, x);
        return tape.Add(kept, tape.Hadamard(tape.Subtract(x, kept), tape.Use(_slope))); // p·x + a·(x − p·x)
    }
}

/// <summary>Deep interest network: item vectors, the activation unit over the history, and a head over [history, candidate, history∘candidate].</summary>
public sealed class InterestNetwork : Module
{
    private readonly Embedding _items;
    private readonly InterestUnit _unit;
    private readonly LinearLayer[] _head;
    private readonly InterestActivation[] _activations;

    /// <summary>A network over items numbered from 0; first weights by the generator, or zeros to be read from a file.</summary>
    public InterestNetwork(int itemCount, InterestOptions options, Rng? rng) : base("")
    {
        // Vectors of length about 1: products of shorter ones are too small to start from.
        _items = Add(rng is null ? new Embedding("items", itemCount, options.Dimension) : new Embedding("items", itemCount, options.Dimension, rng.Fork(1), Math.Sqrt(1.0 / options.Dimension)));
        _unit = Add(new InterestUnit("unit", options.Dimension, options.UnitHidden, options.UseDice, rng?.Fork(2)));
        int[] widths = [3 * options.Dimension, .. options.Hidden, 1];
        _head = new LinearLayer[widths.Length - 1];
        _activations = new InterestActivation[widths.Length - 2];
        for (var l = 0; l < _head.Length; l++)
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"head.{l}");
            _head[l] = Add(rng is null ? new LinearLayer(name, widths[l], widths[l + 1]) : new LinearLayer(name, widths[l], widths[l + 1], rng.Fork(10 + l), l < _activations.Length ? 2 : 1));
            if (l < _activations.Length) _activations[l] = Add(new InterestActivation(name + ".activation", widths[l + 1], options.UseDice));
        }
    }

    /// <summary>Log-odds of class 1: [rows].</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="history">Items of all histories, one after the other.</param>
    /// <param name="offsets">Where each history begins, and the end of the last one.</param>
    /// <param name="candidates">One item per history.</param>
    public Tensor Forward(Tape tape, in Indices history, in Indices offsets, in Indices candidates)
    {
        Tensor events = _items.Forward(tape, history), wanted = _items.Forward(tape, candidates);
        var pooled = _unit.Forward(tape, events, wanted, offsets);
        var x = tape.Concat(tape.Concat(pooled, wanted), tape.Hadamard(pooled, wanted));
        for (var l = 0; l < _head.Length; l++)
        {
            x = _head[l].Forward(tape, x);
            if (l < _activations.Length) x = _activations[l].Forward(tape, x);
        }
        return x.Reshape(new Shape(x.Rows));
    }

    /// <summary>Sets the level that training starts from.</summary>
    internal void StartAt(double logOdds) => _head[^1].Bias.Value[0] = (float)logOdds;
}
