using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Descriptive;

/// <summary>What became of the messages of a campaign.</summary>
/// <param name="Sent">Messages handed over.</param>
/// <param name="Delivered">Not bounced.</param>
/// <param name="Opens">Unique opens.</param>
/// <param name="Clicks">Unique clicks.</param>
/// <param name="Conversions">Goal events.</param>
/// <param name="Revenue">In money.</param>
/// <param name="Cost">In the same money.</param>
/// <param name="Unsubscribes">Of the delivered.</param>
public sealed record FunnelCounts(
    double Sent, double Delivered, double Opens, double Clicks, double Conversions, double Revenue, double Cost, double Unsubscribes);

/// <summary>Rates of a campaign; a rate with a zero denominator is null.</summary>
/// <param name="DeliveryRate">delivered/sent.</param>
/// <param name="OpenRate">opens/delivered.</param>
/// <param name="ClickThroughRate">clicks/delivered.</param>
/// <param name="ClickToOpenRate">clicks/opens.</param>
/// <param name="ConversionRate">conversions/clicks.</param>
/// <param name="OverallConversion">conversions/sent.</param>
/// <param name="RevenuePerRecipient">revenue/delivered.</param>
/// <param name="CostPerAcquisition">cost/conversions.</param>
/// <param name="ReturnOnAdSpend">revenue/cost.</param>
/// <param name="Roi">(revenue − cost)/cost.</param>
/// <param name="UnsubscribeRate">unsubscribes/delivered.</param>
/// <param name="AverageOrderValue">revenue/conversions.</param>
public sealed record CampaignFunnel(
    double? DeliveryRate, double? OpenRate, double? ClickThroughRate, double? ClickToOpenRate, double? ConversionRate, double? OverallConversion,
    double? RevenuePerRecipient, double? CostPerAcquisition, double? ReturnOnAdSpend, double? Roi, double? UnsubscribeRate, double? AverageOrderValue)
{
    /// <summary>The rates of the counts.</summary>
    public static Outcome<CampaignFunnel> Of(FunnelCounts counts)
    {
        var c = counts;
        if ((InputChecks.NonNegative([c.Sent, c.Delivered, c.Opens, c.Clicks, c.Conversions, c.Unsubscribes], Reasons.NegativeCount)
            ?? InputChecks.NonNegative([c.Cost], Reasons.NegativeValue) ?? ArmChecks.Finite(c.Revenue)) is { } problem)
            return problem;
        if (c.Delivered > c.Sent) return Refusal.Invalid(Reasons.DeliveredExceedsSent);
        return new CampaignFunnel(
            Share(c.Delivered, c.Sent), Share(c.Opens, c.Delivered), Share(c.Clicks, c.Delivered), Share(c.Clicks, c.Opens),
            Share(c.Conversions, c.Clicks), Share(c.Conversions, c.Sent), Share(c.Revenue, c.Delivered), Share(c.Cost, c.Conversions),
            Share(c.Revenue, c.Cost), Share(c.Revenue - c.Cost, c.Cost), Share(c.Unsubscribes, c.Delivered), Share(c.Revenue, c.Conversions));
    }

    private static double? Share(double part, double whole) => whole is 0 ? null : part / whole;
}
