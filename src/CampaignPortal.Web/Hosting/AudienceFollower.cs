using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Membership;

namespace CampaignPortal.Web.Hosting;

/// <summary>Keeps the members of audiences up while the portal runs.</summary>
internal sealed partial class AudienceFollower(AudienceKeeper keeper, TimeProvider clock, ILogger<AudienceFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await keeper.FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (DbException e)
            {
                KeepingPaused(logger, e); // a full disk or a locked file passes
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(1103, LogLevel.Error, "Keeping of audiences pauses: the store refused")]
    private static partial void KeepingPaused(ILogger logger, Exception e);
}
