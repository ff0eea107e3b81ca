using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>What the arms had done by the end of one hour, all together.</summary>
/// <param name="Hour">Hours since 0001-01-01 UTC.</param>
public readonly record struct ArmHour(long Hour, long Delivered, long Outcomes);

/// <param name="Difference">Treatment minus control, with a band that holds over all hours together.</param>
public readonly record struct LiftPoint(long Hour, Estimate Difference);

/// <summary>How the difference of two rates settled while a test ran.</summary>
/// <remarks>
/// The band is an asymptotic confidence sequence (Waudby-Smith et al. 2021, EXPERIMENTS.md §8): unlike the fixed-horizon interval of the verdict it may be looked at
/// every hour. Points begin where both arms have the minimum counts of a verdict.
/// </remarks>
public static class LiftCurve
{
    /// <param name="control">By hour, ascending, cumulative.</param>
    /// <param name="treatment">As the control.</param>
    /// <param name="plannedUnits">Units of both arms at the end: where the band is tightest.</param>
    public static IReadOnlyList<LiftPoint> Of(IReadOnlyList<ArmHour> control, IReadOnlyList<ArmHour> treatment, double plannedUnits)
    {
        var points = new List<LiftPoint>();
        var (c, t) = (new Walk(control), new Walk(treatment));
        foreach (var hour in control.Concat(treatment).Select(h => h.Hour).Distinct().Order())
        {
            var (a, b) = (c.At(hour), t.At(hour));
            if (!IsEnough(a) || !IsEnough(b)) continue;
            var compared = ConfidenceSequence.Compare(Share(a), Share(b), DifferenceKind.Absolute, Math.Max(2, plannedUnits));
            if (compared.IsOk) points.Add(new LiftPoint(hour, compared.Value.Effect));
        }
        return points;
    }

    private static bool IsEnough(ArmHour arm) => arm.Outcomes >= MetricComparison.MinOutcomes && arm.Delivered - arm.Outcomes >= MetricComparison.MinOutcomes;

    private static ProportionStatistic Share(ArmHour arm) => new(arm.Delivered, arm.Outcomes);

    /// <summary>The newest state of an arm at an hour in which nothing may have happened to it.</summary>
    private sealed class Walk(IReadOnlyList<ArmHour> hours)
    {
        private int _next;

        public ArmHour At(long hour)
        {
            while (_next < hours.Count && hours[_next].Hour <= hour) _next++;
            return _next > 0 ? hours[_next - 1] : default;
        }
    }
}
