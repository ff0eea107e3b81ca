namespace CampaignPortal.Statistics.Lifetime;

/// <summary>What the purchase models know of a customer, in one unit of time (weeks, say); always consistent.</summary>
/// <remarks>The default value is a customer who appeared this very moment.</remarks>
public readonly record struct PurchaseHistory
{
    private PurchaseHistory(int frequency, double recency, double age) => (Frequency, Recency, Age) = (frequency, recency, age);

    /// <summary>x: repeat purchases, that is purchases after the first.</summary>
    public int Frequency { get; }

    /// <summary>t_x: time from the first purchase to the last; 0 without a repeat purchase.</summary>
    public double Recency { get; }

    /// <summary>T: time from the first purchase to the end of observation.</summary>
    public double Age { get; }

    /// <summary>Checks the three figures against each other.</summary>
    public static Outcome<PurchaseHistory> Create(int frequency, double recency, double age)
    {
        if (frequency < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (!double.IsFinite(recency) || !double.IsFinite(age)) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (recency < 0 || age < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (recency > age) return Refusal.Invalid(Reasons.RecencyExceedsAge);
        if (frequency is 0 && recency > 0) return Refusal.Invalid(Reasons.RecencyWithoutRepeat);
        return new PurchaseHistory(frequency, recency, age);
    }
}

/// <summary>What the spend model knows of a customer; always consistent.</summary>
public readonly record struct SpendHistory
{
    private SpendHistory(int frequency, double averageValue) => (Frequency, AverageValue) = (frequency, averageValue);

    /// <summary>x: repeat purchases with a value.</summary>
    public int Frequency { get; }

    /// <summary>z̄: mean value of those purchases, in money; 0 without any.</summary>
    public double AverageValue { get; }

    /// <summary>Checks the figures. Without a repeat purchase the value is not looked at and becomes 0.</summary>
    public static Outcome<SpendHistory> Create(int frequency, double averageValue)
    {
        if (frequency < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (!double.IsFinite(averageValue)) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (averageValue < 0) return Refusal.Invalid(Reasons.NegativeValue);
        return new SpendHistory(frequency, frequency is 0 ? 0 : averageValue);
    }
}
