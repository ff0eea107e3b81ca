using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>The nightly round of checks.</summary>
public sealed class CheckDataQualityJob(CheckDataQualityHandler checks) : IJobHandler
{
    public const string JobKey = "quality";

    public JobDefinition Definition { get; } = new(JobKey) { Follows = ["import"], TimeLimit = TimeSpan.FromMinutes(30) };

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        job.Report("check", 0.1);
        var count = await checks.HandleAsync(ct);
        return JobOutcome.Done(new { checks = count });
    }
}
