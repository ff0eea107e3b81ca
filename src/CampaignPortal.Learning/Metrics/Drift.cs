namespace CampaignPortal.Learning.Metrics;

/// <summary>How far a current sample has moved from a reference sample.</summary>
public static class Drift
{
    private const double Floor = 1e-4;

    /// <summary>Inner edges of bins at equally spaced quantiles of the reference (linear interpolation).</summary>
    public static double[] QuantileEdges(ReadOnlySpan<double> reference, int binCount = 10)
    {
        if (reference.IsEmpty) throw new ArgumentException("A reference needs at least one value.", nameof(reference));
        var sorted = reference.ToArray();
        Array.Sort(sorted);
        var edges = new double[binCount - 1];
        for (var q = 1; q < binCount; q++)
        {
            var position = (double)q / binCount * (sorted.Length - 1);
            var low = (int)position;
            edges[q - 1] = sorted[low] + (position - low) * (sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]);
        }
        return edges;
    }

    /// <summary>Counts of values per bin; a value falls right of an edge when it is not below it.</summary>
    public static double[] Histogram(ReadOnlySpan<double> values, ReadOnlySpan<double> edges)
    {
        var counts = new double[edges.Length + 1];
        foreach (var v in values)
        {
            var bin = 0;
            while (bin < edges.Length && v >= edges[bin]) bin++;
            counts[bin]++;
        }
        return counts;
    }

    /// <summary>Population stability index of two histograms over the same bins: Σ (q − p)·ln(q/p), shares floored at 1e-4. Below 0.1 is calm, above 0.25 is a shift.</summary>
    public static double Psi(ReadOnlySpan<double> referenceCounts, ReadOnlySpan<double> currentCounts)
    {
        var (p, q) = (Shares(referenceCounts), Shares(currentCounts));
        return p.Zip(q, (a, b) => (b - a) * Math.Log(b / a)).Sum();
    }

    /// <summary>Population stability index of two samples over ten bins at the reference's deciles.</summary>
    public static double PsiOfSamples(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var edges = QuantileEdges(reference);
        return Psi(Histogram(reference, edges), Histogram(current, edges));
    }

    /// <summary>Jensen-Shannon distance of two histograms: the square root of the divergence in base 2, on floored shares that add up to 1 again.</summary>
    public static double JensenShannonDistance(ReadOnlySpan<double> referenceCounts, ReadOnlySpan<double> currentCounts)
    {
        var (p, q) = (Shares(referenceCounts), Shares(currentCounts));
        var (ps, qs) = (p.Sum(), q.Sum());
        double divergence = 0;
        for (var i = 0; i < p.Length; i++)
        {
            var (a, b) = (p[i] / ps, q[i] / qs);
            var m = (a + b) / 2;
            divergence += 0.5 * (a * Math.Log2(a / m) + b * Math.Log2(b / m));
        }
        return Math.Sqrt(Math.Max(0, divergence));
    }

    /// <summary>Two-sample Kolmogorov-Smirnov statistic and its p-value in Kolmogorov's limit.</summary>
    public static (double Statistic, double P) KolmogorovSmirnov(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var (statistic, _) = Statistics.Diagnostics.Drift.Distances(reference, current);
        return (statistic, Statistics.Diagnostics.Drift.LimitPValue(statistic, reference.Length, current.Length));
    }

    /// <summary>Wasserstein-1 distance: the area between the two distribution functions, in the unit of the values.</summary>
    public static double Wasserstein(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) => Statistics.Diagnostics.Drift.Distances(reference, current).Wasserstein1;

    /// <summary>Chi-square test that two rows of category counts have one distribution, with Cramér's V.</summary>
    public static (double Statistic, double P, double CramersV) ChiSquare(ReadOnlySpan<double> referenceCounts, ReadOnlySpan<double> currentCounts)
    {
        if (referenceCounts.Length != currentCounts.Length) throw new ArgumentException($"Both rows need the same categories; they have {referenceCounts.Length} and {currentCounts.Length}.", nameof(currentCounts));
        double n = 0, m = 0, statistic = 0;
        foreach (var c in referenceCounts) n += c;
        foreach (var c in currentCounts) m += c;
        var used = 0;
        for (var k = 0; k < referenceCounts.Length; k++)
        {
            var both = referenceCounts[k] + currentCounts[k];
            if (both == 0) continue;
            used++;
            var (e, f) = (both * n / (n + m), both * m / (n + m));
            statistic += Math.Pow(referenceCounts[k] - e, 2) / e + Math.Pow(currentCounts[k] - f, 2) / f;
        }
        if (used < 2 || n == 0 || m == 0) return (0, 1, 0);
        var p = MathNet.Numerics.SpecialFunctions.GammaUpperRegularized((used - 1) / 2.0, statistic / 2);
        return (statistic, p, Math.Sqrt(statistic / (n + m)));
    }

    private static double[] Shares(ReadOnlySpan<double> counts)
    {
        double total = 0;
        foreach (var c in counts) total += c;
        if (!(total > 0)) throw new ArgumentException("A histogram needs at least one row.", nameof(counts));
        return Array.ConvertAll(counts.ToArray(), c => Math.Max(Floor, c / total));
    }
}
