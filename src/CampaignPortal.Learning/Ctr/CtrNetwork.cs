using System.Globalization;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;
using LinearLayer = CampaignPortal.Learning.Nn.Linear;

namespace CampaignPortal.Learning.Ctr;

/// <summary>The networks of <see cref="CtrArchitecture"/> over numbers and the vectors of one category per field.</summary>
public sealed class CtrNetwork : Module
{
    private readonly CtrInputs _inputs;
    private readonly CtrOptions _options;
    private readonly Embedding _vectors;
    private readonly Embedding? _weights;
    private readonly LinearLayer? _wide;
    private readonly LinearLayer[] _hidden = [];
    private readonly LinearLayer[] _cross = [];
    private readonly LinearLayer? _output;

    /// <summary>A network with first weights by the generator; null leaves zeros, to be read from a file.</summary>
    public CtrNetwork(CtrInputs inputs, CtrOptions options, Rng? rng) : base("")
    {
        (_inputs, _options) = (inputs, options);
        var kind = options.Architecture;
        _vectors = Add(rng is null ? new Embedding("vectors", inputs.CategoryCount, options.Dimension) : new Embedding("vectors", inputs.CategoryCount, options.Dimension, rng.Fork(1), 0.01));
        if (kind is CtrArchitecture.FactorizationMachine or CtrArchitecture.WideAndDeep or CtrArchitecture.DeepFm) _weights = Add(new Embedding("weights", inputs.CategoryCount, 1));
        _wide = Add(new LinearLayer("wide", Math.Max(1, inputs.DenseCount), 1)); // its bias is the level of all
        if (kind == CtrArchitecture.FactorizationMachine) return;

        var width = inputs.FieldSizes.Count * options.Dimension + inputs.DenseCount;
        LinearLayer Layer(string name, int number, int from, int to, double gain = 2)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{name}.{number}");
            return Add(rng is null ? new LinearLayer(path, from, to) : new LinearLayer(path, from, to, rng.Fork(100 + Parameters.Count), gain));
        }
        if (kind == CtrArchitecture.DeepCrossing)
        {
            _hidden = [.. options.Hidden.SelectMany((h, l) => new[] { Layer("inner", l, width, h), Layer("outer", l, h, width, gain: 1) })];
            _output = Layer("output", 0, width, 1, gain: 1);
            return;
        }
        int[] widths = [width, .. options.Hidden];
        _hidden = [.. options.Hidden.Select((h, l) => Layer("hidden", l, widths[l], h))];
        if (kind == CtrArchitecture.CrossNetwork) _cross = [.. Enumerable.Range(0, options.CrossLayers).Select(l => Layer("cross", l, width, width, gain: 1))];
        _output = Layer("output", 0, widths[^1] + (_cross.Length > 0 ? width : 0), 1, gain: 1);
    }

    /// <summary>Log-odds of class 1: [rows].</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="dense">[rows, numbers]; without numbers [rows, 1] of zeros.</param>
    /// <param name="categories">Rows of the tables, field after field within a row.</param>
    /// <param name="rowOffsets">0, fields, 2·fields …: where the categories of each row begin, and the end.</param>
    public Tensor Forward(Tape tape, in Tensor dense, in Indices categories, in Indices rowOffsets)
    {
        var fields = _inputs.FieldSizes.Count;
        var vectors = _vectors.Forward(tape, categories);
        var rows = dense.Rows;
        var logits = _wide!.Forward(tape, dense).Reshape(new Shape(rows)); // every architecture has it
        if (_weights is not null) logits = tape.Add(logits, _weights.ForwardBags(tape, categories, rowOffsets, BagMode.Sum).Reshape(new Shape(rows)));
        if (_options.Architecture is CtrArchitecture.FactorizationMachine or CtrArchitecture.DeepFm) logits = tape.Add(logits, tape.FactorPairs(vectors, fields));
        if (_output is null) return logits;
        var flat = vectors.Reshape(new Shape(rows, fields * _options.Dimension));
        var input = _inputs.DenseCount == 0 ? flat : tape.Concat(flat, dense);
        var top = _options.Architecture == CtrArchitecture.DeepCrossing ? Residuals(tape, input) : Deep(tape, input);
        if (_cross.Length > 0) top = tape.Concat(top, Crossed(tape, input));
        return tape.Add(logits, _output.Forward(tape, top).Reshape(new Shape(rows)));
    }

    /// <summary>Where the categories of each field begin in the tables.</summary>
    internal int[] FieldStarts()
    {
        var starts = new int[_inputs.FieldSizes.Count];
        for (var f = 1; f < starts.Length; f++) starts[f] = starts[f - 1] + _inputs.FieldSizes[f - 1];
        return starts;
    }

    /// <summary>Sets the level that training starts from.</summary>
    internal void StartAt(double logOdds) => _wide!.Bias.Value[0] = (float)logOdds; // every architecture has it

    private Tensor Deep(Tape tape, Tensor x)
    {
        foreach (var layer in _hidden) x = tape.Dropout(layer.Forward(tape, x, Activation.Relu), _options.Dropout);
        return x;
    }

    /// <summary>x + W₂·relu(W₁·x), rectified.</summary>
    private Tensor Residuals(Tape tape, Tensor x)
    {
        for (var l = 0; l < _hidden.Length; l += 2)
        {
            var inner = tape.Dropout(_hidden[l].Forward(tape, x, Activation.Relu), _options.Dropout);
            x = tape.Activate(tape.Add(x, _hidden[l + 1].Forward(tape, inner)), Activation.Relu);
        }
        return x;
    }

    /// <summary>x₀ ∘ (W·x + b) + x, layer after layer.</summary>
    private Tensor Crossed(Tape tape, in Tensor x0)
    {
        var x = x0;
        foreach (var layer in _cross) x = tape.Add(tape.Hadamard(x0, layer.Forward(tape, x)), x);
        return x;
    }
}
