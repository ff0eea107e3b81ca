using System.Data.Common;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Web.Hosting;

/// <summary>Fills what pages keep in memory, one after the other, once the portal answers.</summary>
internal sealed partial class PageWarmUp(IEnumerable<WarmUp> warmUps, TimeProvider clock, ILogger<PageWarmUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var warmUp in warmUps)
        {
            var started = clock.GetTimestamp();
            try
            {
                await Task.Run(() => warmUp.RunAsync(stoppingToken), stoppingToken);
                Warmed(logger, warmUp.Name, clock.GetElapsedTime(started).TotalMilliseconds);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (DbException e)
            {
                NotWarmed(logger, warmUp.Name, e); // the first visitor computes it, or hears of the error
            }
        }
    }

    [LoggerMessage(1111, LogLevel.Debug, "{Name} is in memory after {Milliseconds} ms")]
    private static partial void Warmed(ILogger logger, string name, double milliseconds);

    [LoggerMessage(1112, LogLevel.Warning, "{Name} could not be read ahead")]
    private static partial void NotWarmed(ILogger logger, string name, Exception e);
}
