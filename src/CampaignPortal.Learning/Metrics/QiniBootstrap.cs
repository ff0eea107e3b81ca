using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Metrics;

/// <summary>A bootstrapped figure.</summary>
/// <param name="Point">On the rows themselves.</param>
/// <param name="StandardError">Deviation over the replicates.</param>
/// <param name="Lower">2.5 % quantile of the replicates.</param>
/// <param name="Upper">97.5 % quantile of the replicates.</param>
public sealed record BootstrapFigure(double Point, double StandardError, double Lower, double Upper);

/// <summary>How sure the Qini area of a score is: rows are drawn again with replacement, each arm by itself.</summary>
/// <remarks>Scores are sorted once; a replicate is one pass over counts of rows, in a pure function of the generator's seed.</remarks>
public static class QiniBootstrap
{
    /// <summary>Area of the Qini curve over the random line, rows by descending score, ties in order.</summary>
    public static double Area(ReadOnlySpan<int> treated, ReadOnlySpan<double> outcomes, ReadOnlySpan<double> scores) => UpliftMetrics.AreaOverRandom(UpliftMetrics.QiniCurve(treated, outcomes, scores));

    /// <summary>The area with its interval.</summary>
    public static BootstrapFigure Interval(int[] treated, double[] outcomes, double[] scores, int replicates, Rng rng)
    {
        var order = Descending(scores);
        return Replicate(treated, replicates, rng, counts => WeightedArea(treated, outcomes, order, counts));
    }

    /// <summary>The difference of the areas of two scores on the same replicates, first − second.</summary>
    public static BootstrapFigure Difference(int[] treated, double[] outcomes, double[] first, double[] second, int replicates, Rng rng)
    {
        var (a, b) = (Descending(first), Descending(second));
        return Replicate(treated, replicates, rng, counts => WeightedArea(treated, outcomes, a, counts) - WeightedArea(treated, outcomes, b, counts));
    }

    private static BootstrapFigure Replicate(int[] treated, int replicates, Rng rng, Func<int[], double> figure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 2);
        int[][] arms = [.. Enumerable.Range(0, 2).Select(arm => Enumerable.Range(0, treated.Length).Where(i => treated[i] == arm).ToArray())];
        var counts = new int[treated.Length];
        Array.Fill(counts, 1);
        var point = figure(counts);
        var values = new double[replicates];
        for (var r = 0; r < replicates; r++)
        {
            var own = rng.Fork(r);
            Array.Clear(counts);
            foreach (var arm in arms) for (var i = 0; i < arm.Length; i++) counts[arm[own.NextInt(arm.Length)]]++;
            values[r] = figure(counts);
        }
        Array.Sort(values);
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (replicates - 1));
        return new BootstrapFigure(point, error, Quantile(values, 0.025), Quantile(values, 0.975));
    }

    /// <summary>The area where row i stands counts[i] times: a row's copies add one trapezoid each, summed at once.</summary>
    private static double WeightedArea(int[] treated, double[] outcomes, int[] order, int[] counts)
    {
        double t = 0, c = 0, yt = 0, yc = 0, last = 0, sum = 0, rows = 0;
        foreach (var i in order)
        {
            for (var copy = 0; copy < counts[i]; copy++)
            {
                if (treated[i] == 1) (t, yt) = (t + 1, yt + outcomes[i]);
                else (c, yc) = (c + 1, yc + outcomes[i]);
                var next = yt - (c > 0 ? yc * t / c : 0);
                sum += (last + next) / 2;
                (last, rows) = (next, rows + 1);
            }
        }
        return sum / rows - last / 2;
    }

    private static int[] Descending(double[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];

    private static double Quantile(double[] sorted, double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];
}
