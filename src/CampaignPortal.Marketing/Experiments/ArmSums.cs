using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>Sufficient statistics of one arm. Merging days is addition; every figure of a result comes from here.</summary>
public sealed record ArmSums
{
    public static ArmSums None { get; } = new();

    /// <summary>Customers drawn into the arm.</summary>
    public long Assigned { get; init; }
    /// <summary>Of these, whose moment has come: the message is due, or would be.</summary>
    public long Exposed { get; init; }
    /// <summary>Of the exposed, whose window for orders has closed.</summary>
    public long OrderWindowsClosed { get; init; }
    /// <summary>Of the exposed, whose window for revenue has closed.</summary>
    public long RevenueWindowsClosed { get; init; }
    public long Sent { get; init; }
    public long Bounced { get; init; }
    public long Opened { get; init; }
    public long OpenedByMachine { get; init; }
    public long Clicked { get; init; }
    public long ClickedByMachine { get; init; }
    public long Unsubscribed { get; init; }
    public long Complained { get; init; }
    public long Ordered { get; init; }
    public long OrderedAfterClick { get; init; }
    /// <summary>Customers with money in their window.</summary>
    public long Buyers { get; init; }
    public decimal Revenue { get; init; }
    /// <summary>Σ of each customer's squared money.</summary>
    public double RevenueSquares { get; init; }
    public decimal AttributedRevenue { get; init; }
    public long SawAnother { get; init; }

    public long Delivered => Sent - Bounced;

    /// <summary>Units of a metric: who received the message where the message itself is judged, everybody whose moment came where orders are.</summary>
    public long UnitsOf(ResultMetric metric) => metric is ResultMetric.Orders or ResultMetric.Revenue ? Exposed : Delivered;

    /// <summary>Units with the outcome; for revenue the buyers.</summary>
    public long CountOf(ResultMetric metric) => metric switch
    {
        ResultMetric.Clicks => Clicked,
        ResultMetric.Opens => Opened,
        ResultMetric.Orders => Ordered,
        ResultMetric.Revenue => Buyers,
        ResultMetric.Unsubscribes => Unsubscribed,
        ResultMetric.Complaints => Complained,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Unknown metric."),
    };

    /// <summary>The arm as the comparisons take it.</summary>
    public IArmStatistic StatisticOf(ResultMetric metric) => metric is ResultMetric.Revenue ? new MeanStatistic(Exposed, (double)Revenue, RevenueSquares) : ShareOf(metric);

    public ProportionStatistic ShareOf(ResultMetric metric) => new(UnitsOf(metric), Math.Min(CountOf(metric), UnitsOf(metric)));

    public ArmSums Add(ArmSums other) => new()
    {
        Assigned = Assigned + other.Assigned,
        Exposed = Exposed + other.Exposed,
        OrderWindowsClosed = OrderWindowsClosed + other.OrderWindowsClosed,
        RevenueWindowsClosed = RevenueWindowsClosed + other.RevenueWindowsClosed,
        Sent = Sent + other.Sent,
        Bounced = Bounced + other.Bounced,
        Opened = Opened + other.Opened,
        OpenedByMachine = OpenedByMachine + other.OpenedByMachine,
        Clicked = Clicked + other.Clicked,
        ClickedByMachine = ClickedByMachine + other.ClickedByMachine,
        Unsubscribed = Unsubscribed + other.Unsubscribed,
        Complained = Complained + other.Complained,
        Ordered = Ordered + other.Ordered,
        OrderedAfterClick = OrderedAfterClick + other.OrderedAfterClick,
        Buyers = Buyers + other.Buyers,
        Revenue = Revenue + other.Revenue,
        RevenueSquares = RevenueSquares + other.RevenueSquares,
        AttributedRevenue = AttributedRevenue + other.AttributedRevenue,
        SawAnother = SawAnother + other.SawAnother,
    };
}
