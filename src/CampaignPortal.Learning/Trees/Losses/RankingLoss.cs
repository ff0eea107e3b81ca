using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Trees;

/// <summary>LambdaMART (Burges 2010): pairs of rows of a group pull apart with the force σ(−(x_i − x_j))·|ΔNDCG| that exchanging them would cost. The loss shown is 1 − NDCG.</summary>
internal sealed class RankingLoss : BoostingLoss
{
    private readonly int[] _starts; // of groups, and the end
    private readonly int _depth;

    public RankingLoss(LabelledRows rows, float[] weights, int depth) : base(rows, weights)
    {
        _depth = depth;
        var sizes = rows.GroupSizes ?? throw new ArgumentException("Ranking needs the sizes of the groups; set GroupSizes of the rows.", nameof(rows));
        if (sizes.Any(s => s < 1) || sizes.Sum() != Labels.Length) throw new ArgumentException($"Group sizes must be positive and add up to the {Labels.Length} rows; they add up to {sizes.Sum()}.", nameof(rows));
        var bad = Array.FindIndex(Labels, y => !(y is >= 0 and <= 31));
        if (bad >= 0) throw new ArgumentException($"Grades must lie in 0 to 31; row {bad} has {Labels[bad]}.", nameof(rows));
        _starts = new int[sizes.Length + 1];
        for (var g = 0; g < sizes.Length; g++) _starts[g + 1] = _starts[g] + sizes[g];
    }

    public override double[] BestConstants() => [0];

    public override void Gradients(float[][] scores, float[][] pairs, int degree)
    {
        Array.Clear(pairs[0]);
        Workers.For(_starts.Length - 1, degree, g => AddGroup(_starts[g], _starts[g + 1], scores[0], pairs[0]));
        for (var i = 0; i < Labels.Length; i++) pairs[0][2 * i + 1] = Math.Max(pairs[0][2 * i + 1], LeastHessian);
    }

    public override double Mean(float[][] scores, int degree)
    {
        var ndcg = new double[_starts.Length - 1];
        Workers.For(ndcg.Length, degree, g => ndcg[g] = Ndcg(_starts[g], _starts[g + 1], scores[0]));
        double sum = 0, total = 0;
        for (var g = 0; g < ndcg.Length; g++)
        {
            if (double.IsNaN(ndcg[g])) continue; // nothing to find in this group
            (sum, total) = (sum + Weights[_starts[g]] * ndcg[g], total + Weights[_starts[g]]);
        }
        return total > 0 ? 1 - sum / total : 0;
    }

    private void AddGroup(int start, int end, float[] scores, float[] pairs)
    {
        var ideal = IdealGain(start, end);
        if (!(ideal > 0)) return;
        var order = Order(start, end, scores);
        // Only pairs that reach into the list change its NDCG.
        for (var a = 0; a < Math.Min(_depth, order.Length); a++)
        {
            for (var b = a + 1; b < order.Length; b++)
            {
                var (high, low) = Labels[order[a]] > Labels[order[b]] ? (order[a], order[b]) : (order[b], order[a]);
                if (Labels[high] == Labels[low]) continue;
                var change = (Gain(high) - Gain(low)) * (Discount(a) - Discount(b)) / ideal;
                var pull = 1 / (1 + Math.Exp((double)scores[high] - scores[low]));
                var (lambda, curve) = ((float)(Weights[start] * change * pull), (float)(Weights[start] * change * pull * (1 - pull)));
                pairs[2 * high] -= lambda;
                pairs[2 * low] += lambda;
                pairs[2 * high + 1] += curve;
                pairs[2 * low + 1] += curve;
            }
        }
    }

    private double Ndcg(int start, int end, float[] scores)
    {
        var ideal = IdealGain(start, end);
        if (!(ideal > 0)) return double.NaN;
        var order = Order(start, end, scores);
        double gain = 0;
        for (var place = 0; place < Math.Min(_depth, order.Length); place++) gain += Gain(order[place]) * Discount(place);
        return gain / ideal;
    }

    private double IdealGain(int start, int end)
    {
        var grades = Labels[start..end];
        Array.Sort(grades);
        double gain = 0;
        for (var place = 0; place < Math.Min(_depth, grades.Length); place++) gain += (Math.Pow(2, grades[grades.Length - 1 - place]) - 1) * Discount(place);
        return gain;
    }

    /// <summary>Rows by falling score, equal ones in their order.</summary>
    private static int[] Order(int start, int end, float[] scores) => Enumerable.Range(start, end - start).OrderByDescending(i => scores[i]).ToArray();

    private double Gain(int row) => Math.Pow(2, Labels[row]) - 1;

    /// <summary>1/log₂(rank + 1), 0 behind the end of the list.</summary>
    private double Discount(int place) => place < _depth ? 1 / Math.Log2(place + 2) : 0;
}
