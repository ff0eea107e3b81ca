using System.Data.Common;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Web.Hosting;

/// <summary>Deletes once a day what has been kept for as long as the settings allow.</summary>
internal sealed partial class RetentionService(RetentionHandler retention, TimeProvider clock, ILogger<RetentionService> logger) : BackgroundService
{
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = AfterStart;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(wait, clock, stoppingToken);
                wait = Interval;
                await retention.ApplyAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (DbException e)
            {
                DeletingPaused(logger, e); // a full disk or a locked file passes; tomorrow it is tried again
            }
        }
    }

    [LoggerMessage(1102, LogLevel.Error, "What is past its time could not be deleted")]
    private static partial void DeletingPaused(ILogger logger, Exception exception);
}
