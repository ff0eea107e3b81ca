using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Web.Jobs;

/// <summary>Keeps the runner working while the portal runs.</summary>
internal sealed class JobHost(JobRunner runner) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => runner.RunAsync(stoppingToken);
}
