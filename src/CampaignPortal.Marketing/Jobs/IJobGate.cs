namespace CampaignPortal.Marketing.Jobs;

/// <summary>May hold a run that was taken up: asked before its handler is called.</summary>
public interface IJobGate
{
    /// <summary>Why the run must not go on; null lets it.</summary>
    Task<JobProblem?> HoldAsync(JobRun run, CancellationToken ct);
}
