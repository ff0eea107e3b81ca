using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of the group attention.</summary>
public static partial class LearningCases
{
    private static Handler? AttentionHandler(string stem) => stem switch
    {
        "plain" or "causal" or "padded-keys" => ScaledDotProduct,
        "multi-head" => MultiHead,
        "sasrec-block" => SasRecBlock,
        _ => null,
    };

    private static Dictionary<string, object> ScaledDotProduct(LearningCase c)
    {
        using var taped = new Taped(c);
        var (tape, q, k, v) = (taped.Tape, Matrix(taped.Input("q")), Matrix(taped.Input("k")), Matrix(taped.Input("v")));
        var ignored = c.Json.GetProperty("input").TryGetProperty("ignore_key", out _) ? tape.Indices(c.Ints("ignore_key")) : default;
        var y = tape.Attention(q, k, v, Segments(tape, c.Shape("q")), Segments(tape, c.Shape("k")), 1, c.Flag("causal"), ignored, 0, out var weights);
        var result = taped.Result(y);
        result["weights"] = weights.Values.ToArray();
        return result;
    }

    private static Dictionary<string, object> MultiHead(LearningCase c)
    {
        using var taped = new Taped(c);
        var layer = new MultiHeadAttention("attention", c.Shape("x")[2], (int)c.Option("heads"), rng: null);
        taped.Fill("in_weight", layer.Input.Weight);
        taped.Fill("in_bias", layer.Input.Bias);
        taped.Fill("out_weight", layer.Output.Weight);
        taped.Fill("out_bias", layer.Output.Bias);
        return taped.Result(layer.Forward(taped.Tape, Matrix(taped.Input("x")), Segments(taped.Tape, c.Shape("x")), c.Flag("causal")));
    }

    private static Dictionary<string, object> SasRecBlock(LearningCase c)
    {
        using var taped = new Taped(c);
        var (tape, segments, epsilon) = (taped.Tape, Segments(taped.Tape, c.Shape("x")), c.Option("eps"));
        var x = Matrix(taped.Input("x"));
        Tensor Layer(string weight, string bias, Tensor input, Activation? activation = null) => tape.Linear(input, taped.Parameter(weight), taped.Parameter(bias), activation);

        var q0 = tape.LayerNorm(x, taped.Parameter("g1"), taped.Parameter("h1"), epsilon);
        var attended = tape.Attention(Layer("wq", "bq", q0), Layer("wk", "bk", x), Layer("wv", "bv", x), segments, segments, (int)c.Option("heads", 1), causal: true);
        var y = tape.Add(q0, Layer("wo", "bo", attended));
        var z = tape.LayerNorm(y, taped.Parameter("g2"), taped.Parameter("h2"), epsilon);
        return taped.Result(tape.Add(z, Layer("w2", "b2", Layer("w1", "b1", z, Activation.Relu))));
    }

    private static Tensor Matrix(Tensor x) => x.Reshape(new Shape(x.Rows, x.Columns));

    /// <summary>Offsets of [batch, time, …]: every row of the batch is a segment.</summary>
    private static Indices Segments(Tape tape, int[] shape) => tape.Indices(Enumerable.Range(0, shape[0] + 1).Select(b => b * shape[1]).ToArray());
}
