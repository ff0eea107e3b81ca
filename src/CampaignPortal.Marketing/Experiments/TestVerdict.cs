namespace CampaignPortal.Marketing.Experiments;

/// <summary>The answer of a test, in the words of EXPERIMENTS.md §9.</summary>
public enum VerdictState
{
    NotStarted,
    /// <summary>Not enough data yet.</summary>
    Collecting,
    /// <summary>The planned time is over and the interval contains zero.</summary>
    Inconclusive,
    /// <summary>A version beats the first one.</summary>
    Winner,
    /// <summary>The first version beats every other.</summary>
    FirstIsBest,
    /// <summary>Several beat the first, and nothing tells them apart.</summary>
    NoClearBest,
    /// <summary>Something is wrong with the test.</summary>
    Invalid,
}

/// <param name="Position">Of the version that is better; null when none is.</param>
/// <param name="Deciding">The comparison behind the answer: of the winner, or of the version closest to one.</param>
/// <param name="Lacking">What is missing before there is an answer.</param>
/// <param name="LikelyRelative">What to expect in practice: the winner's relative difference drawn towards zero, because winners are chosen for being high; null without one.</param>
public sealed record TestVerdict(VerdictState State, int? Position, MetricComparison? Deciding, Missing? Lacking, double? LikelyRelative);

/// <summary>Judges versions against the first one, at the fixed end of the test.</summary>
public static class TestJudge
{
    private const double Alpha = 0.05;

    // True relative differences of messages are rarely above a tenth (EXPERIMENTS.md §9: a winner's estimate is drawn towards zero).
    private const double PriorSpread = 0.05;

    /// <param name="versions">In their order; the first is the control.</param>
    /// <param name="metric">The one that decides.</param>
    /// <param name="health">Checks of the test.</param>
    /// <param name="hours">Hours since the test began, and hours planned.</param>
    /// <param name="closedWindows">Share of the outcome windows that have closed; 1 for metrics without a window.</param>
    public static TestVerdict Judge(IReadOnlyList<ArmSums> versions, ResultMetric metric, IReadOnlyList<HealthCheck> health, (double Run, double Planned) hours, double closedWindows = 1)
    {
        if (versions.Sum(v => v.Sent) is 0) return new TestVerdict(VerdictState.NotStarted, null, null, null, null);
        if (health.Any(h => h.Covers)) return new TestVerdict(VerdictState.Invalid, null, null, null, null);
        var comparisons = Compare(versions, metric);
        if (Lack(comparisons, hours, closedWindows) is { } lacking) return new TestVerdict(VerdictState.Collecting, null, null, lacking, null);
        var better = comparisons.Select((c, i) => (Comparison: c, Position: i + 1)).Where(c => c.Comparison.Finding is Finding.Better).ToArray();
        if (better.Length is 0)
        {
            var allWorse = comparisons.All(c => c.Finding is Finding.Worse);
            var closest = comparisons.MaxBy(c => c.Absolute?.Point ?? 0);
            return new TestVerdict(allWorse ? VerdictState.FirstIsBest : VerdictState.Inconclusive, allWorse ? 0 : null, closest, null, null);
        }
        var best = better.MaxBy(b => b.Comparison.Absolute?.Point * (metric.IsLowerBetter() ? -1 : 1))!;
        var isClear = better.All(b => b.Position == best.Position || MetricComparison.Of(metric, versions[b.Position], versions[best.Position], Alpha).Finding is Finding.Better);
        return new TestVerdict(isClear ? VerdictState.Winner : VerdictState.NoClearBest, isClear ? best.Position : null, best.Comparison, null, Shrink(best.Comparison));
    }

    /// <summary>Each version against the first; with several of them the intervals are wider, so that the whole family errs in 5 % at most.</summary>
    public static IReadOnlyList<MetricComparison> Compare(IReadOnlyList<ArmSums> versions, ResultMetric metric)
    {
        var alpha = Alpha / Math.Max(1, versions.Count - 1);
        return [.. versions.Skip(1).Select(v => MetricComparison.Of(metric, versions[0], v, alpha))];
    }

    private static Missing? Lack(IReadOnlyList<MetricComparison> comparisons, (double Run, double Planned) hours, double closedWindows)
    {
        for (var i = 0; i < comparisons.Count; i++)
            if (comparisons[i].Lacking is { } missing) return missing with { Position = missing.Position is 0 ? 0 : i + 1 };
        if (hours.Run < hours.Planned) return new Missing(MissingKind.Hours, hours.Run, hours.Planned);
        return closedWindows < 0.5 ? new Missing(MissingKind.Windows, closedWindows, 0.5) : null;
    }

    private static double? Shrink(MetricComparison comparison)
    {
        if (comparison.Relative is not { } relative) return null;
        var standardError = (relative.Upper - relative.Lower) / (2 * 1.96);
        return relative.Point * (PriorSpread * PriorSpread / (PriorSpread * PriorSpread + standardError * standardError));
    }
}
