using System.Data.Common;
using CampaignPortal.Marketing.Audit;

namespace CampaignPortal.Web.Identity;

/// <summary>Seals the entries of the audit log that came by other ways than <see cref="AuditTrail"/>, within seconds.</summary>
internal sealed partial class AuditSealer(AuditChain chain, TimeProvider clock, ILogger<AuditSealer> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await chain.SealAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (DbException e)
            {
                SealingPaused(logger, e); // a full disk or a locked file passes; the entries wait
            }
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(1006, LogLevel.Error, "The audit log could not be sealed")]
    private static partial void SealingPaused(ILogger logger, Exception exception);
}
