namespace CampaignPortal.Statistics.Lifetime;

/// <summary>How future margins become one figure: LTV = Σ γ^(t−1) · margin · R_t − acquisition cost, t = 1, 2, …</summary>
public sealed record LifetimeValueOptions
{
    /// <summary>Periods looked ahead; 12 by default.</summary>
    public int PeriodCount { get; init; } = 12;

    /// <summary>Length of a period in the unit of the purchase histories; 4.345 by default: a month in weeks.</summary>
    public double PeriodLength { get; init; } = 4.345;

    /// <summary>γ per period in (0, 1]; 1/(1+rate). The default is 10 % a year over monthly periods.</summary>
    public double DiscountFactor { get; init; } = Math.Pow(1.1, -1.0 / 12);

    /// <summary>Share of the revenue that is kept; 1 by default, which values revenue.</summary>
    public double Margin { get; init; } = 1;

    /// <summary>Taken off each customer's value, in money; 0 for customers already won.</summary>
    public double AcquisitionCost { get; init; }

    /// <summary>Whether the first period is discounted too (factor γ^t in place of γ^(t−1), as packages that pay at the end of a period do).</summary>
    public bool DiscountFirstPeriod { get; init; }

    internal double DiscountOf(int period) => Math.Pow(DiscountFactor, DiscountFirstPeriod ? period + 1 : period);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PeriodCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PeriodLength);
        if (!(DiscountFactor is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(DiscountFactor), DiscountFactor, "Must lie in (0, 1].");
    }
}

/// <summary>Lifetime values from given revenues or margins, without a purchase model.</summary>
public static class LifetimeValue
{
    /// <summary>Σ γ^(t−1) R_t − cost, t from 1.</summary>
    /// <param name="revenues">R_1, R_2, …: revenue (or margin) of each period.</param>
    /// <param name="discountFactor">γ per period.</param>
    /// <param name="acquisitionCost">In the same money.</param>
    public static double Discounted(ReadOnlySpan<double> revenues, double discountFactor, double acquisitionCost)
    {
        double value = 0, factor = 1;
        foreach (var revenue in revenues)
        {
            value += factor * revenue;
            factor *= discountFactor;
        }
        return value - acquisitionCost;
    }

    /// <summary>Value of a constant margin under constant retention, the first margin one period from now: Σ margin (r/(1+d))^t.</summary>
    /// <remarks>Gupta and Lehmann 2003: margin · r/(1+d−r) over an infinite time.</remarks>
    /// <param name="margin">Per period, in money.</param>
    /// <param name="retention">Share of customers kept per period, in [0, 1].</param>
    /// <param name="discountRate">d per period; 0.1 is 10 %.</param>
    /// <param name="periodCount">Null: without end.</param>
    /// <exception cref="ArgumentOutOfRangeException">The retention is no share, or the endless sum does not exist.</exception>
    public static double OfRetention(double margin, double retention, double discountRate, int? periodCount = null)
    {
        if (!(retention is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(retention), retention, "Must lie in [0, 1].");
        if (discountRate <= -1) throw new ArgumentOutOfRangeException(nameof(discountRate), discountRate, "Must lie above −1.");
        var ratio = retention / (1 + discountRate);
        if (periodCount is not { } count)
        {
            return ratio < 1 ? margin * ratio / (1 - ratio)
                : throw new ArgumentOutOfRangeException(nameof(discountRate), discountRate, "The endless sum does not exist.");
        }
        return ratio is 1 ? margin * count : margin * ratio * (1 - Math.Pow(ratio, count)) / (1 - ratio);
    }

    /// <summary>Σ over the periods of the discount times the expected purchases: multiply with the value of a purchase and the margin.</summary>
    public static double DiscountedPurchases(BetaGeometricModel model, PurchaseHistory history, LifetimeValueOptions options)
    {
        options.Check();
        double sum = 0, before = 0;
        for (var period = 0; period < options.PeriodCount; period++)
        {
            var until = model.ExpectedPurchases(history, options.PeriodLength * (period + 1));
            sum += options.DiscountOf(period) * (until - before);
            before = until;
        }
        return sum;
    }
}
