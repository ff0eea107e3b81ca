using CampaignPortal.Learning.Autograd;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of the groups gru and lstm.</summary>
public static partial class LearningCases
{
    private static Dictionary<string, object> RecurrentLayer(LearningCase c, RecurrentCell cell)
    {
        using var taped = new Taped(c);
        var tape = taped.Tape;
        var (x, offsets) = (Matrix(taped.Input("x")), Segments(tape, c.Shape("x")));
        var weights = new RecurrentWeights(taped.Parameter("weight_ih"), taped.Parameter("weight_hh"), taped.Parameter("bias_ih"), taped.Parameter("bias_hh"));
        var hidden0 = Matrix(taped.Input("h0"));
        var cell0 = cell == RecurrentCell.Lstm ? Matrix(taped.Input("c0")) : default;
        var y = tape.Recurrent(cell, x, offsets, weights, hidden0, cell0, out var cells);
        var last = Enumerable.Range(1, offsets.Count - 1).Select(s => offsets.Values[s] - 1).ToArray();
        var result = taped.Result(y);
        result["hn"] = last.SelectMany(row => y.Row(row).ToArray()).ToArray();
        if (cell == RecurrentCell.Lstm) result["cn"] = last.SelectMany(row => cells.Row(row).ToArray()).ToArray();
        return result;
    }
}
