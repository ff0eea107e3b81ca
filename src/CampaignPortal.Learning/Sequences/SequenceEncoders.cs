using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Reads the steps of sequences: [steps, inputs] to [steps, width].</summary>
internal abstract class StepEncoder(string name) : Module(name)
{
    public abstract Tensor Forward(Tape tape, in Tensor x, in Indices offsets);

    /// <summary>The encoder of the options, with random weights or with zeros to be read from a file.</summary>
    public static StepEncoder Create(string name, SequenceClassifierOptions options, int inputCount, Rng? rng) => options.Encoder switch
    {
        SequenceEncoder.Rnn => new RecurrentEncoder(name, RecurrentCell.Rnn, options, inputCount, rng),
        SequenceEncoder.Gru => new RecurrentEncoder(name, RecurrentCell.Gru, options, inputCount, rng),
        SequenceEncoder.Lstm => new RecurrentEncoder(name, RecurrentCell.Lstm, options, inputCount, rng),
        SequenceEncoder.Convolution => new ConvolutionEncoder(name, options, inputCount, rng),
        SequenceEncoder.Transformer => new TransformerEncoder(name, options, inputCount, rng),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Encoder, "The encoder is not known."),
    };

    protected static Nn.Linear NewLinear(string name, int inputs, int outputs, Rng? rng, double gain) => rng is null ? new Nn.Linear(name, inputs, outputs) : new Nn.Linear(name, inputs, outputs, rng, gain);
}

/// <summary>Recurrent layers, one reading the states of the other.</summary>
internal sealed class RecurrentEncoder : StepEncoder
{
    private readonly Recurrent[] _layers;
    private readonly double _dropout;

    public RecurrentEncoder(string name, RecurrentCell cell, SequenceClassifierOptions options, int inputCount, Rng? rng) : base(name)
    {
        _dropout = options.Dropout;
        _layers = [.. Enumerable.Range(0, options.LayerCount).Select(l => Add(new Recurrent(Path($"layers.{l}"), cell, l == 0 ? inputCount : options.Width, options.Width, rng?.Fork(l))))];
    }

    public override Tensor Forward(Tape tape, in Tensor x, in Indices offsets)
    {
        var states = _layers[0].Forward(tape, x, offsets);
        for (var l = 1; l < _layers.Length; l++) states = _layers[l].Forward(tape, tape.Dropout(states, _dropout), offsets);
        return states;
    }
}

/// <summary>y = x + f(W·[x_t, x_{t−d}, x_{t−2d}] + b) with d doubled in every layer; what lies before the first step is zero.</summary>
internal sealed class ConvolutionEncoder : StepEncoder
{
    private readonly Nn.Linear _input;
    private readonly Nn.Linear[] _layers;
    private readonly double _dropout;

    public ConvolutionEncoder(string name, SequenceClassifierOptions options, int inputCount, Rng? rng) : base(name)
    {
        _dropout = options.Dropout;
        _input = Add(NewLinear(Path("input"), inputCount, options.Width, rng?.Fork(0), gain: 1));
        _layers = [.. Enumerable.Range(1, options.LayerCount).Select(l => Add(NewLinear(Path($"layers.{l}"), 3 * options.Width, options.Width, rng?.Fork(l), gain: 1)))];
    }

    public override Tensor Forward(Tape tape, in Tensor x, in Indices offsets)
    {
        var states = _input.Forward(tape, x);
        for (var l = 0; l < _layers.Length; l++)
        {
            var window = tape.Concat(tape.Concat(states, Earlier(tape, states, offsets, 1 << l)), Earlier(tape, states, offsets, 2 << l));
            states = tape.Add(states, tape.Dropout(_layers[l].Forward(tape, window, Activation.Relu), _dropout));
        }
        return states;
    }

    /// <summary>The rows some steps before, zeros where the sequence had not begun.</summary>
    private static Tensor Earlier(Tape tape, in Tensor x, in Indices offsets, int distance)
    {
        var index = tape.NewIndices(x.Rows, out var rows);
        var known = tape.Allocate(new Shape(x.Rows, 1));
        for (var s = 0; s + 1 < offsets.Count; s++)
        {
            for (var row = offsets.Values[s]; row < offsets.Values[s + 1]; row++)
            {
                var isKnown = row - distance >= offsets.Values[s];
                rows[row] = isKnown ? row - distance : row;
                known.Values[row] = isKnown ? 1 : 0;
            }
        }
        return tape.ScaleRows(tape.Gather(x, index), known);
    }
}

/// <summary>Transformer blocks over projected steps with a learned vector per age, and a last norm.</summary>
internal sealed class TransformerEncoder : StepEncoder
{
    private readonly Nn.Linear _input;
    private readonly Embedding _ages;
    private readonly TransformerBlock[] _blocks;
    private readonly LayerNorm _norm;

    public TransformerEncoder(string name, SequenceClassifierOptions options, int inputCount, Rng? rng) : base(name)
    {
        _input = Add(NewLinear(Path("input"), inputCount, options.Width, rng?.Fork(0), gain: 1));
        _ages = Add(rng is null ? new Embedding(Path("ages"), options.MaxLength, options.Width) : new Embedding(Path("ages"), options.MaxLength, options.Width, rng.Fork(1), deviation: 0.1));
        var block = new TransformerOptions(options.Width, options.HeadCount, 4 * options.Width, options.Dropout);
        _blocks = [.. Enumerable.Range(0, options.LayerCount).Select(l => Add(new TransformerBlock(Path($"blocks.{l}"), block, rng?.Fork(2 + l))))];
        _norm = Add(new LayerNorm(Path("norm"), options.Width));
    }

    public override Tensor Forward(Tape tape, in Tensor x, in Indices offsets)
    {
        var index = tape.NewIndices(x.Rows, out var ages);
        for (var s = 0; s + 1 < offsets.Count; s++) for (var row = offsets.Values[s]; row < offsets.Values[s + 1]; row++) ages[row] = offsets.Values[s + 1] - 1 - row;
        var states = tape.Add(_input.Forward(tape, x), _ages.Forward(tape, index));
        foreach (var block in _blocks) states = block.Forward(tape, states, offsets, causal: false);
        return _norm.Forward(tape, states);
    }
}
