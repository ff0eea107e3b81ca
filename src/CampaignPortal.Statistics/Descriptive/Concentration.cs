using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Descriptive;

/// <summary>How unequally a total is spread.</summary>
/// <param name="Gini">Population form, 0 for equal shares.</param>
/// <param name="GiniUnbiased">With the factor n/(n−1); null for a single value.</param>
/// <param name="Lorenz">Cumulative share of the total held by the smallest 0, 1, …, n values.</param>
/// <param name="TopDecileShare">Share of the largest tenth of the values (rounded up).</param>
public sealed record ConcentrationResult(double Gini, double? GiniUnbiased, double[] Lorenz, double TopDecileShare);

/// <summary>Inequality of values: who holds the revenue.</summary>
/// <remarks>Lorenz 1905; Gini 1912.</remarks>
public static class Concentration
{
    /// <summary>Gini coefficient and Lorenz curve; O(n log n).</summary>
    public static Outcome<ConcentrationResult> Of(ReadOnlySpan<double> values)
    {
        if (InputChecks.NonNegative(values, Reasons.NegativeValue) is { } problem) return problem;
        if (values.IsEmpty) return Refusal.Insufficient(Reasons.NoUnits);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var total = CompensatedSum.Of(sorted);
        if (total is 0) return Refusal.Insufficient(Reasons.ZeroTotal);
        var n = sorted.Length;
        var lorenz = new double[n + 1];
        CompensatedSum cumulative = default, ranked = default;
        for (var i = 0; i < n; i++)
        {
            cumulative.Add(sorted[i]);
            ranked.Add((2.0 * (i + 1) - n - 1) * sorted[i]);
            lorenz[i + 1] = cumulative.Value / total;
        }
        var gini = ranked.Value / (n * total);
        var top = (n + 9) / 10;
        return new ConcentrationResult(gini, n > 1 ? gini * n / (n - 1) : null, lorenz, CompensatedSum.Of(sorted.AsSpan(n - top)) / total);
    }
}
