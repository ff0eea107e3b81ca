
namespace CampaignPortal.Learning.Tabular;

/// <summary>Tells whether whole numbers are codes: whether each value by itself says more about the label than its neighbourhood does.</summary>
internal static class CodeDetection
{
    private const int Bins = 32, Folds = 5;
    private const double Prior = 10; // rows of the base rate mixed into each rate

    /// <summary>Whether rates by value predict rows of other folds better than rates by quantile bin, by three standard errors.</summary>
    public static bool IsCode(ReadOnlySpan<float> values, ReadOnlySpan<float> labels)
    {
        var present = values.ToArray().Where(v => !float.IsNaN(v)).Order().ToArray();
        if (present.Length == 0) return false;
        var edges = Enumerable.Range(1, Bins - 1).Select(b => present[(int)((long)b * present.Length / Bins)]).Distinct().ToArray();
        var byBin = new float[values.Length];
        for (var i = 0; i < byBin.Length; i++) byBin[i] = float.IsNaN(values[i]) ? -1 : Position(edges, values[i]);
        double[] own = Losses(values, labels), near = Losses(byBin, labels);
        double sum = 0, squares = 0;
        for (var i = 0; i < own.Length; i++) sum += near[i] - own[i];
        var mean = sum / own.Length;
        for (var i = 0; i < own.Length; i++) squares += (near[i] - own[i] - mean) * (near[i] - own[i] - mean);
        return mean > 3 * Math.Sqrt(squares / own.Length / own.Length);
    }

    /// <summary>Log-loss of each row by the smoothed rate of its group in the other folds (every fifth row a fold).</summary>
    private static double[] Losses(ReadOnlySpan<float> groups, ReadOnlySpan<float> labels)
    {
        var sums = new Dictionary<float, (double[] Positives, double[] Rows)>();
        double positives = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            if (!sums.TryGetValue(groups[i], out var s)) sums[groups[i]] = s = (new double[Folds], new double[Folds]);
            s.Positives[i % Folds] += labels[i];
            s.Rows[i % Folds]++;
            positives += labels[i];
        }
        var rate = positives / groups.Length;
        var losses = new double[groups.Length];
        for (var i = 0; i < losses.Length; i++)
        {
            var (p, n) = sums[groups[i]];
            var chance = (p.Sum() - p[i % Folds] + Prior * rate) / (n.Sum() - n[i % Folds] + Prior);
            losses[i] = -Math.Log(labels[i] == 1 ? chance : 1 - chance);
        }
        return losses;
    }

    private static int Position(float[] edges, float value)
    {
        var found = Array.BinarySearch(edges, value);
        return found >= 0 ? found + 1 : ~found;
    }
}
