namespace CampaignPortal.Marketing.Predictions.LifetimeValue;

/// <summary>Choices of the lifetime value.</summary>
public sealed record LifetimeValueSettings
{
    /// <summary>Months looked ahead by the main figure; 12 by default. The figures for 3 and 24 months stand beside it.</summary>
    public int MonthCount { get; init; } = 12;

    /// <summary>Discount of a year, 0.1 is 10 %: γ = (1 + rate)^(−1/12) a month. 0 by default: a customer's value is then the money that will come in.</summary>
    public double AnnualDiscountRate { get; init; }

    /// <summary>Share of the revenue that is kept; 1 values revenue.</summary>
    public double Margin { get; init; } = 1;

    /// <summary>Cost of winning a customer, in money; 0 for customers already won.</summary>
    public double AcquisitionCost { get; init; }

    /// <summary>Days held back for the back-test.</summary>
    public int BackTestDays { get; init; } = 90;

    /// <summary>Probability that a customer's value lies in the customer's range.</summary>
    public double CustomerConfidence { get; init; } = 0.8;

    /// <summary>Simulated futures behind the range of the total.</summary>
    public int TotalDrawCount { get; init; } = 200;

    /// <summary>Floor: customers with a purchase.</summary>
    public int MinCustomers { get; init; } = 500;

    /// <summary>Floor: customers with purchases on two days or more.</summary>
    public int MinRepeatCustomers { get; init; } = 100;

    /// <summary>Floor: days between the first and the last purchase.</summary>
    public int MinHistoryDays { get; init; } = 180;
}
