using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>What a comparison says.</summary>
public enum Finding
{
    /// <summary>Below the minimum counts: no interval, no colour.</summary>
    TooFew,
    /// <summary>The interval contains zero.</summary>
    CannotTell,
    /// <summary>The treatment is better.</summary>
    Better,
    /// <summary>The control is better.</summary>
    Worse,
}

/// <summary>What is missing before a comparison may be read.</summary>
public enum MissingKind
{
    Units, Outcomes, NonOutcomes, Hours, Windows,
}

/// <param name="Position">Of the arm that lacks it: 0 the control, 1 the treatment, or of the version; null where it concerns the whole.</param>
public sealed record Missing(MissingKind Kind, double Have, double Need, int? Position = null);

/// <summary>Two arms on one metric: values, difference with interval, p-value, and a word for it.</summary>
/// <param name="Absolute">Treatment minus control; null below the minimum counts.</param>
/// <param name="Relative">Treatment over control minus 1; null below the minimum counts, or where the control has nothing.</param>
/// <param name="Lacking">The first unmet minimum; null when all are met.</param>
public sealed record MetricComparison(ResultMetric Metric, ArmSums Control, ArmSums Treatment, Finding Finding, Estimate? Absolute, Estimate? Relative, double? PValue, Missing? Lacking)
{
    /// <summary>Units that each arm must have.</summary>
    public const long MinUnits = 100;

    /// <summary>Units with, and units without the outcome in each arm. Unequal splits stay honest by it (EXPERIMENTS.md §9).</summary>
    public const long MinOutcomes = 25;

    /// <summary>Units with money in each arm: sums of money are skewed.</summary>
    public const long MinBuyers = 100;

    /// <summary>Value of an arm: a share, or money per unit; null for an empty arm.</summary>
    public static double? ValueOf(ArmSums arm, ResultMetric metric)
    {
        var units = arm.UnitsOf(metric);
        if (units is 0) return null;
        return metric is ResultMetric.Revenue ? (double)arm.Revenue / units : arm.ShareOf(metric).Mean;
    }

    /// <summary>Compares, with a fixed-horizon interval of confidence 1 − alpha: two proportions, or Welch for money.</summary>
    public static MetricComparison Of(ResultMetric metric, ArmSums control, ArmSums treatment, double alpha = 0.05)
    {
        if ((Lack(metric, control, 0) ?? Lack(metric, treatment, 1)) is { } lack) return new MetricComparison(metric, control, treatment, Finding.TooFew, null, null, null, lack);
        return metric is ResultMetric.Revenue ? OfMeans(metric, control, treatment, alpha) : OfShares(metric, control, treatment, alpha);
    }

    /// <summary>The first minimum that an arm does not reach.</summary>
    private static Missing? Lack(ResultMetric metric, ArmSums arm, int position)
    {
        var (units, outcomes) = (arm.UnitsOf(metric), arm.CountOf(metric));
        if (units < MinUnits) return new Missing(MissingKind.Units, units, MinUnits, position);
        var needed = metric is ResultMetric.Revenue ? MinBuyers : MinOutcomes;
        if (outcomes < needed) return new Missing(MissingKind.Outcomes, outcomes, needed, position);
        return metric is not ResultMetric.Revenue && units - outcomes < MinOutcomes ? new Missing(MissingKind.NonOutcomes, units - outcomes, MinOutcomes, position) : null;
    }

    private static MetricComparison OfShares(ResultMetric metric, ArmSums control, ArmSums treatment, double alpha)
    {
        var (c, t) = (control.ShareOf(metric), treatment.ShareOf(metric));
        var test = ProportionTest.Compare(c, t, alpha: alpha).Value; // counts are checked: neither nobody nor everybody
        var absolute = ProportionInterval.Difference(t, c, alpha).Value.Newcombe;
        var relative = ProportionTest.Relative(c, t, alpha).Value;
        return new MetricComparison(metric, control, treatment, Word(metric, absolute), absolute, relative.KatzLog ?? relative.Delta, test.PValue, null);
    }

    private static MetricComparison OfMeans(ResultMetric metric, ArmSums control, ArmSums treatment, double alpha)
    {
        var absolute = WelchTest.Compare(control.StatisticOf(metric), treatment.StatisticOf(metric), alpha: alpha);
        if (!absolute.IsOk) return new MetricComparison(metric, control, treatment, Finding.CannotTell, null, null, null, null); // no spread at all
        var relative = WelchTest.Compare(control.StatisticOf(metric), treatment.StatisticOf(metric), DifferenceKind.Relative, alpha: alpha);
        return new MetricComparison(metric, control, treatment, Word(metric, absolute.Value.Effect), absolute.Value.Effect, relative.IsOk ? relative.Value.Effect : null, absolute.Value.PValue, null);
    }

    private static Finding Word(ResultMetric metric, Estimate difference)
    {
        if (!difference.ExcludesZero) return Finding.CannotTell;
        return difference.Point > 0 != metric.IsLowerBetter() ? Finding.Better : Finding.Worse;
    }
}
