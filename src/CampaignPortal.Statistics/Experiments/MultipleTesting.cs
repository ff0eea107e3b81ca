namespace CampaignPortal.Statistics.Experiments;

/// <summary>How a family of p-values is adjusted.</summary>
public enum AdjustmentMethod
{
    /// <summary>Family-wise error, any dependence (Bonferroni).</summary>
    Bonferroni,

    /// <summary>Family-wise error, any dependence, never weaker than Bonferroni (Holm 1979).</summary>
    Holm,

    /// <summary>Family-wise error under independence (Hochberg 1988).</summary>
    Hochberg,

    /// <summary>False discovery rate under independence (Benjamini and Hochberg 1995).</summary>
    BenjaminiHochberg,

    /// <summary>False discovery rate, any dependence (Benjamini and Yekutieli 2001).</summary>
    BenjaminiYekutieli,
}

/// <summary>A family of adjusted p-values, in the order of the input.</summary>
/// <param name="Adjusted">At most 1, monotone in the raw p-values.</param>
/// <param name="Rejected">Adjusted ≤ alpha.</param>
public sealed record AdjustedPValues(double[] Adjusted, bool[] Rejected);

/// <summary>Adjusts p-values of several tests.</summary>
public static class MultipleTesting
{
    /// <summary>Adjusted p-values; O(n log n). An empty family is answered with an empty one.</summary>
    public static Outcome<AdjustedPValues> Adjust(ReadOnlySpan<double> pValues, AdjustmentMethod method, double alpha = 0.05)
    {
        if (!(alpha is > 0 and < 1)) return Refusal.Invalid(Reasons.AlphaOutOfRange);
        foreach (var p in pValues) if (!(p is >= 0 and <= 1)) return Refusal.Invalid(Reasons.PValueOutOfRange);
        var n = pValues.Length;
        var sorted = pValues.ToArray();
        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(sorted, order);
        var harmonic = Enumerable.Range(1, n).Sum(k => 1.0 / k);
        for (var k = 0; k < n; k++)
        {
            sorted[k] *= method switch
            {
                AdjustmentMethod.Bonferroni => n,
                AdjustmentMethod.Holm or AdjustmentMethod.Hochberg => n - k,
                AdjustmentMethod.BenjaminiHochberg => (double)n / (k + 1),
                AdjustmentMethod.BenjaminiYekutieli => harmonic * n / (k + 1),
                _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Unknown method."),
            };
        }
        if (method is AdjustmentMethod.Holm)
            for (var k = 1; k < n; k++) sorted[k] = Math.Max(sorted[k], sorted[k - 1]); // step down
        else
            for (var k = n - 2; k >= 0; k--) sorted[k] = Math.Min(sorted[k], sorted[k + 1]); // step up
        var adjusted = new double[n];
        for (var k = 0; k < n; k++) adjusted[order[k]] = Math.Min(1, sorted[k]);
        return new AdjustedPValues(adjusted, [.. adjusted.Select(p => p <= alpha)]);
    }
}
