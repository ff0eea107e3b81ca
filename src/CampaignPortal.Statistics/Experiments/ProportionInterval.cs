using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>Kinds of intervals for one rate.</summary>
public enum ProportionIntervalKind
{
    /// <summary>Score interval (Wilson 1927): the default of the product.</summary>
    Wilson,

    /// <summary>Wald around the shrunk rate (Agresti and Coull 1998), clipped to [0, 1].</summary>
    AgrestiCoull,

    /// <summary>Exact and conservative (Clopper and Pearson 1934).</summary>
    ClopperPearson,

    /// <summary>Equal tails of Beta(x+½, n−x+½), without adjustment at the ends.</summary>
    Jeffreys,

    /// <summary>The textbook interval, clipped to [0, 1]; misleading for rare events.</summary>
    Wald,
}

/// <summary>Intervals for a difference of two rates, first minus second.</summary>
/// <param name="Newcombe">Hybrid of the two score intervals (Newcombe 1998, method 10).</param>
/// <param name="AgrestiCaffo">Wald after adding one success and one failure to each arm (2000).</param>
/// <param name="MiettinenNurminen">Score interval with the factor N/(N−1) (1985).</param>
/// <param name="RiskRatioKatzLog">Of the ratio, not the difference; null when a count is zero or full.</param>
public sealed record ProportionDifference(Estimate Newcombe, Estimate AgrestiCaffo, Estimate MiettinenNurminen, Estimate? RiskRatioKatzLog);

/// <summary>Intervals for rates and their differences.</summary>
public static class ProportionInterval
{
    /// <summary>A rate with its interval.</summary>
    public static Outcome<Estimate> Of(ProportionStatistic rate, ProportionIntervalKind kind = ProportionIntervalKind.Wilson, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        if (rate.Problem is { } problem) return problem;
        double x = rate.Sum, n = rate.Count, z = Normal.Standard.Quantile(1 - alpha / 2);
        var (lower, upper) = kind switch
        {
            ProportionIntervalKind.Wilson => Wilson(rate, z),
            ProportionIntervalKind.AgrestiCoull => Wald((x + z * z / 2) / (n + z * z), n + z * z, z),
            ProportionIntervalKind.ClopperPearson => (
                x is 0 ? 0 : new BetaDistribution(x, n - x + 1).Quantile(alpha / 2),
                x.Equals(n) ? 1 : new BetaDistribution(x + 1, n - x).Quantile(1 - alpha / 2)),
            ProportionIntervalKind.Jeffreys => (
                new BetaDistribution(x + 0.5, n - x + 0.5).Quantile(alpha / 2), new BetaDistribution(x + 0.5, n - x + 0.5).Quantile(1 - alpha / 2)),
            ProportionIntervalKind.Wald => Wald(rate.Mean, n, z),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of interval."),
        };
        return new Estimate(rate.Mean, lower, upper, 1 - alpha);
    }

    /// <summary>Difference of two rates, first minus second, with limits clipped to [−1, 1].</summary>
    public static Outcome<ProportionDifference> Difference(ProportionStatistic first, ProportionStatistic second, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        if (ArmChecks.Worst(first.Problem, second.Problem) is { } problem) return problem;
        double z = Normal.Standard.Quantile(1 - alpha / 2), difference = first.Mean - second.Mean;
        Estimate Clipped(double lower, double upper) => new(difference, Math.Max(-1, lower), Math.Min(1, upper), 1 - alpha);

        var (l1, u1) = Wilson(first, z);
        var (l2, u2) = Wilson(second, z);
        var newcombe = Clipped(
            difference - Math.Sqrt(Square(first.Mean - l1) + Square(u2 - second.Mean)),
            difference + Math.Sqrt(Square(u1 - first.Mean) + Square(second.Mean - l2)));

        double p1 = (first.Sum + 1) / (first.Count + 2), p2 = (second.Sum + 1) / (second.Count + 2);
        var halfWidth = z * Math.Sqrt(p1 * (1 - p1) / (first.Count + 2) + p2 * (1 - p2) / (second.Count + 2));
        var katz = ProportionTest.Katz(first, second, z);
        return new ProportionDifference(
            newcombe, Clipped(p1 - p2 - halfWidth, p1 - p2 + halfWidth),
            Clipped(ScoreLimit(first, second, z, -1), ScoreLimit(first, second, z, 1)),
            katz is { } k ? new Estimate(first.Mean / second.Mean, k.Lower, k.Upper, 1 - alpha) : null);
    }

    private static (double Lower, double Upper) Wilson(ProportionStatistic rate, double z)
    {
        double n = rate.Count, p = rate.Mean, shrink = 1 + z * z / n;
        var centre = (p + z * z / (2 * n)) / shrink;
        var halfWidth = z * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink;
        return (rate.Sum is 0 ? 0 : Math.Max(0, centre - halfWidth), rate.Sum.Equals(n) ? 1 : Math.Min(1, centre + halfWidth));
    }

    private static (double Lower, double Upper) Wald(double p, double n, double z)
    {
        var halfWidth = z * Math.Sqrt(p * (1 - p) / n);
        return (Math.Max(0, p - halfWidth), Math.Min(1, p + halfWidth));
    }

    // Where the score statistic reaches ±z, searched from the estimate towards −1 or 1.
    private static double ScoreLimit(ProportionStatistic first, ProportionStatistic second, double z, int side)
    {
        var observed = first.Mean - second.Mean;
        double Excess(double delta) => Math.Abs(Score(first, second, delta)) - z;
        var end = side * (1 - 1e-14);
        return Excess(end) <= 0 ? side : Roots.Brent(Excess, observed, end, 1e-14);
    }

    // Miettinen and Nurminen 1985: the variance is taken at the rates that are most likely under p1 − p2 = delta.
    private static double Score(ProportionStatistic first, ProportionStatistic second, double delta)
    {
        var p2 = ConstrainedRate(first, second, delta);
        var p1 = p2 + delta;
        double n1 = first.Count, n2 = second.Count, total = n1 + n2;
        var variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / (total - 1);
        var distance = first.Mean - second.Mean - delta;
        return distance is 0 ? 0 : distance / Math.Sqrt(Math.Max(variance, 1e-300));
    }

    private static double ConstrainedRate(ProportionStatistic first, ProportionStatistic second, double delta)
    {
        const double Margin = 1e-15;
        double low = Math.Max(0, -delta) + Margin, high = Math.Min(1, 1 - delta) - Margin;
        if (low >= high) return (low + high) / 2;
        double Slope(double p) =>
            Part(first.Sum, p + delta) - Part(first.Count - first.Sum, 1 - p - delta) + Part(second.Sum, p) - Part(second.Count - second.Sum, 1 - p);
        if (Slope(low) <= 0) return low;
        return Slope(high) >= 0 ? high : Roots.Brent(Slope, low, high);

        static double Part(double count, double p) => count is 0 ? 0 : count / Math.Max(p, 1e-300);
    }

    private static double Square(double x) => x * x;
}
