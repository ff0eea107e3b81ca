namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>A row of <see cref="CampaignRecipient"/> while the projection works on it: times as UTC ticks, money as ten-thousandths.</summary>
internal sealed class RecipientRow
{
    public required long CampaignId { get; init; }
    public required long Occurrence { get; init; }
    public required long CustomerId { get; init; }
    public required RunPart Part { get; init; }
    public long VariantId = CampaignRecipient.Waiting;
    public long? ExposedAt, SentAt, BouncedAt, OpenedAt, MachineOpenedAt, ClickedAt, MachineClickedAt, UnsubscribedAt, ComplainedAt, OrderedAt;
    public bool OrderedAfterClick, SawAnother;
    public long Revenue, AttributedRevenue;

    private (ArmKey Key, ArmDelta Sums)? _before;

    /// <summary>Whether it must be written back.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>Remembers what the stored row adds to the sums.</summary>
    public RecipientRow Loaded()
    {
        _before = (Key, Sums);
        return this;
    }

    public void Touch() => IsTouched = true;

    /// <summary>What is to be taken from the sums, and what to be added.</summary>
    public IEnumerable<(ArmKey Key, ArmDelta Delta)> Changes()
    {
        if (_before is { } before) yield return (before.Key, before.Sums.Negated());
        yield return (Key, Sums);
    }

    private ArmKey Key => new(CampaignId, Occurrence, Part, VariantId, ExposedAt is { } at ? (int)(at / TimeSpan.TicksPerDay) : 0);

    private ArmDelta Sums => new()
    {
        Assigned = 1,
        Sent = One(SentAt is not null),
        Bounced = One(BouncedAt is not null),
        Opened = One(OpenedAt is not null),
        OpenedByMachine = One(OpenedAt is null && MachineOpenedAt is not null),
        Clicked = One(ClickedAt is not null),
        ClickedByMachine = One(ClickedAt is null && MachineClickedAt is not null),
        Unsubscribed = One(UnsubscribedAt is not null),
        Complained = One(ComplainedAt is not null),
        Ordered = One(OrderedAt is not null),
        OrderedAfterClick = One(OrderedAfterClick),
        Buyers = One(Revenue > 0),
        Revenue = Revenue,
        RevenueSquares = Square(Revenue / 100),
        AttributedRevenue = AttributedRevenue,
        SawAnother = One(SawAnother),
    };

    // Whole hundredths: sums of whole numbers do not depend on the order of adding, as a rebuild must not.
    private static double Square(double hundredths) => hundredths * hundredths;

    private static long One(bool yes) => yes ? 1 : 0;
}

internal readonly record struct ArmKey(long CampaignId, long Occurrence, RunPart Part, long VariantId, int Day);

/// <summary>A change of the sums of one arm on one day.</summary>
internal readonly record struct ArmDelta
{
    public long Assigned { get; init; }
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
    public long Buyers { get; init; }
    public long Revenue { get; init; }
    public double RevenueSquares { get; init; }
    public long AttributedRevenue { get; init; }
    public long SawAnother { get; init; }

    public ArmDelta Negated() => Combine(default, this, -1);

    public static ArmDelta operator +(ArmDelta a, ArmDelta b) => Combine(a, b, 1);

    private static ArmDelta Combine(ArmDelta a, ArmDelta b, int sign) => new()
    {
        Assigned = a.Assigned + sign * b.Assigned,
        Sent = a.Sent + sign * b.Sent,
        Bounced = a.Bounced + sign * b.Bounced,
        Opened = a.Opened + sign * b.Opened,
        OpenedByMachine = a.OpenedByMachine + sign * b.OpenedByMachine,
        Clicked = a.Clicked + sign * b.Clicked,
        ClickedByMachine = a.ClickedByMachine + sign * b.ClickedByMachine,
        Unsubscribed = a.Unsubscribed + sign * b.Unsubscribed,
        Complained = a.Complained + sign * b.Complained,
        Ordered = a.Ordered + sign * b.Ordered,
        OrderedAfterClick = a.OrderedAfterClick + sign * b.OrderedAfterClick,
        Buyers = a.Buyers + sign * b.Buyers,
        Revenue = a.Revenue + sign * b.Revenue,
        RevenueSquares = a.RevenueSquares + sign * b.RevenueSquares,
        AttributedRevenue = a.AttributedRevenue + sign * b.AttributedRevenue,
        SawAnother = a.SawAnother + sign * b.SawAnother,
    };
}
