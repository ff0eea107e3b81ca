using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Web.Hosting;

/// <summary>Keeps projections and the contact directory up with the log while the portal runs.</summary>
internal sealed partial class LogFollower(ProjectionHost projections, EventLog log, ContactDirectory directory, TimeProvider clock, ILogger<LogFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var filled = directory.FillAsync();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await projections.FollowAsync(log, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (System.Data.Common.DbException e)
            {
                // A full disk or a locked file passes; the checkpoint stands where it was.
                FollowingPaused(logger, e);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
        await filled;
    }

    [LoggerMessage(1101, LogLevel.Error, "Projections pause: the store refused")]
    private static partial void FollowingPaused(ILogger logger, Exception e);
}
