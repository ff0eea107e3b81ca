using System.Globalization;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>What a probability is about.</summary>
public enum PropensityGoal
{
    /// <summary>An order within the window.</summary>
    Purchase,
    /// <summary>No order within the window.</summary>
    Churn,
}

/// <summary>A yes-or-no question about the days after a moment: label, window, who is asked, and the floor of data.</summary>
public sealed record PropensityDefinition
{
    public required PropensityGoal Goal { get; init; }

    /// <summary>Days after the cut that decide the answer.</summary>
    public required int WindowDays { get; init; }

    /// <summary>Customers whose first order is younger are newcomers: too early to say. 0 asks everybody with an order.</summary>
    public int MinTenureDays { get; init; }

    /// <summary>Least days of orders before the first cut.</summary>
    public int MinHistoryDays { get; init; } = 60;

    /// <summary>Days between two cuts.</summary>
    public int CutStepDays { get; init; } = 30;

    /// <summary>Floor: rows of either answer in training.</summary>
    public int MinRowsOfEach { get; init; } = 100;

    /// <summary>Name of the model: <c>purchase-30</c>, <c>churn-90</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(Goal is PropensityGoal.Purchase ? "purchase" : "churn")}-{WindowDays}");

    /// <summary>Days from the test cut to now: the newest cut whose outcome is whole.</summary>
    public int TestAgeDays => (WindowDays + CutStepDays - 1) / CutStepDays * CutStepDays;

    /// <summary>An order within 7, 30 or 90 days.</summary>
    public static PropensityDefinition Purchase(int windowDays = 30) => new() { Goal = PropensityGoal.Purchase, WindowDays = windowDays };

    /// <summary>No order within a window; newcomers of the last two weeks are not asked.</summary>
    public static PropensityDefinition Churn(int windowDays = 90) => new() { Goal = PropensityGoal.Churn, WindowDays = windowDays, MinTenureDays = 14 };

    /// <summary>The label: 1 when the answer is yes.</summary>
    internal float Label(PurchaseDays purchases, int customer, int cutDay)
    {
        var bought = purchases.BoughtBetween(customer, cutDay, cutDay + WindowDays);
        return bought == Goal is PropensityGoal.Purchase ? 1 : 0;
    }

    /// <summary>The simple statistic below the floor: the customer's own rate of order days as a chance for the window.</summary>
    internal double OwnRate(int orderDayCount, int tenureDays)
    {
        var none = Math.Exp(-(double)orderDayCount / Math.Max(CutStepDays, tenureDays) * WindowDays);
        return Goal is PropensityGoal.Purchase ? 1 - none : none;
    }
}

/// <summary>Choices of the trainer.</summary>
public sealed record PropensitySettings
{
    /// <summary>Penalties of the logistic regression among which validation chooses.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [3, 100, 1000];

    /// <summary>Most epochs of the network.</summary>
    public int MaxEpochs { get; init; } = 25;

    /// <summary>Whether boosted trees compete too. Without them the blend is that of the other two, a little worse and half a second faster in a cold process.</summary>
    public bool UseTrees { get; init; } = true;

    /// <summary>Most rounds of the boosted trees.</summary>
    public int MaxRounds { get; init; } = 60;

    public double Dropout { get; init; } = 0.3;

    public double LearningRate { get; init; } = 1e-3;

    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Customer-disjoint folds where there are too few cuts for a validation in time.</summary>
    public int FoldCount { get; init; } = 5;

    /// <summary>Reasons shown for a customer, beside the average and everything else.</summary>
    public int ReasonCount { get; init; } = 5;

    /// <summary>A challenger may have so much more log-loss than the live model on the same rows.</summary>
    public double PromotionTolerance { get; init; } = 0.003;

    /// <summary>Threads. The result does not depend on it.</summary>
    public int Degree { get; init; } = 1;
}
