using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>Multi-head self-attention (Vaswani et al. 2017, sec. 3.2.2); the weight of the input stacks query, key and value.</summary>
public sealed class MultiHeadAttention : Module
{
    private readonly int _heads;
    private readonly double _dropout;

    /// <summary>A layer with weights normal·√(1/width).</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="width">Width of its rows.</param>
    /// <param name="heads">Divides the width.</param>
    /// <param name="rng">First weights; null leaves zeros, to be read from a file.</param>
    /// <param name="dropout">Share of the attention weights that is dropped in training.</param>
    public MultiHeadAttention(string name, int width, int heads, Rng? rng, double dropout = 0) : base(name)
    {
        (_heads, _dropout) = (heads, dropout);
        Input = Add(rng is null ? new Linear(Path("in"), width, 3 * width) : new Linear(Path("in"), width, 3 * width, rng.Fork(1), gain: 1));
        Output = Add(rng is null ? new Linear(Path("out"), width, width) : new Linear(Path("out"), width, width, rng.Fork(2), gain: 1));
    }

    /// <summary>Query, key and value, one after the other: width to 3·width.</summary>
    public Linear Input { get; }

    /// <summary>Joins the heads: width to width.</summary>
    public Linear Output { get; }

    /// <summary>Rows of segments to rows of the same shape.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[rows, width].</param>
    /// <param name="offsets">Where each segment begins, and the end of the last one.</param>
    /// <param name="causal">Row t of a segment sees rows 0 … t only.</param>
    public Tensor Forward(Tape tape, in Tensor x, in Indices offsets, bool causal)
    {
        var width = x.Columns;
        var joined = Input.Forward(tape, x);
        var (query, key, value) = (tape.Columns(joined, 0, width), tape.Columns(joined, width, width), tape.Columns(joined, 2 * width, width));
        return Output.Forward(tape, tape.Attention(query, key, value, offsets, offsets, _heads, causal, default, _dropout));
    }
}

/// <summary>Sizes and choices of a transformer block.</summary>
/// <param name="Width">Width of the rows.</param>
/// <param name="Heads">Heads of the attention; divides the width.</param>
/// <param name="Hidden">Width between the two layers of the feed-forward part.</param>
/// <param name="Dropout">Share dropped of attention weights and of both branches in training.</param>
/// <param name="Activation">Between the two layers.</param>
public sealed record TransformerOptions(int Width, int Heads, int Hidden, double Dropout, Activation Activation = Activation.Gelu);

/// <summary>A transformer block with the norms first: x + attention(norm x), then x + W₂ f(W₁ norm x) (Xiong et al. 2020).</summary>
public sealed class TransformerBlock : Module
{
    private readonly TransformerOptions _options;
    private readonly LayerNorm _attentionNorm, _forwardNorm;
    private readonly MultiHeadAttention _attention;
    private readonly Linear _widen, _narrow;

    /// <summary>A block with random weights, or with zeros to be read from a file when <paramref name="rng"/> is null.</summary>
    public TransformerBlock(string name, TransformerOptions options, Rng? rng) : base(name)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _attentionNorm = Add(new LayerNorm(Path("attention_norm"), options.Width));
        _attention = Add(new MultiHeadAttention(Path("attention"), options.Width, options.Heads, rng?.Fork(1), options.Dropout));
        _forwardNorm = Add(new LayerNorm(Path("forward_norm"), options.Width));
        _widen = Add(rng is null ? new Linear(Path("widen"), options.Width, options.Hidden) : new Linear(Path("widen"), options.Width, options.Hidden, rng.Fork(2)));
        _narrow = Add(rng is null ? new Linear(Path("narrow"), options.Hidden, options.Width) : new Linear(Path("narrow"), options.Hidden, options.Width, rng.Fork(3), gain: 1));
    }

    /// <summary>Rows of segments to rows of the same shape.</summary>
    public Tensor Forward(Tape tape, in Tensor x, in Indices offsets, bool causal)
    {
        var attended = _attention.Forward(tape, _attentionNorm.Forward(tape, x), offsets, causal);
        var y = tape.Add(x, tape.Dropout(attended, _options.Dropout));
        var hidden = _widen.Forward(tape, _forwardNorm.Forward(tape, y), _options.Activation);
        return tape.Add(y, tape.Dropout(_narrow.Forward(tape, tape.Dropout(hidden, _options.Dropout)), _options.Dropout));
    }
}
