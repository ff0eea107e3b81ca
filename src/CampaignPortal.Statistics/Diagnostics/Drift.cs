using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Diagnostics;

/// <summary>How far two distributions over the same bins are apart.</summary>
/// <param name="Psi">Population stability index, natural logarithm.</param>
/// <param name="JensenShannonDivergence">In nats.</param>
/// <param name="TotalVariation">Half the sum of absolute differences.</param>
/// <param name="Hellinger">In [0, 1].</param>
public sealed record DriftResult(double Psi, double JensenShannonDivergence, double TotalVariation, double Hellinger)
{
    /// <summary>Square root of the divergence.</summary>
    public double JensenShannonDistance => Math.Sqrt(JensenShannonDivergence);

    /// <summary>Square root of the divergence in bits, in [0, 1].</summary>
    public double JensenShannonDistanceBase2 => Math.Sqrt(JensenShannonDivergence / Math.Log(2));
}

/// <summary>The Kolmogorov-Smirnov test of two samples.</summary>
/// <param name="Statistic">Largest distance of the distribution functions.</param>
/// <param name="ExactPValue">All orders of the joint sample; assumes no ties between the samples.</param>
/// <param name="LimitPValue">Kolmogorov's limit.</param>
/// <param name="Wasserstein1">Area between the distribution functions.</param>
public sealed record TwoSampleDistance(double Statistic, double ExactPValue, double LimitPValue, double Wasserstein1);

/// <summary>Whether what arrives still looks like what was learnt from.</summary>
public static class Drift
{
    /// <summary>Distances between two sets of counts over the same bins.</summary>
    /// <param name="expectedCounts">Reference.</param>
    /// <param name="actualCounts">Now.</param>
    /// <param name="floor">Least share of a bin in the stability index; shares are not renormalised after it.</param>
    public static Outcome<DriftResult> OfCounts(ReadOnlySpan<double> expectedCounts, ReadOnlySpan<double> actualCounts, double floor = 1e-4)
    {
        if ((InputChecks.SameLength(expectedCounts.Length, actualCounts.Length) ?? InputChecks.NonNegative(expectedCounts, Reasons.NegativeCount)
            ?? InputChecks.NonNegative(actualCounts, Reasons.NegativeCount)) is { } problem)
            return problem;
        if (!(floor is >= 0 and < 1)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        double expectedTotal = CompensatedSum.Of(expectedCounts), actualTotal = CompensatedSum.Of(actualCounts);
        if (expectedTotal is 0 || actualTotal is 0) return Refusal.Insufficient(Reasons.ZeroTotal);
        double psi = 0, divergence = 0, variation = 0, hellinger = 0;
        for (var i = 0; i < expectedCounts.Length; i++)
        {
            double e = expectedCounts[i] / expectedTotal, a = actualCounts[i] / actualTotal, middle = (e + a) / 2;
            double floorE = Math.Max(e, floor), floorA = Math.Max(a, floor);
            if (!floorA.Equals(floorE)) psi += (floorA - floorE) * Math.Log(floorA / floorE);
            divergence += Part(e, middle) / 2 + Part(a, middle) / 2;
            variation += Math.Abs(e - a) / 2;
            hellinger += (Math.Sqrt(e) - Math.Sqrt(a)) * (Math.Sqrt(e) - Math.Sqrt(a)) / 2;
        }
        return new DriftResult(psi, Math.Max(0, divergence), variation, Math.Sqrt(hellinger));

        static double Part(double p, double q) => p is 0 ? 0 : p * Math.Log(p / q);
    }

    /// <summary>Kolmogorov-Smirnov and Wasserstein distance; O(n log n), the exact p O(n m).</summary>
    /// <remarks>Exact p by counting lattice paths (Hodges 1957).</remarks>
    public static Outcome<TwoSampleDistance> OfSamples(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if ((ArmChecks.Finite(first) ?? ArmChecks.Finite(second)) is { } problem) return problem;
        if (first.IsEmpty || second.IsEmpty) return Refusal.Insufficient(Reasons.EmptyArm);
        var (largest, area) = Walk(first, second);
        var statistic = (double)largest / first.Length / second.Length;
        return new TwoSampleDistance(statistic, PathTail(first.Length, second.Length, largest), LimitPValue(statistic, first.Length, second.Length), area);
    }

    /// <summary>Kolmogorov-Smirnov statistic and Wasserstein distance alone, in O(n log n): for samples too long for the exact p.</summary>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    public static (double Statistic, double Wasserstein1) Distances(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.IsEmpty || second.IsEmpty) throw new ArgumentException("Both samples need at least one value.", nameof(first));
        var (largest, area) = Walk(first, second);
        return ((double)largest / first.Length / second.Length, area);
    }

    /// <summary>Kolmogorov's limit of the p-value of a two-sample statistic.</summary>
    public static double LimitPValue(double statistic, int firstCount, int secondCount) =>
        KolmogorovTail(Math.Sqrt((double)firstCount * secondCount / (firstCount + secondCount)) * statistic);

    // Both distribution functions side by side: their largest distance in units of 1/(n m), so that comparisons do not round, and the area between them.
    private static (long Largest, double Area) Walk(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] x = first.ToArray(), y = second.ToArray();
        Array.Sort(x);
        Array.Sort(y);
        long largest = 0;
        double area = 0, previous = Math.Min(x[0], y[0]);
        for (int i = 0, j = 0; i < x.Length || j < y.Length;)
        {
            var value = i < x.Length && (j == y.Length || x[i] <= y[j]) ? x[i] : y[j];
            area += Gap(i, j) / (double)x.Length / y.Length * (value - previous);
            while (i < x.Length && x[i] <= value) i++;
            while (j < y.Length && y[j] <= value) j++;
            largest = Math.Max(largest, Gap(i, j));
            previous = value;
        }
        return (largest, area);

        long Gap(int i, int j) => Math.Abs((long)i * y.Length - (long)j * x.Length);
    }

    // P(a random order of n and m values strays by gap or more): share of paths to (i, j) that have left the band.
    private static double PathTail(int n, int m, long gap)
    {
        if (gap is 0) return 1;
        var left = new double[m + 1];
        for (var i = 0; i <= n; i++)
        {
            for (var j = 0; j <= m; j++)
            {
                if (Math.Abs((long)i * m - (long)j * n) >= gap) left[j] = 1;
                else if (i + j is 0) left[j] = 0;
                else left[j] = (i * (i > 0 ? left[j] : 0) + j * (j > 0 ? left[j - 1] : 0)) / (i + j);
            }
        }
        return left[m];
    }

    private static double KolmogorovTail(double lambda)
    {
        if (lambda <= 0) return 1;
        double sum = 0;
        if (lambda < 1)
        {
            // The dual series (Jacobi) converges where the usual one does not.
            for (var k = 1; k < 100; k += 2) sum += Math.Exp(-k * k * Math.PI * Math.PI / (8 * lambda * lambda));
            return Math.Clamp(1 - Math.Sqrt(2 * Math.PI) / lambda * sum, 0, 1);
        }
        for (var k = 1; k < 100; k++) sum += (k % 2 is 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * lambda * lambda);
        return Math.Clamp(sum, 0, 1);
    }
}
