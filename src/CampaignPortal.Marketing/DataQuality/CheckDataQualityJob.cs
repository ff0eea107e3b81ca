using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>The nightly round of checks.</summary>
internal sealed class CheckDataQualityJob(CheckDataQualityHandler checks) : IJobHandler
{
    public JobDefinition Definition { get; } = new("quality") { Follows = ["import"], TimeLimit = TimeSpan.FromMinutes(30) };

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        job.Report("check", 0.1);
        var count = await checks.HandleAsync(ct);
        return JobOutcome.Done(new { checks = count });
    }
}
