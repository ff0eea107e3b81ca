using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Descriptive;

/// <summary>Scores from 1 to 5, one per row; 5 is best.</summary>
/// <param name="Recency">5: the most recent.</param>
/// <param name="Frequency">5: the most frequent.</param>
/// <param name="Monetary">5: the largest.</param>
public sealed record RfmScores(int[] Recency, int[] Frequency, int[] Monetary)
{
    /// <summary>The three digits of each row, "455" for instance.</summary>
    public IReadOnlyList<string> Cell => [.. Recency.Select((r, i) => FormattableString.Invariant($"{r}{Frequency[i]}{Monetary[i]}"))];
}

/// <summary>Recency, frequency and monetary value as quintiles.</summary>
public static class Rfm
{
    private const int ScoreCount = 5;

    /// <summary>Score = 1 + ⌊5 · share of rows strictly worse⌋, so that equal values share one score; O(n log n).</summary>
    /// <param name="recencyDays">Days since the last purchase: fewer are better.</param>
    /// <param name="frequency">Purchases.</param>
    /// <param name="monetary">Money spent.</param>
    public static Outcome<RfmScores> Quintiles(ReadOnlySpan<double> recencyDays, ReadOnlySpan<double> frequency, ReadOnlySpan<double> monetary)
    {
        if ((InputChecks.SameLength(recencyDays.Length, frequency.Length, monetary.Length) ?? ArmChecks.Finite(recencyDays)
            ?? ArmChecks.Finite(frequency) ?? ArmChecks.Finite(monetary)) is { } problem)
            return problem;
        double[] freshness = [.. recencyDays.ToArray().Select(days => -days)];
        return new RfmScores(Scores(freshness), Scores(frequency), Scores(monetary));
    }

    private static int[] Scores(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var scores = new int[values.Length];
        for (var i = 0; i < scores.Length; i++) scores[i] = 1 + (int)((long)ScoreCount * CountBelow(sorted, values[i]) / scores.Length);
        return scores;
    }

    private static int CountBelow(double[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
