using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>A network that turns the items up to a moment into a vector that points at the next one: logit of item i = hidden · vector of i (tied embeddings).</summary>
internal abstract class NextItemNetwork : Module
{
    protected NextItemNetwork(int itemCount, NextItemOptions options, Rng? rng) : base("")
    {
        var deviation = options.FirstDeviation ?? 1 / Math.Sqrt(options.Dimension);
        Items = Add(rng is null ? new Embedding("items", itemCount, options.Dimension) : new Embedding("items", itemCount, options.Dimension, rng.Fork(0), deviation));
    }

    /// <summary>Takes factors instead of drawn vectors, scaled to the same mean square; a tenth of the drawn ones tells items apart that nobody took.</summary>
    public void StartFrom(ImplicitAlsModel factors)
    {
        var own = Items.Weight.Value;
        double square = 0;
        for (var item = 0; item < factors.ItemCount; item++) square += System.Numerics.Tensors.TensorPrimitives.SumOfSquares(factors.ItemFactors(item));
        if (square == 0) return;
        var factor = System.Numerics.Tensors.TensorPrimitives.Norm<float>(own) / (float)Math.Sqrt(square);
        for (var item = 0; item < factors.ItemCount; item++)
        {
            var vector = own.Slice(item * Items.Width, Items.Width);
            var from = factors.ItemFactors(item);
            for (var k = 0; k < vector.Length; k++) vector[k] = 0.1f * vector[k] + factor * from[k];
        }
    }

    /// <summary>[items, dimension].</summary>
    public Embedding Items { get; }

    /// <summary>A hidden row per item of the sequences, which lie one after the other.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="items">Item numbers.</param>
    /// <param name="offsets">Where each sequence begins, and the end of the last one.</param>
    /// <returns>[items, dimension].</returns>
    public abstract Tensor Forward(Tape tape, in Indices items, in Indices offsets);

    /// <summary>Logits of all items after each sequence, outside training.</summary>
    /// <param name="tape">A tape; it is begun anew.</param>
    /// <param name="sequences">Items, oldest first, at least one each.</param>
    /// <param name="logits">Receives a row per sequence.</param>
    public unsafe void Logits(Tape tape, ReadOnlySpan<ArraySegment<int>> sequences, Span<float> logits)
    {
        tape.Begin(training: false);
        var count = 0;
        foreach (var sequence in sequences) count += sequence.Count;
        var items = tape.NewIndices(count, out var itemSpan);
        var offsets = tape.NewIndices(sequences.Length + 1, out var starts);
        var last = tape.NewIndices(sequences.Length, out var ends);
        starts[0] = 0;
        for (var at = 0; at < sequences.Length; at++)
        {
            sequences[at].AsSpan().CopyTo(itemSpan[starts[at]..]);
            starts[at + 1] = starts[at] + sequences[at].Count;
            ends[at] = starts[at + 1] - 1;
        }
        var hidden = tape.Gather(Forward(tape, items, offsets), last);
        var table = Items.Weight.TensorShape;
        fixed (float* to = logits) Products.MultiplyTransposedB(hidden.Data, Items.Weight.Data, to, sequences.Length, table.Rows, table.Columns, accumulate: false, tape.Degree);
    }
}

/// <summary>Self-attentive network: item + place vectors, causal transformer blocks, norm.</summary>
internal sealed class SasRecNetwork : NextItemNetwork
{
    private readonly Embedding _places;
    private readonly TransformerBlock[] _blocks;
    private readonly LayerNorm _norm;
    private readonly double _dropout;
    private readonly float _scale;

    public SasRecNetwork(int itemCount, SasRecOptions options, Rng? rng) : base(itemCount, options, rng)
    {
        (_dropout, _scale) = (options.Dropout, (float)options.InputScale);
        _places = Add(rng is null ? new Embedding("places", options.Length, options.Dimension) : new Embedding("places", options.Length, options.Dimension, rng.Fork(1), 0.02));
        var block = new TransformerOptions(options.Dimension, options.Heads, options.HiddenFactor * options.Dimension, options.Dropout);
        _blocks = [.. Enumerable.Range(0, options.Blocks).Select(at => Add(new TransformerBlock(FormattableString.Invariant($"blocks.{at}"), block, rng?.Fork(2 + at))))];
        _norm = Add(new LayerNorm("norm", options.Dimension));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, in Indices items, in Indices offsets)
    {
        var own = Items.Forward(tape, items);
        var x = tape.Add(_scale == 1 ? own : tape.Scale(own, _scale), _places.Forward(tape, Places(tape, items, offsets)));
        x = tape.Dropout(x, _dropout);
        foreach (var block in _blocks) x = block.Forward(tape, x, offsets, causal: true);
        return _norm.Forward(tape, x);
    }

    // Place 0 is the newest item of a sequence, so that short and long ones end alike.
    private static Indices Places(Tape tape, in Indices items, in Indices offsets)
    {
        var result = tape.NewIndices(items.Count, out var places);
        var starts = offsets.Values;
        for (var s = 0; s + 1 < starts.Length; s++)
        {
            for (var at = starts[s]; at < starts[s + 1]; at++) places[at] = starts[s + 1] - 1 - at;
        }
        return result;
    }
}

/// <summary>Recurrent network: item vectors, a gated recurrent layer, norm.</summary>
internal sealed class Gru4RecNetwork : NextItemNetwork
{
    private readonly Recurrent _gates;
    private readonly Nn.Linear _out;
    private readonly LayerNorm _norm;
    private readonly double _dropout;

    public Gru4RecNetwork(int itemCount, Gru4RecOptions options, Rng? rng) : base(itemCount, options, rng)
    {
        _dropout = options.Dropout;
        _gates = Add(new Recurrent("gates", RecurrentCell.Gru, options.Dimension, options.HiddenCount, rng?.Fork(1)));
        _out = Add(rng is null ? new Nn.Linear("out", options.HiddenCount, options.Dimension) : new Nn.Linear("out", options.HiddenCount, options.Dimension, rng.Fork(2), gain: 1));
        _norm = Add(new LayerNorm("norm", options.Dimension));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, in Indices items, in Indices offsets)
    {
        var x = tape.Dropout(Items.Forward(tape, items), _dropout);
        var hidden = tape.Dropout(_gates.Forward(tape, x, offsets), _dropout);
        return _norm.Forward(tape, _out.Forward(tape, hidden));
    }
}
