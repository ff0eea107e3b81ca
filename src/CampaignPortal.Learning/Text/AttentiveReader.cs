using System.Buffers;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Text;

/// <summary>Reads sequences in both directions with gated recurrent units and sums the states by weights of their own (Yang et al. 2016, eqs. 1 to 7).</summary>
/// <remarks>h = [forward, backward]; u = tanh(W·h + b); α = softmax of v·u over the sequence; result Σ α·h.</remarks>
internal sealed class AttentiveReader : Module
{
    private readonly Recurrent _forward, _backward;
    private readonly AttentionPooling _pooling;

    public AttentiveReader(string name, int inputCount, int hiddenCount, Rng rng) : base(name)
    {
        _forward = Add(new Recurrent(Path("forward"), RecurrentCell.Gru, inputCount, hiddenCount, rng.Fork(1)));
        _backward = Add(new Recurrent(Path("backward"), RecurrentCell.Gru, inputCount, hiddenCount, rng.Fork(2)));
        _pooling = Add(new AttentionPooling(Path("pooling"), 2 * hiddenCount, hiddenCount, rng.Fork(3)));
    }

    /// <summary>[rows, inputs] to [sequences, 2·hidden].</summary>
    public Tensor Forward(Tape tape, in Tensor x, in Indices offsets)
    {
        var reversed = Reversed(tape, offsets);
        var back = tape.Gather(_backward.Forward(tape, tape.Gather(x, reversed), offsets), reversed);
        return _pooling.Forward(tape, tape.Concat(_forward.Forward(tape, x, offsets), back), offsets);
    }

    // The rows of every sequence from its last to its first; applied twice it gives back the order.
    private static Indices Reversed(Tape tape, in Indices offsets)
    {
        var starts = offsets.Values;
        var count = starts[^1];
        var index = ArrayPool<int>.Shared.Rent(count);
        for (var sequence = 0; sequence + 1 < starts.Length; sequence++)
        {
            for (var row = starts[sequence]; row < starts[sequence + 1]; row++) index[row] = starts[sequence] + starts[sequence + 1] - 1 - row;
        }
        var result = tape.Indices(index.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(index);
        return result;
    }
}
