namespace CampaignPortal.Marketing.Jobs;

/// <summary>How much runs at a time.</summary>
public sealed class JobOptions
{
    /// <summary>Runs at the same time, of which one may be heavy.</summary>
    public int WorkerCount { get; set; } = 3;

    /// <summary>Whether this process starts jobs by the clock. "Run now" works without.</summary>
    public bool IsSchedulerOn { get; set; } = true;
}
