using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>One row per sequence: the sum of its rows by weights that are learned (Yang et al. 2016, eqs. 5 to 7).</summary>
/// <remarks>u = tanh(W·h + b); α = softmax of v·u over the sequence; result Σ α·h. An empty sequence gives zeros.</remarks>
public sealed class AttentionPooling : Module
{
    private readonly Linear _hidden, _score;

    /// <summary>A layer with random weights, or with zeros to be read from a file when <paramref name="rng"/> is null.</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="width">Width of the rows.</param>
    /// <param name="hiddenCount">Width of u.</param>
    /// <param name="rng">First weights.</param>
    public AttentionPooling(string name, int width, int hiddenCount, Rng? rng) : base(name)
    {
        _hidden = Add(rng is null ? new Linear(Path("attention"), width, hiddenCount) : new Linear(Path("attention"), width, hiddenCount, rng.Fork(1), gain: 1));
        _score = Add(rng is null ? new Linear(Path("score"), hiddenCount, 1) : new Linear(Path("score"), hiddenCount, 1, rng.Fork(2), gain: 1));
    }

    /// <summary>[rows, width] to [sequences, width].</summary>
    public Tensor Forward(Tape tape, in Tensor x, in Indices offsets) => tape.PoolSegments(tape.ScaleRows(x, Weights(tape, x, offsets)), offsets, mean: false);

    /// <summary>α: one weight per row, adding up to 1 in every sequence.</summary>
    public Tensor Weights(Tape tape, in Tensor x, in Indices offsets) => tape.SoftmaxSegments(_score.Forward(tape, _hidden.Forward(tape, x, Activation.Tanh)), offsets);
}
