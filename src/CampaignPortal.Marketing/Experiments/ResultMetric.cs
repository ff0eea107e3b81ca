namespace CampaignPortal.Marketing.Experiments;

/// <summary>What arms are compared by.</summary>
public enum ResultMetric
{
    /// <summary>People who clicked, of those who received the message.</summary>
    Clicks,
    /// <summary>People who ordered within the window.</summary>
    Orders,
    /// <summary>Money per person within its window.</summary>
    Revenue,
    /// <summary>People who opened; inflated by mail programs that open by themselves.</summary>
    Opens,
    /// <summary>People who unsubscribed; less is better.</summary>
    Unsubscribes,
    /// <summary>People who complained; less is better.</summary>
    Complaints,
}

public static class ResultMetrics
{
    public static bool IsLowerBetter(this ResultMetric metric) => metric is ResultMetric.Unsubscribes or ResultMetric.Complaints;
}
