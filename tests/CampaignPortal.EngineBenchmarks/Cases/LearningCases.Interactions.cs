using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of the groups fm and din.</summary>
public static partial class LearningCases
{
    private static Handler? InteractionHandler(string group, string stem) => (group, stem) switch
    {
        ("fm", "fm") => FactorizationMachine,
        ("fm", "cross-layer") => c =>
        {
            using var taped = new Taped(c);
            return taped.Result(taped.Tape.Cross(taped.Input("x0"), taped.Input("x"), taped.Parameter("w"), taped.Parameter("b")));
        },
        ("din", "unit") => InterestUnit,
        _ => null,
    };

    private static Dictionary<string, object> FactorizationMachine(LearningCase c)
    {
        using var taped = new Taped(c);
        var (tape, vectors, first, bias) = (taped.Tape, taped.Input("embeddings"), taped.Input("first_order"), taped.Parameter("bias"));
        var (rows, fields) = (first.Rows, first.Columns);
        var offsets = tape.Indices(Enumerable.Range(0, rows + 1).Select(b => b * fields).ToArray());
        var linear = tape.PoolSegments(first.Reshape(new Shape(rows * fields, 1)), offsets, mean: false);
        var pairs = tape.FactorPairs(vectors.Reshape(new Shape(rows * fields, vectors.Columns)), fields);
        return taped.Result(tape.Add(tape.Add(linear, bias).Reshape(new Shape(rows)), pairs));
    }

    /// <summary>Events that the mask leaves out are left out of the histories; their weights are 0.</summary>
    private static Dictionary<string, object> InterestUnit(LearningCase c)
    {
        using var taped = new Taped(c);
        var (tape, history, candidate, mask) = (taped.Tape, taped.Input("history"), taped.Input("candidate"), c.Floats("mask"));
        var time = c.Shape("history")[1];
        int[] kept = [.. Enumerable.Range(0, mask.Length).Where(i => mask[i] > 0)];
        var offsets = tape.Indices(Enumerable.Range(0, candidate.Rows + 1).Select(b => kept.Count(i => i < b * time)).ToArray());
        var events = tape.Gather(history.Reshape(new Shape(history.Rows, history.Columns)), tape.Indices(kept));
        var hidden = tape.InterestHidden(events, candidate, offsets, taped.Parameter("w1"), taped.Parameter("b1"));
        var output = taped.Parameter("w2");
        var weights = tape.Linear(tape.Prelu(hidden, taped.Parameter("prelu")), output.Reshape(new Shape(1, output.Count)), taped.Parameter("b2"));
        var scattered = new float[mask.Length];
        for (var i = 0; i < kept.Length; i++) scattered[kept[i]] = weights.Values[i];
        var result = taped.Result(tape.WeightedSegments(events, weights.Reshape(new Shape(weights.Count)), offsets));
        result["weights"] = scattered;
        return result;
    }
}
