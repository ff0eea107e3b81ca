using CampaignPortal.Statistics;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>What the campaign caused: everybody who was to receive it against the people who were held out.</summary>
/// <param name="Orders">People who ordered within the window.</param>
/// <param name="Revenue">Money per person within its window.</param>
/// <param name="IncrementalOrders">More people who ordered, in all; null below the minimum counts.</param>
/// <param name="IncrementalRevenue">More money, in all; null below the minimum counts.</param>
/// <param name="ReturnOnCosts">(incremental revenue × margin − costs) / costs; null while one of them is not known.</param>
/// <param name="OrderWindowsClosed">Share of the windows for orders that have closed.</param>
/// <param name="RevenueWindowsClosed">Share of the windows for revenue that have closed.</param>
public sealed record HoldoutEffect(
    MetricComparison Orders, MetricComparison Revenue, Estimate? IncrementalOrders, Estimate? IncrementalRevenue, Estimate? ReturnOnCosts, double OrderWindowsClosed, double RevenueWindowsClosed)
{
    /// <summary>A windowed figure is final from here on (EXPERIMENTS.md §9).</summary>
    public const double EnoughWindows = 0.5;

    public bool AreOrdersFinal => OrderWindowsClosed >= EnoughWindows;

    public bool IsRevenueFinal => RevenueWindowsClosed >= EnoughWindows;

    /// <param name="treated">All versions together, whether or not the message could be sent.</param>
    /// <param name="holdout">The held out.</param>
    /// <param name="costs">In the reporting currency.</param>
    /// <param name="margin">0 to 1.</param>
    public static HoldoutEffect Of(ArmSums treated, ArmSums holdout, decimal? costs, double? margin)
    {
        var orders = MetricComparison.Of(ResultMetric.Orders, holdout, treated);
        var revenue = MetricComparison.Of(ResultMetric.Revenue, holdout, treated);
        Estimate? moreOrders = orders.Absolute is { } o ? Scale(o, treated.Exposed) : null;
        Estimate? moreRevenue = revenue.Absolute is { } r ? Scale(r, treated.Exposed) : null;
        Estimate? roi = moreRevenue is { } more && costs is > 0 and var spent && margin is { } kept ? Return(more, (double)spent, kept) : null;
        return new HoldoutEffect(
            orders, revenue, moreOrders, moreRevenue, roi,
            ShareOf(treated.OrderWindowsClosed + holdout.OrderWindowsClosed, treated.Exposed + holdout.Exposed),
            ShareOf(treated.RevenueWindowsClosed + holdout.RevenueWindowsClosed, treated.Exposed + holdout.Exposed));
    }

    internal static Estimate Scale(Estimate e, double factor) => new(e.Point * factor, e.Lower * factor, e.Upper * factor, e.Confidence);

    private static Estimate Return(Estimate revenue, double costs, double margin)
    {
        double Of(double more) => (more * margin - costs) / costs;
        return new Estimate(Of(revenue.Point), Of(revenue.Lower), Of(revenue.Upper), revenue.Confidence);
    }

    private static double ShareOf(long part, long whole) => whole is 0 ? 0 : (double)part / whole;
}
