namespace CampaignPortal.Marketing.Experiments;

/// <summary>How long after its message an outcome counts for it.</summary>
public static class OutcomeWindows
{
    public static readonly TimeSpan Orders = TimeSpan.FromDays(7);

    public static readonly TimeSpan Revenue = TimeSpan.FromDays(30);
}
