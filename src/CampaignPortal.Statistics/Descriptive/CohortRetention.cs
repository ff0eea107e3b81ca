namespace CampaignPortal.Statistics.Descriptive;

/// <summary>Units that were first active in the same month.</summary>
/// <param name="Size">How many.</param>
/// <param name="Retained">Active in the first month, the next, and so on up to the last month seen.</param>
/// <param name="Rate">The same as shares.</param>
public sealed record Cohort(int Size, int[] Retained, double[] Rate);

/// <summary>Who came back, by month of the first activity.</summary>
/// <param name="Cohorts">By month.</param>
/// <param name="WeightedRate">Share active k months later, over the cohorts that are old enough, weighted by their size.</param>
public sealed record CohortRetention(IReadOnlyDictionary<int, Cohort> Cohorts, double[] WeightedRate)
{
    /// <summary>Cohorts of activity events; O(events).</summary>
    public static Outcome<CohortRetention> Of(IEnumerable<(string Unit, int Month)> events)
    {
        var months = new Dictionary<string, SortedSet<int>>();
        foreach (var (unit, month) in events)
        {
            if (!months.TryGetValue(unit, out var own)) months[unit] = own = [];
            own.Add(month);
        }
        if (months.Count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        var last = months.Values.Max(own => own.Max);
        var cohorts = new SortedDictionary<int, Cohort>();
        foreach (var members in months.Values.GroupBy(own => own.Min))
        {
            var retained = new int[last - members.Key + 1];
            foreach (var month in members.SelectMany(own => own)) retained[month - members.Key]++;
            var size = members.Count();
            cohorts[members.Key] = new Cohort(size, retained, [.. retained.Select(count => (double)count / size)]);
        }
        var weighted = new double[cohorts.Values.Max(c => c.Retained.Length)];
        for (var k = 0; k < weighted.Length; k++)
        {
            var oldEnough = cohorts.Values.Where(c => c.Retained.Length > k).ToArray();
            weighted[k] = (double)oldEnough.Sum(c => c.Retained[k]) / oldEnough.Sum(c => c.Size);
        }
        return new CohortRetention(cohorts, weighted);
    }
}
