using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Delivery;
using Microsoft.AspNetCore.Hosting.Server;

namespace CampaignPortal.Web.Hosting;

/// <summary>Keeps the outbox empty while the portal runs.</summary>
internal sealed partial class DeliveryHost(DeliveryWorker worker, DeliveryOptions options, ContentOptions content, IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DeliveryHost> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Links need the address of the server, which is known once it listens.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = stoppingToken.Register(() => started.TrySetResult());
        await started.Task;
        if (ServerAddress.Find(server) is { } address) content.ServerUrl = options.ServerUrl = address;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await worker.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A fault of the worker must not end the portal: what it held is picked up by the next round.
            catch (Exception e)
#pragma warning restore CA1031
            {
                WorkerFailed(logger, e);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(1120, LogLevel.Error, "The outbox worker failed; it starts again")]
    private static partial void WorkerFailed(ILogger logger, Exception e);
}
