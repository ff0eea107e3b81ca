using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>How the p-value of a rank test is computed.</summary>
public enum RankTestMethod
{
    /// <summary>Normal approximation with the tie-corrected variance.</summary>
    Asymptotic,

    /// <summary>All assignments of the (mid-)ranks to both samples.</summary>
    Exact,
}

/// <summary>The Mann-Whitney test.</summary>
/// <param name="U1">Pairs with first above second; ties count ½.</param>
/// <param name="U2">Pairs with second above first.</param>
/// <param name="PValue">In [0, 1].</param>
/// <param name="CommonLanguageEffect">U1 as a share of all pairs: the probability that a value of the first sample is the larger.</param>
public sealed record RankTestResult(double U1, double U2, double PValue, double CommonLanguageEffect);

/// <summary>Whether one sample tends to larger values, without a distribution assumed.</summary>
/// <remarks>Mann and Whitney 1947.</remarks>
public static class RankTest
{
    /// <summary>Compares two samples; O(n log n), exact O(n₁ n²).</summary>
    public static Outcome<RankTestResult> MannWhitney(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, RankTestMethod method = RankTestMethod.Asymptotic,
        bool continuityCorrection = true, Alternative alternative = Alternative.TwoSided)
    {
        if ((ArmChecks.Finite(first) ?? ArmChecks.Finite(second)) is { } problem) return problem;
        if (first.IsEmpty || second.IsEmpty) return Refusal.Insufficient(Reasons.EmptyArm);
        double[] all = [.. first, .. second];
        var ranks = Ranks.Average(all, out var tieTerm);
        double n1 = first.Length, n2 = second.Length, n = n1 + n2;
        if (tieTerm >= n * n * n - n) return Refusal.Insufficient(Reasons.ZeroVariance);

        var u1 = -n1 * (n1 + 1) / 2;
        for (var i = 0; i < first.Length; i++) u1 += ranks[i];
        var u2 = n1 * n2 - u1;
        var testsFirst = alternative switch
        {
            Alternative.TwoSided => u1 >= u2,
            Alternative.Greater => true,
            Alternative.Less => false,
            _ => throw new ArgumentOutOfRangeException(nameof(alternative), alternative, "Unknown alternative."),
        };
        var tested = testsFirst ? u1 : u2;
        var tail = method is RankTestMethod.Exact
            ? ExactTail(ranks, testsFirst ? first.Length : second.Length, tested)
            : AsymptoticTail(tested, n1, n2, tieTerm, continuityCorrection);
        return new RankTestResult(u1, u2, Math.Min(1, alternative is Alternative.TwoSided ? 2 * tail : tail), u1 / (n1 * n2));
    }

    private static double AsymptoticTail(double u, double n1, double n2, double tieTerm, bool continuityCorrection)
    {
        var n = n1 + n2;
        var deviation = Math.Sqrt(n1 * n2 / 12 * (n + 1 - tieTerm / (n * (n - 1))));
        return Normal.Standard.Survival((u - n1 * n2 / 2 - (continuityCorrection ? 0.5 : 0)) / deviation);
    }

    // P(U ≥ u) over all ways to choose the ranks of a sample: counts by number chosen and doubled rank sum.
    private static double ExactTail(double[] ranks, int chosen, double u)
    {
        int[] doubled = [.. ranks.Select(r => (int)Math.Round(2 * r))];
        var ways = new double[chosen + 1][];
        for (var k = 0; k <= chosen; k++) ways[k] = new double[doubled.Sum() + 1];
        ways[0][0] = 1;
        var reached = 0;
        foreach (var rank in doubled)
        {
            reached += rank;
            for (var k = chosen; k > 0; k--)
                for (var sum = reached; sum >= rank; sum--)
                    ways[k][sum] += ways[k - 1][sum - rank];
        }
        var least = (int)Math.Round(2 * u) + chosen * (chosen + 1);
        double tail = 0, total = 0;
        for (var sum = 0; sum < ways[chosen].Length; sum++)
        {
            total += ways[chosen][sum];
            if (sum >= least) tail += ways[chosen][sum];
        }
        return tail / total;
    }
}
