namespace CampaignPortal.Statistics.Summaries;

/// <summary>Ranks of values.</summary>
public static class Ranks
{
    /// <summary>Ranks from 1; equal values share their mean rank. O(n log n).</summary>
    /// <param name="values">In any order.</param>
    /// <param name="tieTerm">Σ (t³ − t) over groups of t equal values.</param>
    public static double[] Average(ReadOnlySpan<double> values, out double tieTerm)
    {
        var sorted = values.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        tieTerm = 0;
        for (var from = 0; from < sorted.Length;)
        {
            var to = from + 1;
            while (to < sorted.Length && sorted[to].Equals(sorted[from])) to++;
            for (var i = from; i < to; i++) ranks[order[i]] = (from + to + 1) / 2.0;
            double ties = to - from;
            tieTerm += ties * ties * ties - ties;
            from = to;
        }
        return ranks;
    }
}
