using CampaignPortal.Marketing.Campaigns;

namespace CampaignPortal.Web.Hosting;

/// <summary>Looks every few seconds whether a campaign is due, a test can be judged, a run has ended or too much comes back.</summary>
internal sealed partial class CampaignWorker(CampaignWatch watch, CampaignAlarm alarm, CampaignOptions options, TimeProvider clock, ILogger<CampaignWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Watch, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await watch.PassAsync(stoppingToken);
                await alarm.PassAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // the boundary of a loop that must not end: the next round tries again
            {
                PassFailed(logger, e);
            }
        }
    }

    [LoggerMessage(4101, LogLevel.Error, "Campaigns could not be looked after; trying again")]
    private static partial void PassFailed(ILogger logger, Exception e);
}
